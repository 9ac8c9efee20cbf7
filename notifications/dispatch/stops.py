"""Writes down why a message that was ruled does not go: held, blocked, of a channel that nobody serves, or broken."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.gates import Verdict
from notifications.core.states import NotificationStatus
from notifications.core.text import fit
from notifications.dispatch.ruled import Ruled
from notifications.models import Notification
from notifications.models.notification import CLAIMABLE
from notifications.wake import wake_escalation
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

_TEXT_LIMIT = 400
_SEALED_PAUSE = timedelta(seconds=60)


def stop(ruled: Sequence[Ruled], *, now: datetime) -> None:
    """Write what holds or blocks each of these, with the facts it rests on."""
    rows = []
    for one in ruled:
        status = one.ruling.closes_as or NotificationStatus.HELD
        reason = one.ruling.reason
        held = one.ruling.verdict is Verdict.HOLD
        rows.append(
            (
                one.row.pk,
                NotificationStatus.HELD.value if held else status.value,
                reason.value if reason else "",
                fit(one.ruling.says, limit=_TEXT_LIMIT),
                json.dumps({**one.ruling.as_json(), "facts": one.facts.as_json()}),
                one.ruling.until or now,
                None if held else now,
            )
        )
    _write_stops(rows, now=now)


def skip_channel(ruled: Sequence[Ruled], *, now: datetime) -> None:
    """Skip what every gate lets go and nobody can carry: the portal places no calls through the sender's provider."""
    if ruled:
        wake_escalation()
    reason, skipped = DispatchReason.CHANNEL_NOT_BUILT, NotificationStatus.SKIPPED
    _write_stops([_let_go_but(one, skipped, reason, due_at=now, finished_at=now) for one in ruled], now=now)


def hold_sealed(ruled: Sequence[Ruled], *, now: datetime) -> None:
    """Whose account cannot be used waits for its key: the messages are whole, and the portal is not."""
    reason, held, due_at = DispatchReason.ACCOUNT_SEALED, NotificationStatus.HELD, now + _SEALED_PAUSE
    _write_stops([_let_go_but(one, held, reason, due_at=due_at, finished_at=None) for one in ruled], now=now)


def _let_go_but(
    one: Ruled, status: NotificationStatus, reason: DispatchReason, *, due_at: datetime, finished_at: datetime | None
) -> tuple[object, ...]:
    """What is written of a row that every gate lets go and that does not go all the same."""
    ruled = json.dumps({**one.ruling.as_json(), "facts": one.facts.as_json()})
    return (one.row.pk, status.value, reason.value, reason.says, ruled, due_at, finished_at)


def _write_stops(rows: Sequence[tuple[object, ...]], *, now: datetime) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notification n SET status = v.status, reason = v.reason, reason_text = v.says,"
            " ruling = v.ruling, ruled_at = %s, lease_owner = '', lease_until = NULL, finished_at = v.finished_at,"
            " due_at = CASE WHEN v.status = 'held' THEN v.due_at ELSE n.due_at END"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::jsonb[], %s::timestamptz[],"
            " %s::timestamptz[]) AS v (id, status, reason, says, ruling, due_at, finished_at) WHERE n.id = v.id",
            [now, *(list(column) for column in zip(*rows, strict=True))],
        )


def mark_broken(notification_id: int, *, error: Exception, now: datetime, owner: str) -> None:
    """Fail one row that cannot be read or ruled; the class of the exception is kept, and never its text."""
    reason = DispatchReason.BROKEN_ROW
    name = type(error).__name__
    logger.error("notification %s is broken: %s", notification_id, name)
    with platform_scope():
        Notification.objects.filter(pk=notification_id, lease_owner=owner, status__in=CLAIMABLE).update(
            status=NotificationStatus.FAILED.value,
            reason=reason.value,
            reason_text=f"{reason.says} ({name})"[:400],
            finished_at=now,
            ruled_at=now,
            lease_owner="",
            lease_until=None,
        )
