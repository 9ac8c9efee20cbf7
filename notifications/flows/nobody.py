"""Tells a tenant's admins by e-mail of steps that reached nobody: who, why, and what mends it.

Once the dust has settled, one e-mail for an alert with all that is untold. It is told when the mail server took it, and
tried again until then; a step that reached nobody in an earlier round too is told once.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, connection
from django.template.loader import render_to_string
from django.urls import reverse

from notifications.core.clock_type import Clock
from notifications.core.escalation import Key
from notifications.core.escalation_words import times
from notifications.core.remedies import remedy_of
from notifications.core.snapshot import FlowPlan
from notifications.flows.ladder import rows_of
from notifications.models import Alert, AlertStep, Notification
from notifications.queries.escalations import admins_to_tell, pages_of, untold_alerts
from tenants.scope import platform_scope, tenant_scope

logger = logging.getLogger(__name__)

_AT_ONCE = 200
#: What is left after this time waits for the next round: one silent mail server holds nobody else up for long.
_ROUND = timedelta(seconds=20)


def tell_admins(*, clock: Clock) -> int:
    """Tell of what is untold; return how many e-mails a mail server took."""
    told, until = 0, clock() + _ROUND
    with platform_scope():
        waiting = untold_alerts(now=clock(), limit=_AT_ONCE)
    for alert_id, tenant_id in waiting:
        if clock() > until:
            break
        try:
            with tenant_scope(tenant_id):
                told += _tell(alert_id, now=clock())
        except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
            raise
        except Exception:
            logger.exception("admins could not be told of alert %s", alert_id)
    return told


def _tell(alert_id: int, *, now: datetime) -> int:
    # Nobody else waits while the mail server is spoken to: neither an answer to the alert nor the next step.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"notifications.nobody:{alert_id}"]
        )
        if not cursor.fetchone()[0]:
            return 0
    alert = Alert.objects.select_related("flow", "tenant").get(pk=alert_id)
    rows = rows_of(alert)
    _look_again(alert, rows)
    untold = [row.pk for row in rows.values() if row.outcome == AlertStep.Outcome.NOBODY and row.told_at is None]
    steps = _to_tell(rows)
    if steps and not _mail(alert, steps):
        # The others have nothing to tell, or are told together with these.
        return 0
    AlertStep.objects.filter(pk__in=untold).update(told_at=now)
    return bool(steps)


def _look_again(alert: Alert, rows: Mapping[Key, AlertStep]) -> None:
    """A carrier may deliver what it first called undelivered: such a step reached somebody after all."""
    alive = {page.step_id for page in pages_of(alert) if not page.is_dead}
    for row in rows.values():
        if row.outcome == AlertStep.Outcome.NOBODY and row.pk in alive:
            row.outcome = AlertStep.Outcome.PAGED
            AlertStep.objects.filter(pk=row.pk, outcome=AlertStep.Outcome.NOBODY).update(outcome=row.outcome)


def _to_tell(rows: Mapping[Key, AlertStep]) -> list[list[AlertStep]]:
    """The steps of which no place reached anybody and which are news: untold in this round and in those before."""
    by_step: dict[tuple[int, int], list[AlertStep]] = {}
    for key in sorted(rows):
        by_step.setdefault(key.step, []).append(rows[key])
    found, known = [], set()
    for (_, position), places in by_step.items():
        if any(row.outcome != AlertStep.Outcome.NOBODY for row in places):
            continue
        if position not in known and any(row.told_at is None for row in places):
            found.append(places)
        known.add(position)
    return found


def _mail(alert: Alert, steps: Sequence[Sequence[AlertStep]]) -> bool:
    """Whether the mail server took it; where there is no admin, nobody can be told, and that is loud."""
    to = admins_to_tell(alert.tenant_id)
    if not to:
        logger.error("alert %s reached nobody, and its tenant has no admin to tell", alert.public_id)
        return True
    plan = FlowPlan.from_json(alert.flow_snapshot)
    context = {
        "alert": alert,
        "steps": [_shown(places, plan) for places in steps],
        "again": times(plan.repeats) if plan.repeats else "",
        "is_only": len(plan.steps) == 1,
        "ended": alert.ended_at is not None,
        "link": settings.PUBLIC_URL + reverse("admin:notifications_alert_change", args=[alert.pk]),
    }
    subject = " ".join(f"{alert.tenant.name}: nobody could be reached by {alert.flow.name}".split())
    try:
        EmailMessage(subject, render_to_string("notifications/reached_nobody.txt", context), to=to).send()
    except (OSError, SMTPException) as error:
        logger.error("admins could not be told of alert %s: %s", alert.public_id, type(error).__name__)
        return False
    return True


def _shown(places: Sequence[AlertStep], plan: FlowPlan) -> dict[str, Any]:
    rows = Notification.objects.filter(alert_step__in=[place.pk for place in places]).select_related("member")
    return {
        "number": places[0].position + 1,
        "of": len(plan.steps),
        "people": [
            {
                "name": row.member.name if row.member else "Somebody who has left",
                "channel": row.get_channel_display(),
                "why": row.reason_text or row.get_status_display(),
                "remedy": remedy_of(row.reason, channel=row.channel),
            }
            for row in rows.order_by("pk")
        ],
    }
