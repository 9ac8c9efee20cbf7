"""What the database itself holds a recorded consent to, whoever writes it and by whatever door."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from members.consent.recording import Approved
from members.consent.standing import StandingState
from members.models import ConsentEvent, ConsentRecord
from tenants.models import User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast
from tests.consenting import agree, login_of
from tests.members.forging import person, record_of
from tests.members.recording_stories import approves, recorded, second_admin, state_of
from tests.members.stories import MINUTE, NOW, stops

Scope = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def dora(cast: Cast) -> User:
    return second_admin(cast.harbor)


@pytest.fixture
def stopped(cast: Cast, dora: User) -> Cast:
    """Ben, who has a login, agreed and texted STOP."""
    agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    stops(at=NOW - 30 * MINUTE)
    with tenant_scope(cast.harbor.pk):
        login_of(cast.ben)
    return cast


@pytest.fixture(params=["application", "platform"])
def scope_of(request: pytest.FixtureRequest, stopped: Cast) -> Scope:
    return platform_scope if request.param == "platform" else lambda: tenant_scope(stopped.harbor.pk)


WRONG: dict[str, dict[str, Any]] = {
    "approved from the beginning": {"state": "approved", "decider": "pat", "decided_at": NOW},
    "no evidence": {"evidence_url": ""},
    "no words of the recorder": {"statement": " \n"},
    "no wording": {"disclosure_text": ""},
    "an act in the future": {"acted_at": NOW + timedelta(days=1)},
    "a number that is not his": {"number": "+12065550199"},
    "by a viewer": {"recorder": "vic"},
    "by an admin of another tenant": {"recorder": "cleo"},
    "by support": {"recorder": "sam"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_record_that_lacks_something_is_not_kept(stopped: Cast, scope_of: Scope, wrong: str) -> None:
    with scope_of():
        with pytest.raises(DatabaseError), transaction.atomic():
            record_of(stopped, **WRONG[wrong]).save()
        record_of(stopped).save()
        assert ConsentRecord.objects.get().state == "pending"


@pytest.mark.case("R8")
@pytest.mark.parametrize("who", ["ana", "ben", "vic", "cleo", "sam", "pat", None])
def test_the_database_knows_who_is_no_second_person(
    stopped: Cast, dora: User, scope_of: Scope, who: str | None
) -> None:
    row = recorded(stopped.ben, by=stopped.ana)
    user = person(stopped, who)
    with scope_of():
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentRecord.objects.update(state="approved", decided_by=user, decided_at=NOW + MINUTE)
        row.state, row.decided_by, row.decided_at = ConsentRecord.State.APPROVED, user, NOW + MINUTE
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentRecord.objects.bulk_update([row], ["state", "decided_by", "decided_at"])
        ConsentRecord.objects.update(state="approved", decided_by=dora, decided_at=NOW + MINUTE)
        # An approval alone is no line of the ledger.
        assert not ConsentEvent.objects.filter(act="grant", source="recorded").exists()
    assert state_of(stopped.ben) is StandingState.OPTED_OUT


def test_a_record_is_decided_once_never_changed_and_never_removed(stopped: Cast, dora: User, scope_of: Scope) -> None:
    row = recorded(stopped.ben, by=stopped.ana)
    other = second_admin(stopped.harbor, name="Otto")
    changes: list[dict[str, Any]] = [
        {"acted_at": NOW + MINUTE},
        {"number": "+12065550199"},
        {"channels": ["sms", "voice"]},
        {"recorded_by": other},
        {"statement": "Other words."},
        {"disclosure_text": "Other words."},
        {"evidence_url": "https://elsewhere.example/2"},
    ]

    def refused(**fields: Any) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentRecord.objects.update(**fields)

    with scope_of():
        for fields in changes:
            refused(**fields)
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentRecord.objects.all().delete()
    assert isinstance(approves(row, by=dora), Approved)
    with scope_of():
        for fields in [*changes, {"state": "pending"}, {"state": "withdrawn"}, {"decided_by": other}]:
            refused(**fields)
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


def test_a_record_is_withdrawn_by_nobody_but_its_recorder(stopped: Cast, dora: User, scope_of: Scope) -> None:
    recorded(stopped.ben, by=stopped.ana)
    with scope_of():
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentRecord.objects.update(state="withdrawn", decided_by=dora)
        ConsentRecord.objects.update(state="withdrawn", decided_by=stopped.ana)


def test_evidence_of_another_act_is_refused_by_the_database_too(stopped: Cast, dora: User, scope_of: Scope) -> None:
    row = recorded(stopped.ben, by=stopped.ana)
    approves(row, by=dora)
    later: dict[str, Any] = {"acted_at": NOW + MINUTE, "recorded_at": NOW + 2 * MINUTE, "evidence_url": ""}
    with scope_of():
        with pytest.raises(DatabaseError), transaction.atomic():
            record_of(stopped, evidence_file=row.evidence_file, **later).save()
        record_of(stopped, **{**later, "evidence_url": "https://forms.example/2"}).save()


def test_nobody_without_a_scope_sees_or_changes_a_record(stopped: Cast) -> None:
    recorded(stopped.ben, by=stopped.ana)
    with tenant_scope(stopped.ridge.pk):
        assert not ConsentRecord.objects.exists()
        assert ConsentRecord.objects.update(state="approved", decided_by=stopped.pat) == 0
    with platform_scope():
        assert ConsentRecord.objects.get().state == "pending"
