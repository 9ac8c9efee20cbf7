"""The report in a terminal: readable text, JSON of a stable shape, and an exit status that means something."""

import json

import pytest
from django.core.management import CommandError, call_command

from notifications.diagnosis.saved import load
from tests.cast import BEN_NUMBER, Cast
from tests.notifications.diagnosis.conftest import Fires, deliver, receive
from tests.sandbox.process import RunningSandbox


def test_a_healthy_row_ends_with_nothing_and_a_failed_one_with_three(
    cast: Cast, fire: Fires, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = fire(cast.ben)
    deliver()
    call_command("diagnose", row.public_id)
    assert "Sent: Twilio accepted it" in capsys.readouterr().out
    receive(row, "undelivered", code="30003")
    with pytest.raises(SystemExit) as ended:
        call_command("diagnose", row.public_id)
    text = capsys.readouterr().out
    assert ended.value.code == 3
    assert "PROVIDER-3 Stopped it" in text
    said, _, support = text.partition("FOR SUPPORT")
    assert max(len(line) for line in said.splitlines()) <= 96
    assert row.public_id in support
    assert BEN_NUMBER not in support
    assert "Ben" not in support


def test_the_json_has_the_documented_keys(
    cast: Cast, fire: Fires, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = fire(cast.ben)
    deliver()
    call_command("diagnose", row.public_id, "--json")
    said = json.loads(capsys.readouterr().out)
    assert said.keys() == {
        "shape", "notification", "status", "reason", "channel", "purpose", "asked_at", "headline", "cause",
        "secondary", "findings", "bundle",
    }  # fmt: skip
    assert said["findings"][0].keys() == {
        "code", "section", "verdict", "proof", "says", "evidence", "remedy", "rows", "then", "now", "differs",
    }  # fmt: skip


def test_the_facts_can_be_saved_and_loaded(
    cast: Cast, fire: Fires, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = fire(cast.ben)
    deliver()
    call_command("diagnose", row.public_id, "--facts")
    assert load(json.loads(capsys.readouterr().out)).row.public_id == row.public_id


def test_an_unknown_id_is_said_to_be_unknown(cast: Cast) -> None:
    with pytest.raises(CommandError, match="There is no notification ntf_nothing") as ended:
        call_command("diagnose", "ntf_nothing")
    assert ended.value.returncode == 1
