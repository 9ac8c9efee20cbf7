"""Who imports whom: the contracts of pyproject.toml are kept, and each is broken by an import that it forbids."""

from pathlib import Path

import pytest

from tests.architecture.layers import CHECKOUT, copy_with, verdicts

#: For each contract a module, and the line in it that must not be let through.
BREACHES = {
    "apps": ("tenants/zones.py", "import members.models"),
    "notifications": ("notifications/core/text.py", "import notifications.providers.base"),
    "doctor": ("notifications/diagnosis/finding.py", "import notifications.wake"),
    "providers": (
        "notifications/providers/wire.py",
        "import notifications.providers.twilio_words, notifications.providers.twilio",
    ),
    "sandbox-imported": ("notifications/apps.py", "import notifications.sandbox.segments"),
    "sandbox-imports": ("notifications/sandbox/segments.py", "import imes.kernel.phone"),
    "pure": ("members/consent/standing.py", "import time"),
}


def test_every_contract_is_kept() -> None:
    kept = verdicts(CHECKOUT)
    assert [name for name, is_kept in kept.items() if not is_kept] == [], "lint-imports says which import"
    assert set(kept) == set(BREACHES), "a contract without a breach here is not known to be able to fail"


@pytest.fixture(scope="module")
def of_a_broken_tree(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    return verdicts(copy_with(dict(BREACHES.values()), into=tmp_path_factory.mktemp("tree")))


@pytest.mark.parametrize("contract", BREACHES)
def test_each_contract_is_broken_by_an_import_that_it_forbids(contract: str, of_a_broken_tree: dict[str, bool]) -> None:
    assert of_a_broken_tree[contract] is False


@pytest.mark.parametrize("taken", ["django", "urllib", "notifications.models"])
def test_the_core_may_not_take_django_http_or_rows(taken: str, tmp_path: Path) -> None:
    tree = copy_with({"notifications/core/gates.py": f"import {taken}"}, into=tmp_path)
    assert verdicts(tree)["pure"] is False
