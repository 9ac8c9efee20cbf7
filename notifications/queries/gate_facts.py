"""Everything that a ruling may know of a batch of messages, read together; shared by dispatch and diagnosis.

It reads and never judges: what follows from the facts is for `ruling` (core/gates.py) to say. Costs the same number of
queries for one message and for hundreds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from django.db.models import Min, Prefetch, QuerySet

from billing import queries as billing
from imes.kernel.phone import examine
from members import queries as members
from members.consent.standing import Standing
from members.models import Phone, Suppression
from members.sms_switch import Turn, switch_state
from notifications.core.gate_facts import Capability, GateFacts, LineType, StandingFact, TenantStanding
from notifications.core.limit_facts import AllowanceFact, HoursFact, PaceFact, QuotaFact, ScheduleFact
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.models import Alert, Notification, ProviderBlock, Review
from notifications.queries.facts_allowance import allowance_facts
from notifications.queries.facts_merged import alerts_that_need
from notifications.queries.facts_quota import quota_facts
from notifications.queries.facts_route import Routes, read_routes
from notifications.queries.facts_schedule import hours_facts, schedule_facts
from notifications.queries.facts_throttle import Gone, phone_paces
from notifications.queries.senders import active_senders
from tenants.scope import platform_scope

#: The one confirmation of an opt-out may follow within this time. Source: 47 CFR 64.1200(a)(12).
ANSWER_WITHIN = timedelta(minutes=5)
#: From this score on, a reply that may be an opt-out holds up everything but pages until somebody has looked.
REVIEW_HOLDS_FROM = 50
_NO_STANDING = StandingFact("none", None, None, None)
#: What the facts of one message rest on, where it is read alone.
RELATED = ("tenant", "member", "alert__flow", "alert__acknowledged_by", "reply_to", "number_code")
_NOT_GONE_YET = [NotificationStatus.QUEUED.value, NotificationStatus.HELD.value, NotificationStatus.SENDING.value]
_OnPhone = Literal["sms", "voice"]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read for the whole batch."""

    standings: Mapping[tuple[str, tuple[int, int, str]], Standing]
    suppressions: Mapping[str, Suppression]
    routes: Routes
    first_answers: Mapping[int, int]
    turns: Mapping[int, Turn]
    number_changes: Mapping[int, int]
    seats: Mapping[int, str]
    blocks: Mapping[tuple[str, str, str], ProviderBlock]
    under_review: frozenset[str]
    unconfirmed: frozenset[tuple[int | None, str]]
    quotas: Mapping[int, QuotaFact]
    allowances: Mapping[int, AllowanceFact]
    schedules: Mapping[int, ScheduleFact]
    hours: Mapping[int, HoursFact]
    phone_paces: Mapping[int, PaceFact]
    needed_by: Mapping[int, Alert]


def read_gate_facts(
    notification_ids: Iterable[int], *, now: datetime, under_lock: bool = False
) -> dict[int, GateFacts]:
    """The facts of each message at `now`, by its id; opens the platform's scope itself.

    :param under_lock: the numbers are locked (`lock_numbers`), and an attempt is about to be committed: a STOP that is
        committed counts even if another machine's clock wrote it just after `now`.
    :raises ValueError: when a row holds a word that nobody here knows.
    """
    with platform_scope():
        rows = to_rule(Notification.objects.filter(pk__in=list(notification_ids)))
        return facts_of(list(rows), now=now, under_lock=under_lock)


