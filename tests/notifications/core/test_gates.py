"""Each gate beside a message that passes them all: one fact is changed, and the ruling names it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications.core.gates import GateFacts, Opening, StandingFact, Verdict, ruling
from notifications.core.limit_facts import AllowanceFact, HoursFact, QuotaFact, ScheduleFact
from notifications.core.reasons import Reason
from notifications.core.states import Channel, NotificationStatus, Purpose

NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPTED_IN = StandingFact("opted_in", NOW - 24 * HOUR, "cns_in", "invite")
NONE = StandingFact("none", None, None, None)
OPTED_OUT = StandingFact("opted_out", NOW - HOUR, "cns_out", "handset")

PAGE = GateFacts(
    purpose=Purpose.PAGE,
    channel=Channel.SMS,
    number="+18605558312",
    number_defects=(),
    number_source="member",
    member_id=11,
    member_active=True,
    standing=OPTED_IN,
    suppressed_since=None,
    suppression_source=None,
    sms_switch="on",
    sms_switch_at=None,
    block_scope=None,
    block_since=None,
    review_open=False,
    confirmation_waits=False,
    line_type="mobile",
    capability="unknown",
    tenant_standing="active",
    tenant_standing_until=None,
    flow_enabled=True,
    alert_acknowledged_at=None,
    acknowledged_by=None,
    expires_at=NOW + HOUR,
    answers_inbound=False,
    sender_available=True,
    sender_ref="snd_1",
    sender_channels=("sms",),
    provider="twilio",
    verification_on_consent_form=False,
)
VOICE = replace(PAGE, channel=Channel.VOICE, sender_channels=("sms", "voice"))
MAIL = replace(PAGE, channel=Channel.EMAIL, number=None, address="ben@harbor.example")
MONTH = QuotaFact(
    notifications_limit=500,
    notifications_taken=0,
    segments_limit=1_000,
    segments_taken=0,
    segments=2,
    calls_limit=100,
    calls_taken=0,
    resets_on="2025-12-01",
)
ANA = AllowanceFact(who="Ana", kind="number", daily=5, used=0, module=True)
OUTSIDE = ScheduleFact(False, "outside", "America/New_York", "Mon 07:00", "Mon-Fri 09:00-17:00", NOW + HOUR)
NIGHT = HoursFact("direct_messages", False, "07:00-21:00", ("Europe/London",), ("Mon 05:00",), NOW + HOUR)
REPLY = replace(PAGE, purpose=Purpose.KEYWORD_REPLY, answers_inbound=True, member_id=None, flow_enabled=None)
CODE = replace(PAGE, purpose=Purpose.VERIFICATION_CODE, verification_on_consent_form=True, standing=NONE)


@pytest.mark.parametrize("facts", [PAGE, VOICE, REPLY, CODE], ids=["page", "voice", "reply", "code"])
def test_the_message_of_these_tests_goes(facts: GateFacts) -> None:
    decided = ruling(facts, now=NOW)
    assert (decided.verdict, decided.reason, decided.closes_as) == (Verdict.GO, None, None)


@pytest.mark.parametrize(
    ("facts", "changes", "reason", "closes_as"),
    [
        (PAGE, {"alert_acknowledged_at": NOW}, Reason.ACKNOWLEDGED_ELSEWHERE, "cancelled"),
        (PAGE, {"expires_at": NOW}, Reason.EXPIRED, "expired"),
        (PAGE, {"flow_enabled": False}, Reason.FLOW_DISABLED, "cancelled"),
        (PAGE, {"number": None}, Reason.NUMBER_MISSING, "skipped"),
        (PAGE, {"number": ""}, Reason.NUMBER_MISSING, "skipped"),
        (PAGE, {"number": "860", "number_defects": ("no_plus",)}, Reason.NUMBER_DEFECT, "skipped"),
        (PAGE, {"member_active": False}, Reason.MEMBER_INACTIVE, "skipped"),
        (PAGE, {"standing": NONE}, Reason.NEVER_CONSENTED, "skipped"),
        (PAGE, {"standing": OPTED_OUT}, Reason.OPTED_OUT, "skipped"),
        (PAGE, {"standing": OPTED_OUT, "suppressed_since": NOW - HOUR}, Reason.SUPPRESSED, "skipped"),
        (PAGE, {"suppressed_since": NOW - HOUR}, Reason.SUPPRESSED, "skipped"),
        (PAGE, {"suppressed_since": OPTED_IN.since}, Reason.SUPPRESSED, "skipped"),
        (PAGE, {"standing": replace(NONE, state="declined")}, Reason.DECLINED, "skipped"),
        (PAGE, {"standing": replace(NONE, state="stale")}, Reason.STALE, "skipped"),
        (PAGE, {"line_type": "landline"}, Reason.LANDLINE, "skipped"),
        (PAGE, {"capability": "no"}, Reason.INCAPABLE, "skipped"),
        (VOICE, {"capability": "no"}, Reason.INCAPABLE, "skipped"),
        (VOICE, {"standing": NONE}, Reason.NEVER_CONSENTED, "skipped"),
        (PAGE, {"tenant_standing": "past_due"}, Reason.PAST_DUE, "skipped"),
        (PAGE, {"tenant_standing": "trial", "tenant_standing_until": NOW}, Reason.PAST_DUE, "skipped"),
        (PAGE, {"tenant_standing": "payment_due", "tenant_standing_until": NOW}, Reason.PAST_DUE, "skipped"),
        (PAGE, {"tenant_standing": "suspended"}, Reason.SUSPENDED, "skipped"),
        (PAGE, {"tenant_standing": "cancelled"}, Reason.CANCELLED, "skipped"),
        (VOICE, {"sender_channels": ("sms",)}, Reason.SENDER_LACKS_CHANNEL, "skipped"),
        (REPLY, {"answers_inbound": False, "standing": OPTED_OUT}, Reason.OPTED_OUT, "skipped"),
        (CODE, {"verification_on_consent_form": False}, Reason.NEVER_CONSENTED, "skipped"),
        (CODE, {"suppressed_since": NOW - HOUR}, Reason.SUPPRESSED, "skipped"),
        (CODE, {"standing": OPTED_IN, "suppressed_since": NOW - 48 * HOUR}, Reason.SUPPRESSED, "skipped"),
        (CODE, {"tenant_standing": "past_due"}, Reason.PAST_DUE, "skipped"),
        (CODE, {"line_type": "landline"}, Reason.LANDLINE, "skipped"),
        (MAIL, {"address": None}, Reason.ADDRESS_MISSING, "skipped"),
        (PAGE, {"quota": replace(MONTH, notifications_taken=500)}, Reason.QUOTA_REACHED, "quota_exceeded"),
        (PAGE, {"quota": replace(MONTH, segments_taken=999)}, Reason.SEGMENTS_REACHED, "quota_exceeded"),
        (VOICE, {"quota": replace(MONTH, calls_taken=100)}, Reason.CALLS_REACHED, "quota_exceeded"),
        (PAGE, {"allowance": replace(ANA, kind="blank", daily=None)}, Reason.ALLOWANCE_BLANK, "skipped"),
        (PAGE, {"allowance": replace(ANA, daily=0)}, Reason.ALLOWANCE_ZERO, "skipped"),
        (PAGE, {"allowance": replace(ANA, used=5)}, Reason.ALLOWANCE_USED, "skipped"),
        (PAGE, {"allowance": replace(ANA, module=False)}, Reason.LIMITS_MISSING, "skipped"),
        (PAGE, {"schedule": OUTSIDE}, Reason.OUTSIDE_SCHEDULE, "skipped"),
        (PAGE, {"schedule": replace(OUTSIDE, because="time_off")}, Reason.TIME_OFF, "skipped"),
        (PAGE, {"schedule": replace(OUTSIDE, because="exception")}, Reason.SCHEDULE_EXCEPTION, "skipped"),
    ],
)
def test_one_changed_fact_blocks_with_its_reason(
    facts: GateFacts, changes: dict[str, Any], reason: Reason, closes_as: str
) -> None:
    decided = ruling(replace(facts, **changes), now=NOW)
    assert (decided.verdict, decided.reason) == (Verdict.BLOCK, reason)
    assert decided.closes_as is NotificationStatus(closes_as)


@pytest.mark.parametrize(
    ("facts", "changes"),
    [
        (PAGE, {"suppressed_since": NOW - 48 * HOUR}),
        (PAGE, {"line_type": "landline", "capability": "yes"}),
        (VOICE, {"line_type": "landline"}),
        (PAGE, {"tenant_standing": "trial", "tenant_standing_until": NOW + HOUR}),
        (PAGE, {"tenant_standing": "trial"}),
        (PAGE, {"tenant_standing": "payment_due", "tenant_standing_until": NOW + HOUR}),
        (PAGE, {"expires_at": None}),
        (replace(PAGE, purpose=Purpose.TEST), {"alert_acknowledged_at": NOW, "flow_enabled": False}),
        (
            REPLY,
            {"standing": OPTED_OUT, "suppressed_since": NOW, "tenant_standing": "suspended", "member_active": False},
        ),
        (CODE, {"standing": OPTED_OUT, "member_active": False}),
        (MAIL, {"standing": OPTED_OUT, "suppressed_since": NOW}),
        (PAGE, {"quota": replace(MONTH, notifications_taken=499)}),
        (PAGE, {"quota": replace(MONTH, calls_taken=100)}),
        (PAGE, {"allowance": replace(ANA, kind="unlimited", daily=None, used=900)}),
        (replace(PAGE, purpose=Purpose.DIRECT_MESSAGE), {"schedule": OUTSIDE}),
        (PAGE, {"hours": replace(NIGHT, rule="urgent_exempt", is_open=True)}),
    ],
)
def test_what_looks_like_an_obstacle_and_is_none_goes(facts: GateFacts, changes: dict[str, Any]) -> None:
    assert ruling(replace(facts, **changes), now=NOW).verdict is Verdict.GO


def test_an_opt_out_confirmation_goes_within_its_five_minutes_only() -> None:
    confirmation = replace(REPLY, standing=OPTED_OUT, suppressed_since=NOW, expires_at=NOW + timedelta(minutes=5))
    assert ruling(confirmation, now=NOW).verdict is Verdict.GO
    late = ruling(confirmation, now=NOW + timedelta(minutes=5))
    assert (late.verdict, late.closes_as) == (Verdict.BLOCK, NotificationStatus.EXPIRED)


def test_a_missing_sender_holds_and_a_block_outweighs_it() -> None:
    without = replace(PAGE, sender_available=False, sender_ref=None, sender_channels=())
    held = ruling(without, now=NOW)
    assert (held.verdict, held.reason, held.closes_as) == (Verdict.HOLD, Reason.NO_SENDER, None)
    assert held.until is not None
    assert held.until > NOW
    assert ruling(replace(without, standing=OPTED_OUT), now=NOW).reason is Reason.OPTED_OUT


def test_the_first_gate_in_the_order_of_the_diagnosis_gives_the_reason_and_the_others_are_kept() -> None:
    decided = ruling(replace(PAGE, number=None, standing=OPTED_OUT, tenant_standing="past_due"), now=NOW)
    assert decided.reason is Reason.NUMBER_MISSING
    shut = [reading.reason for reading in decided.gates if reading.opening is Opening.BLOCK]
    assert shut == [Reason.NUMBER_MISSING, Reason.OPTED_OUT, Reason.PAST_DUE]


def test_what_stops_at_a_limit_says_the_exact_figures() -> None:
    full = ruling(replace(PAGE, quota=replace(MONTH, notifications_taken=500)), now=NOW)
    assert "limit of 500 notifications" in full.says
    assert "1 December 2025" in full.says
    used = ruling(replace(PAGE, allowance=replace(ANA, used=5)), now=NOW)
    assert "Ana has used up the daily allowance: 5 of 5 sent today." in used.says


def test_hours_hold_until_they_begin_and_a_limit_outweighs_them() -> None:
    waits = replace(PAGE, purpose=Purpose.DIRECT_MESSAGE, hours=NIGHT)
    held = ruling(waits, now=NOW)
    assert (held.verdict, held.reason, held.until) == (Verdict.HOLD, Reason.OUTSIDE_HOURS, NIGHT.opens_at)
    blocked = ruling(replace(waits, quota=replace(MONTH, notifications_taken=500)), now=NOW)
    assert blocked.reason is Reason.QUOTA_REACHED


@pytest.mark.case("I17")
@pytest.mark.parametrize("purpose", [Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST, Purpose.CONSENT_CONFIRMATION])
def test_no_purpose_is_an_emergency(purpose: Purpose) -> None:
    opted_out = replace(
        PAGE, purpose=purpose, standing=OPTED_OUT, answers_inbound=True, verification_on_consent_form=True
    )
    assert ruling(opted_out, now=NOW).verdict is Verdict.BLOCK
    assert ruling(replace(opted_out, standing=OPTED_IN), now=NOW).verdict is Verdict.GO


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_has_one_sentence_and_a_remedy(reason: Reason) -> None:
    assert reason.says.endswith(".")
    assert reason.remedy.endswith(".")


def test_a_stored_fact_that_is_missing_is_not_guessed() -> None:
    stored = PAGE.as_json()
    assert GateFacts.from_json(stored) == PAGE
    del stored["suppressed_since"]
    with pytest.raises(KeyError):
        GateFacts.from_json(stored)
