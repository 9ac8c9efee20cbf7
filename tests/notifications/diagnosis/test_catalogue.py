"""Codes are unique, mean what the log row's codes mean, and are documented in a page that is not stale."""

from pathlib import Path

import pytest

from notifications.core.reasons import Reason
from notifications.diagnosis.catalogue import ENTRIES, Code
from notifications.diagnosis.document import document
from notifications.diagnosis.finding import Finding, StoppedWithoutRemedy, Verdict

PAGE = Path(__file__).parents[3] / "docs" / "diagnosis.md"


def test_the_page_of_codes_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), (
        "run: python -m notifications.diagnosis.document > docs/diagnosis.md"
    )


def test_every_reason_of_the_gates_has_a_finding_of_the_same_code() -> None:
    ended_by_the_row = {Reason.ACKNOWLEDGED_ELSEWHERE, Reason.EXPIRED, Reason.RESOLVED}
    assert {reason.value for reason in set(Reason) - ended_by_the_row} <= {code.value for code in Code}


def test_what_may_stop_a_message_says_what_mends_it() -> None:
    assert [code for code, entry in ENTRIES.items() if Verdict.STOPPED in entry.verdicts and not entry.remedy] == []


def test_a_cause_without_a_remedy_is_an_error() -> None:
    with pytest.raises(StoppedWithoutRemedy, match="LOG-6"):
        Finding("LOG-6", Verdict.STOPPED, "It failed.")
    assert Finding("LOG-5", Verdict.CLEAR, "It was delivered.").remedy is None
