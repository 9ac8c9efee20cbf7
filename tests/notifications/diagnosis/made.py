"""Facts of one healthy page, and what changes them; pure, so that a check is tried without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.core.gate_facts import GateFacts, StandingFact
from notifications.core.gates import ruling
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.diagnosis.facts import (
    AlertFact,
    AttemptFact,
    ConsentFact,
    Facts,
    MemberFact,
    PhoneFact,
    ReadingFact,
    ReceiptFact,
    RowFact,
    RulingFact,
    SenderFact,
    TenantFact,
)
from notifications.diagnosis.facts_pulse import PulseFact
from notifications.diagnosis.finding import Finding
from notifications.diagnosis.report import Report, report

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
NUMBER, SENDER = "+12065550142", "+12065550100"
S = NotificationStatus

BEN = MemberFact(7, "mbr_ben", "Ben", True, (PhoneFact("phn_1", NUMBER, "mobile", "unknown", "unknown", True, True),))
GATES = GateFacts(
    purpose=Purpose.PAGE,
    channel=Channel.SMS,
    number=NUMBER,
    number_defects=(),
    number_source="admin",
    member_id=7,
    member_active=True,
    standing=StandingFact("opted_in", NOW - timedelta(days=30), "cns_1", "invite"),
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
    expires_at=NOW + timedelta(minutes=20),
    answers_inbound=False,
    sender_available=True,
    sender_ref="snd_1",
    sender_channels=("sms",),
    provider="twilio",
    verification_on_consent_form=False,
)
ROW = RowFact(
    pk=1,
    public_id="ntf_1",
    purpose=Purpose.PAGE,
    channel=Channel.SMS,
    status=S.DELIVERED,
    number=NUMBER,
    created_at=NOW - timedelta(minutes=10),
    due_at=NOW - timedelta(minutes=10),
    handed_over_at=NOW - timedelta(minutes=10) + timedelta(seconds=1),
)
ATTEMPT = AttemptFact(
    public_id="att_1",
    ordinal=1,
    provider="twilio",
    sender_address=SENDER,
    number=NUMBER,
    committed_at=NOW - timedelta(minutes=10),
    outcome="accepted",
    answered_at=NOW - timedelta(minutes=10) + timedelta(seconds=1),
    provider_message_id="SM1",
    http_status=201,
    word="delivered",
    receipts=(
        ReceiptFact("queued", "", "answer", NOW - timedelta(minutes=10)),
        ReceiptFact("delivered", "", "callback", NOW - timedelta(minutes=9)),
    ),
)


def then_of(gates: GateFacts, *, at: datetime = NOW - timedelta(minutes=10)) -> RulingFact:
    """What the real gates decide of these facts, as an attempt or a row stores it."""
    decided = ruling(gates, now=at)
    shut = tuple(one.reason.value for one in decided.gates if one.reason)
    reason = decided.reason.value if decided.reason else ""
    return RulingFact(decided.verdict.value, reason, at, "att_1", shut, gates)


HEALTHY = Facts(
    asked_at=NOW,
    zone="UTC",
    row=ROW,
    tenant=TenantFact(1, "tnt_1", "Harbor", "active"),
    then=then_of(GATES),
    now=GATES,
    member=BEN,
    reading_then=ReadingFact(NUMBER),
    reading_now=ReadingFact(NUMBER),
    consent=ConsentFact(start_to=SENDER),
    attempts=(ATTEMPT,),
    alert=AlertFact(3, "alt_1", 4, "Pump down", True, NOW - timedelta(minutes=10)),
    pulse=PulseFact(True, True, NOW, NOW, 1),
    senders=(SenderFact("snd_1", SENDER, "twilio", ("sms",), "not_needed", True, True),),
)


def stopped(gates: GateFacts, status: NotificationStatus = S.SKIPPED, **row: Any) -> Facts:
    """The same page, ruled by the real gates over other facts, which still hold now."""
    then = then_of(gates)
    changed = replace(ROW, status=status, reason=then.reason, reason_text="", handed_over_at=None, **row)
    return replace(HEALTHY, row=changed, then=then, now=gates, attempts=())


def row(facts: Facts, **changes: Any) -> Facts:
    return replace(facts, row=replace(facts.row, **changes))


def attempted(facts: Facts, status: NotificationStatus, **changes: Any) -> Facts:
    """The same page with another end of its one attempt."""
    changed = replace(ATTEMPT, **{"receipts": (), "word": "", **changes})
    return replace(facts, row=replace(facts.row, status=status), attempts=(changed,))


def by_code(facts: Facts) -> dict[str, Finding]:
    """The report's findings; each code stands there once."""
    found = report(facts).findings
    codes = {one.code: one for one in found}
    assert len(codes) == len(found), [one.code for one in found]
    return codes


def cause_of(facts: Facts) -> Finding:
    found: Report = report(facts)
    assert found.cause is not None, found.headline
    return found.cause
