"""Several messages foreseen together: each is ruled as if those before it had been charged."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from notifications.core.foresight import foresee
from notifications.core.gate_facts import GateFacts
from notifications.core.gates import Verdict, ruling
from notifications.core.limit_facts import AllowanceFact, HoursFact, QuotaFact
from notifications.core.reasons import Reason
from notifications.core.states import Channel, Purpose
from tests.notifications.core.test_gates import NONE, NOW, PAGE

MONTH = QuotaFact(
    notifications_limit=100,
    notifications_taken=10,
    segments_limit=None,
    segments_taken=20,
    segments=2,
    calls_limit=None,
    calls_taken=0,
    resets_on="2025-12-01",
)
DAY = AllowanceFact(who="Ana", kind="number", daily=50, used=3, module=True)
MESSAGE = replace(PAGE, purpose=Purpose.DIRECT_MESSAGE, flow_enabled=None, quota=MONTH, allowance=DAY)
CALL = replace(MESSAGE, channel=Channel.VOICE, sender_channels=("sms", "voice"), quota=replace(MONTH, segments=0))
NEVER = replace(MESSAGE, standing=NONE)
OPENS = NOW + timedelta(hours=3)
AT_NIGHT = replace(
    MESSAGE, hours=HoursFact("direct_messages", False, "07:00-21:00", ("America/Lima",), ("04:00",), OPENS)
)


def told(messages: list[GateFacts], *, now: datetime = NOW) -> list[str]:
    return [
        one.ruling.verdict.value if one.ruling.reason is None else one.ruling.reason.value
        for one in foresee(messages, now=now)
    ]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"allowance": replace(DAY, daily=5)}, Reason.ALLOWANCE_USED),
        ({"quota": replace(MONTH, notifications_limit=12)}, Reason.QUOTA_REACHED),
        ({"quota": replace(MONTH, segments_limit=25)}, Reason.SEGMENTS_REACHED),
    ],
)
def test_the_first_two_go_and_the_rest_meets_the_limit(limits: dict[str, object], reason: Reason) -> None:
    message = replace(MESSAGE, **limits)  # type: ignore[arg-type]
    assert told([message] * 4) == ["go", "go", reason.value, reason.value]
    assert ruling(message, now=NOW).verdict is Verdict.GO


def test_calls_are_counted_as_calls_and_take_no_segments() -> None:
    call = replace(CALL, quota=replace(MONTH, calls_limit=1, segments_limit=20))
    assert told([call, call]) == ["go", Reason.CALLS_REACHED.value]


def test_whoever_does_not_get_it_for_another_reason_leaves_their_place_to_the_next() -> None:
    few = replace(DAY, daily=5)
    messages = [replace(one, allowance=few) for one in (NEVER, MESSAGE, NEVER, MESSAGE, MESSAGE)]
    assert told(messages) == ["CONSENT-1", "go", "CONSENT-1", "go", "ALLOWANCE-3"]


def test_what_does_not_count_takes_nothing() -> None:
    free = replace(MESSAGE, quota=None, allowance=None)
    messages = [free, free, replace(MESSAGE, allowance=replace(DAY, daily=4))]
    assert told(messages) == ["go", "go", "go"]


def test_one_that_waits_comes_after_all_that_go_now_and_says_when_they_leave_it_no_room() -> None:
    few = replace(DAY, daily=5)
    waits, *goes = (replace(one, allowance=few) for one in (AT_NIGHT, MESSAGE, MESSAGE))
    found = foresee([waits, *goes], now=NOW)
    assert [one.ruling.verdict for one in found] == [Verdict.HOLD, Verdict.GO, Verdict.GO]
    assert found[0].ruling.until == OPENS
    later = found[0].later
    assert later is not None
    assert later.reason is Reason.ALLOWANCE_USED
    assert foresee([waits, goes[0]], now=NOW)[0].later is None
