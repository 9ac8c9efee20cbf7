"""Requests with the same text to the same phone: those around one message, and those of a tenant's last days.

Read by the index on an attempt's number, and by the one on its tenant and fault; a tenant's own rows and no others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import MD5

from notifications.core.answers import TriggerCode
from notifications.core.doubles import SECONDS_APART
from notifications.core.states import Channel, Purpose
from notifications.models import Attempt, Notification, Trigger

#: How far around a message's own requests others are looked for, and how many are enough to show.
AROUND, MOST_COPIES = timedelta(minutes=10), 40
#: How far back a tenant's messages are compared with each other; the newest are enough.
DAYS_BACK, MOST_COMPARED, MOST_RECORDS = timedelta(days=3), 500, 20

_LARGE = (
    *("facts", "ruling", "trace", "notification__ruling", "notification__sealed_body"),
    *("notification__alert__flow_snapshot", "notification__alert__payload"),
)
_BESIDE = ("member", "sent_by", "resend_of", "alert_step", "alert__flow", "alert__opened_by")


@dataclass(frozen=True, slots=True)
class DoubledRecord:
    """One of several messages with the same text that a provider took for the same phone, seconds apart."""

    attempt_ref: str
    number: str
    provider: str
    sender_address: str
    provider_message_id: str
    at: datetime
    word: str


def copies_of(row: Notification, attempts: list[Attempt]) -> list[Any]:
    """Every attempt of the tenant around these to their phone with their text, these included, in order of time.

    Each has `request_ref`, `request_key` and `request_address`: of the request that fired its alert, where one did. A
    page's text is compared without the line that tells how to answer it, whose code differs. One query.
    """
    if not attempts or not attempts[-1].number:
        return []
    first, last = attempts[0].committed_at, attempts[-1].committed_at
    near = Attempt.objects.filter(
        tenant_id=row.tenant_id, number=attempts[-1].number, committed_at__range=(first - AROUND, last + AROUND)
    )
    alike = Q(body_digest__in={bytes(one.body_digest) for one in attempts})
    if row.purpose == Purpose.PAGE.value:
        alike |= Q(notification__purpose=row.purpose, notification__body=row.body)
    fired = Trigger.objects.filter(alert=OuterRef("notification__alert"), code=TriggerCode.FIRED.value).order_by("at")
    found = near.filter(alike).select_related(*(f"notification__{name}" for name in _BESIDE)).defer(*_LARGE)
    return list(
        found.annotate(
            request_ref=_of(fired, "public_id"),
            request_key=_of(fired, "idempotency_key"),
            request_address=_of(fired, "remote_address"),
        ).order_by("committed_at", "id")[:MOST_COPIES]
    )


def _of(fired: QuerySet[Trigger], name: str) -> Subquery:
    return Subquery(fired.values(name)[:1])


def doubled_lately(tenant_id: int, *, now: datetime) -> list[DoubledRecord]:
    """Texts of the tenant that a provider took twice for one phone within seconds, newest first.

    Of the newest `MOST_COMPARED` that went without a fault; one query.
    """
    newest = Attempt.objects.filter(
        tenant_id=tenant_id, fault_code="", committed_at__range=(now - DAYS_BACK, now), channel=Channel.SMS.value
    )
    rows = newest.filter(outcome=Attempt.Outcome.ACCEPTED.value).order_by("-committed_at")
    named = ("public_id", "number", "provider", "sender_address", "provider_message_id", "committed_at", "word")
    before: dict[tuple[str, str], DoubledRecord] = {}
    found: dict[str, DoubledRecord] = {}
    for *values, text in rows.annotate(text=MD5("notification__body")).values_list(*named, "text")[:MOST_COMPARED]:
        one = DoubledRecord(*values)
        later = before.get((one.number, text))
        if later is not None and later.at - one.at <= SECONDS_APART:
            found |= {later.attempt_ref: later, one.attempt_ref: one}
        before[one.number, text] = one
    return list(found.values())[:MOST_RECORDS]
