"""Names that people quote are unique: codes, prefixes of public ids, acts of the audit log, actions of a page."""

import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

import pghistory.models
import pytest
from django.apps import apps
from django.contrib import admin

import notifications.core
from notifications.core.answers import TriggerCode
from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.reasons import Reason
from notifications.diagnosis.catalogue import Code
from tenants.admin.base import AdminBase
from tenants.audit import SENTENCES, Act
from tenants.fields import PublicIdField

#: Each enum of codes that stand on rows and pages, under one prefix each.
CODES: tuple[type[StrEnum], ...] = (Reason, DispatchReason, TriggerCode)


def doubled(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def enums() -> Iterator[type[StrEnum]]:
    """Every enum of words in the core, the catalogues and the audit log."""
    yield from (Act, Code)
    for found in pkgutil.walk_packages(notifications.core.__path__, "notifications.core."):
        for _, kind in inspect.getmembers(importlib.import_module(found.name), inspect.isclass):
            if issubclass(kind, StrEnum) and kind.__module__ == found.name:
                yield kind


def aliases(kind: type[StrEnum]) -> list[str]:
    """Names of `kind` that share another's value: Python makes them one, and says nothing."""
    return [name for name, member in kind.__members__.items() if member.name != name]


def test_no_two_words_of_an_enum_are_one() -> None:
    assert [(kind.__name__, aliases(kind)) for kind in enums() if aliases(kind)] == []

    class Twice(StrEnum):
        ONE = "X-1"
        TWO = "X-1"

    assert aliases(Twice) == ["TWO"]


def test_codes_are_stable_words_and_unique_over_all_catalogues() -> None:
    values = [code.value for kind in CODES for code in kind]
    assert doubled(values) == []
    assert [
        value for value in [*values, *(code.value for code in Code)] if not re.fullmatch(r"[A-Z]+(-\d+)?", value)
    ] == []
    assert doubled(["X-1", "X-2", "X-1"]) == ["X-1"]


def test_a_code_of_a_row_means_the_same_in_a_diagnosis() -> None:
    shared = [(code.name, Reason(code.value).name) for code in Code if code.value in set(Reason)]
    assert shared
    assert [pair for pair in shared if pair[1] not in pair[0]] == []


def test_every_reason_says_what_stands_in_the_way_and_what_to_do() -> None:
    assert [reason for reason in Reason if not (reason.says.endswith(".") and reason.remedy.endswith("."))] == []
    assert [reason for reason in DispatchReason if not reason.says.endswith(".")] == []


def test_every_act_of_the_audit_log_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Act)
    assert [
        act for act, words in SENTENCES.items() if "{subject}" not in words and act is not Act.STANDING_CHANGED
    ] == []


def test_every_prefix_of_a_public_id_names_one_kind_of_row() -> None:
    prefixes = [
        field.prefix
        for model in apps.get_models()
        # pghistory copies the columns of what it tracks.
        if not issubclass(model, pghistory.models.Event)
        for field in model._meta.local_fields
        if isinstance(field, PublicIdField)
    ]
    assert len(prefixes) > 10
    assert doubled(prefixes) == []
    assert [prefix for prefix in prefixes if not re.fullmatch(r"[a-z]{3}", prefix)] == []


@pytest.mark.parametrize("model_admin", [one for one in admin.site._registry.values() if isinstance(one, AdminBase)])
def test_every_action_of_a_page_has_a_name_of_its_own_and_words(model_admin: AdminBase) -> None:
    names = [action.name for action in model_admin.all_actions()]
    assert doubled(names) == []
    assert doubled(action.label for action in model_admin.all_actions()) == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)] == []
    assert [action.name for action in model_admin.all_actions() if not action.__doc__] == []