def to_rule(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """These rows with all that their facts rest on; needs the platform's scope.

    What the rows of a batch share, as their tenant and alert, is read once, and not again beside each of them: joined,
    a row of a firing was 120 columns wide, and reading them a sixth of a worker's time.
    """
    alerts = Alert.objects.defer("flow_snapshot", "payload").select_related("flow", "acknowledged_by")
    # Not the flow as it stood with all its people, what the trigger carried, and the last ruling: large, and no fact.
    shared = ("tenant", Prefetch("alert", alerts), "reply_to", "number_code", "member__phones")
    return rows.select_related("member").prefetch_related(*shared).defer("ruling")


def facts_of(
    rows: Sequence[Notification], *, now: datetime, under_lock: bool, going: Sequence[Gone] = ()
) -> dict[int, GateFacts]:
    """As `read_gate_facts`, over rows that are read already; needs the platform's scope.

    :param going: others that this transaction is about to commit, which count against phones and senders already.
    """
    numbers = sorted({row.number for row in rows if row.number and row.channel == Channel.SMS.value})
    texted = {row.member_id for row in rows if row.member_id is not None and row.channel == Channel.SMS.value}
    read = _Read(
        standings=_standings(rows, now=now, under_lock=under_lock),
        suppressions=members.suppressions_of(row.number for row in rows if row.number),
        routes=read_routes(rows, senders=active_senders(row.tenant_id for row in rows), going=going, now=now),
        first_answers=_first_answers(rows),
        turns=members.sms_turns(texted),
        number_changes=members.newest_number_changes(texted),
        seats=billing.seats_of(texted),
        blocks=_blocks(numbers),
        under_review=_under_review(numbers),
        unconfirmed=_unconfirmed(rows, now=now),
        quotas=quota_facts(rows, now=now),
        allowances=allowance_facts(rows, now=now),
        schedules=schedule_facts(rows, now=now),
        hours=hours_facts(rows, now=now),
        phone_paces=phone_paces(rows, going=going, now=now),
        needed_by=alerts_that_need(rows),
    )
    return {row.pk: _facts(row, read, now=now) for row in rows}


def _facts(row: Notification, read: _Read, *, now: datetime) -> GateFacts:
    member, alert = row.member, read.needed_by.get(row.pk, row.alert)
    phone = _phone(row)
    stands = read.standings.get((row.channel, _key(row)))
    stop = read.suppressions.get(row.number)
    sender, line, asked = read.routes.of(row)
    # A block is never led around: that of a sender that was passed over stops the message all the same.
    blocks = (read.blocks.get((row.number, one.provider, one.address)) for one in asked)
    block = next((found for found in blocks if found is not None), None)
    turn = read.turns.get(row.member_id or 0)
    switch = switch_state(
        turn,
        number=row.number,
        number_change=read.number_changes.get(row.member_id or 0),
        seat_ref=read.seats.get(row.member_id or 0),
    )
    return GateFacts(
        purpose=Purpose(row.purpose),
        channel=Channel(row.channel),
        number=row.number or None,
        number_defects=tuple(defect.value for defect in examine(row.number, region=None).defects) if row.number else (),
        number_source=phone.origin if phone else "",
        member_id=row.member_id,
        member_active=bool(member and member.is_active),
        standing=_standing_fact(stands) if stands else _NO_STANDING,
        suppressed_since=stop.since if stop else None,
        suppression_source=stop.source if stop else None,
        sms_switch=switch.value,
        sms_switch_at=turn.at if turn else None,
        block_scope=block.sender_address if block else None,
        block_since=block.since if block else None,
        review_open=row.number in read.under_review,
        confirmation_waits=(row.member_id, row.number) in read.unconfirmed,
        line_type=cast(LineType, phone.line_type) if phone else "unknown",
        capability=_capability(phone, row.channel),
        tenant_standing=cast(TenantStanding, row.tenant.standing),
        tenant_standing_until=row.tenant.standing_until,
        flow_enabled=alert.flow.is_enabled if alert else None,
        alert_acknowledged_at=alert.acknowledged_at if alert else None,
        alert_resolved_at=alert.resolved_at if alert else None,
        acknowledged_by=alert.acknowledged_by.name if alert and alert.acknowledged_by else None,
        expires_at=row.expires_at,
        answers_inbound=_answers_inbound(row, read.first_answers, now=now),
        sender_available=sender is not None,
        sender_ref=sender.public_id if sender else None,
        sender_channels=tuple(sender.usable_channels) if sender else (),
        provider=sender.provider if sender else None,
        verification_on_consent_form=_asked_on_the_form(row, now=now),
        address=row.address or None,
        quota=read.quotas.get(row.pk),
        allowance=read.allowances.get(row.pk),
        schedule=read.schedules.get(row.pk),
        hours=read.hours.get(row.pk),
        route=line,
        phone_pace=read.phone_paces.get(row.pk),
        sender_pace=read.routes.pace_of(row, sender),
    )


def _standings(
    rows: Sequence[Notification], *, now: datetime, under_lock: bool
) -> dict[tuple[str, tuple[int, int, str]], Standing]:
    ask = members.standings_under_lock if under_lock else members.standings
    found: dict[tuple[str, tuple[int, int, str]], Standing] = {}
    channels: tuple[_OnPhone, ...] = ("sms", "voice")
    for channel in channels:
        keys = {_key(row) for row in rows if row.channel == channel and row.number and row.member_id is not None}
        if keys:
            answers = ask(keys, channel=channel, at=now)
            found.update({(channel, key): standing for key, standing in answers.items()})
    return found


def _key(row: Notification) -> tuple[int, int, str]:
    return row.tenant_id, row.member_id or 0, row.number


def _standing_fact(standing: Standing) -> StandingFact:
    because = standing.because
    return StandingFact(
        state=standing.state.value,
        since=standing.since,
        event_ref=because.ref if because else None,
        source=because.source if because else None,
    )


def _phone(row: Notification) -> Phone | None:
    phones = row.member.phones.all() if row.member else ()
    return next((phone for phone in phones if phone.number == row.number), None)


def _capability(phone: Phone | None, channel: str) -> Capability:
    if phone is None or channel not in ("sms", "voice"):
        return "unknown"
    return cast(Capability, phone.sms_capability if channel == "sms" else phone.voice_capability)


def _asked_on_the_form(row: Notification, *, now: datetime) -> bool:
    """The message carries a code that was asked for, for this very number, and that still counts."""
    code = row.number_code
    return code is not None and code.number == row.number and code.spent_at is None and now < code.expires_at


def _blocks(numbers: Sequence[str]) -> dict[tuple[str, str, str], ProviderBlock]:
    found = ProviderBlock.objects.filter(number__in=numbers, state=ProviderBlock.State.ACTIVE) if numbers else ()
    return {(block.number, block.provider, block.sender_address): block for block in found}


def _under_review(numbers: Sequence[str]) -> frozenset[str]:
    if not numbers:
        return frozenset()
    waiting = Review.objects.filter(number__in=numbers, decided_at__isnull=True, kind=Review.Kind.LIKELY_STOP)
    return frozenset(waiting.filter(score__gte=REVIEW_HOLDS_FROM).values_list("number", flat=True))


def _unconfirmed(rows: Sequence[Notification], *, now: datetime) -> frozenset[tuple[int | None, str]]:
    """The members and numbers whose opt-in confirmation has not gone yet, and still may.

    One that has run out holds no page, whatever keeps it from being closed: a stopped worker, or a provider's "later".
    """
    keys = {row.member_id for row in rows if row.member_id is not None and row.channel == Channel.SMS.value}
    if not keys:
        return frozenset()
    waiting = Notification.objects.filter(
        member_id__in=keys,
        purpose=Purpose.CONSENT_CONFIRMATION.value,
        status__in=_NOT_GONE_YET,
        expires_at__gt=now,
    )
    return frozenset(waiting.order_by().values_list("member_id", "number"))


def _first_answers(rows: Sequence[Notification]) -> dict[int, int]:
    """The first row that answers each text: only that one is the answer."""
    texts = {row.reply_to_id for row in rows if row.reply_to_id is not None}
    if not texts:
        return {}
    found = (
        Notification.objects.filter(reply_to_id__in=texts).order_by().values("reply_to_id").annotate(first=Min("id"))
    )
    return {row["reply_to_id"]: row["first"] for row in found}


def _answers_inbound(row: Notification, first_answers: Mapping[int, int], *, now: datetime) -> bool:
    text = row.reply_to
    if text is None or text.number != row.number or first_answers.get(text.pk) != row.pk:
        return False
    return now - text.received_at <= ANSWER_WITHIN
