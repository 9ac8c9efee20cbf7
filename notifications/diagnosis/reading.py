"""Rows into facts: reads one notification, or many, and freezes what is known of each.

It concludes nothing; a stored ruling that cannot be read stays unknown.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from imes.kernel.phone import examine
from notifications.core.breaker import is_drilled, next_try_at, shown_state
from notifications.core.gate_facts import GateFacts
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.diagnosis.basis import NOT_SENT
from notifications.diagnosis.facts import (
    AlertFact,
    Facts,
    ReadingFact,
    RowFact,
    RulingFact,
    SenderFact,
    SiblingFact,
    TenantFact,
    TransitionFact,
)
from notifications.diagnosis.facts_pulse import PulseFact
from notifications.diagnosis.facts_route import RouteStandFact
from notifications.diagnosis.reading_attempts import attempt_fact
from notifications.diagnosis.reading_beside import arrival_fact, sender_state_fact
from notifications.diagnosis.reading_blast import blast_fact
from notifications.diagnosis.reading_calls import calls_fact
from notifications.diagnosis.reading_duplicates import duplicates_fact
from notifications.diagnosis.reading_escalation import escalation_fact
from notifications.diagnosis.reading_people import consent_fact, member_fact
from notifications.models import Alert, Breaker, Notification, Sender
from notifications.queries.breakers import stand_of
from notifications.queries.diagnosis import DiagnosisRows, diagnosis_rows
from notifications.queries.pulse import Pulse
from notifications.queries.registrations import registration_of


def read_facts(notification_ids: Iterable[int], *, now: datetime, zone: str) -> dict[int, Facts]:
    """The facts of each notification by its id, as they are at `now`; the caller has decided who may see them.

    :param zone: the reader's time zone, in which the sentences tell the time.
    """
    rows = diagnosis_rows(notification_ids, now=now)
    return {pk: _facts(one, now=now, zone=zone) for pk, one in rows.items()}


def _facts(rows: DiagnosisRows, *, now: datetime, zone: str) -> Facts:
    notification = rows.notification
    member = member_fact(rows) if notification.member else None
    voice = notification.channel == Channel.VOICE
    current = next(
        (one for one in (member.phones if member else ()) if (one.takes_calls if voice else one.takes_sms)), None
    )
    region = notification.tenant.region
    return Facts(
        asked_at=now,
        zone=zone,
        row=_row(notification, carries=rows.carries),
        tenant=_tenant(notification),
        then=_ruling(rows),
        now=rows.gate_facts,
        member=member,
        reading_then=_reading(notification.number, region) if notification.number else None,
        reading_now=_reading(current.number, region) if current else None,
        consent=consent_fact(rows),
        attempts=tuple(attempt_fact(one) for one in rows.attempts),
        transitions=tuple(
            TransitionFact(one.at, one.from_status, one.to_status, one.reason) for one in rows.transitions
        ),
        alert=_alert(notification.alert, rows) if notification.alert else None,
        pulse=_pulse(rows.pulse, now),
        senders=tuple(_sender(one) for one in rows.senders),
        routes=tuple(_route(one, now=now) for one in rows.breakers),
        calls=calls_fact(rows),
        last_arrival=arrival_fact(rows.last_arrival),
        duplicates=duplicates_fact(rows),
        blast=blast_fact(rows),
    )


def _row(row: Notification, *, carries: int) -> RowFact:
    return RowFact(
        pk=row.pk,
        public_id=row.public_id,
        purpose=Purpose(row.purpose),
        channel=Channel(row.channel),
        status=NotificationStatus(row.status),
        number=row.number,
        created_at=row.created_at,
        due_at=row.due_at,
        reason=row.reason,
        reason_text=row.reason_text,
        expires_at=row.expires_at,
        ruled_at=row.ruled_at,
        lease_until=row.lease_until,
        handed_over_at=row.handed_over_at,
        finished_at=row.finished_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_via=row.acknowledged_via,
        cancelled_by=_sibling(row.cancelled_by),
        merged_into=_sibling(row.merged_into),
        resend_of=_sibling(row.resend_of),
        tried_next=row.tried_next,
        carries=carries,
    )


def _tenant(row: Notification) -> TenantFact:
    tenant = row.tenant
    return TenantFact(tenant.pk, tenant.public_id, tenant.name, tenant.standing, tenant.standing_until, tenant.region)


def _ruling(rows: DiagnosisRows) -> RulingFact | None:
    """What was decided when the row came to stand as it stands: the last attempt's, or that which let nothing go."""
    row, last = rows.notification, rows.attempts[-1] if rows.attempts else None
    if row.ruling and (row.status in NOT_SENT or row.status == NotificationStatus.MERGED.value):
        # Kept as the ruling with its facts, or as the ruling beside its facts.
        stored = row.ruling
        return _stored_ruling(stored.get("ruling", stored), stored.get("facts"), row.ruled_at, row.public_id)
    if last is not None:
        return _stored_ruling(last.ruling or {}, last.facts, last.committed_at, last.public_id)
    return None


def _stored_ruling(
    ruling: Mapping[str, Any], facts: Mapping[str, Any] | None, at: datetime | None, source: str
) -> RulingFact:
    gates = ruling.get("gates") or ()
    shut = [gate.get("reason") for gate in gates if gate.get("opening") in {"block", "hold"} and gate.get("reason")]
    reason = str(ruling.get("reason") or "")
    ordered = dict.fromkeys([reason, *shut] if reason else shut)
    return RulingFact(
        verdict=str(ruling.get("verdict") or ""),
        reason=reason,
        at=at,
        source=source,
        shut=tuple(str(one) for one in ordered),
        facts=_gate_facts(facts),
    )


def _gate_facts(stored: Mapping[str, Any] | None) -> GateFacts | None:
    try:
        return GateFacts.from_json(stored) if stored else None
    except (KeyError, TypeError, ValueError):
        return None


def _reading(number: str, region: str) -> ReadingFact:
    read = examine(number, region=region or None)
    return ReadingFact(number, tuple(defect.value for defect in read.defects), read.suggestion)


def _alert(alert: Alert, rows: DiagnosisRows) -> AlertFact:
    by = alert.acknowledged_by
    return AlertFact(
        pk=alert.pk,
        public_id=alert.public_id,
        flow_pk=alert.flow_id,
        flow_name=alert.flow.name,
        flow_enabled=alert.flow.is_enabled,
        opened_at=alert.opened_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=by.name if by else None,
        sibling_counts=tuple(rows.sibling_counts),
        siblings=tuple(one for one in map(_sibling, rows.siblings) if one),
        resolved_at=alert.resolved_at,
        escalation=escalation_fact(rows),
    )


def _sibling(row: Notification | None) -> SiblingFact | None:
    if row is None:
        return None
    at = row.acknowledged_at or row.finished_at
    who = row.member.name if row.member else "No member"
    return SiblingFact(row.pk, row.public_id, row.status, row.channel, who, at)


def _pulse(beats: Pulse, now: datetime) -> PulseFact:
    return PulseFact(
        worker_alive=beats.worker_is_alive,
        beat_alive=beats.beat_is_alive,
        worker_at=now - beats.worker_age if beats.worker_age is not None else None,
        beat_at=now - beats.beat_age if beats.beat_age is not None else None,
        workers=beats.workers,
        oldest_due_at=now - beats.oldest_due_age if beats.oldest_due_age is not None else None,
        worker_since=beats.worker_since,
    )


def _sender(sender: Sender) -> SenderFact:
    return SenderFact(
        public_id=sender.public_id,
        address=sender.address,
        provider=sender.provider,
        channels=tuple(sender.channels),
        registration=sender.registration,
        active=sender.is_active,
        shared=sender.tenant_id is None,
        country=sender.country,
        registered=registration_of(sender),
        state=sender_state_fact(sender),
    )


def _route(row: Breaker, *, now: datetime) -> RouteStandFact:
    stand = stand_of(row)
    return RouteStandFact(
        provider=row.provider,
        state=shown_state(stand, at=now).value,
        since=row.since,
        faults=row.faults,
        last_fault=f"{row.last_fault_code}: {row.last_fault_text}" if row.last_fault_code else "",
        last_fault_at=row.last_fault_at,
        next_try_at=next_try_at(stand, at=now),
        drill_until=row.drill_until if is_drilled(stand, at=now) else None,
    )
