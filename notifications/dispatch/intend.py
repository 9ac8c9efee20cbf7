"""Rules each claimed message and commits what will be done, before anybody is called: attempts, or why nothing goes.

The numbers are locked first and the ledger is read after that, so that no attempt commits after a STOP.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import OuterRef, Subquery

from members.consent.ledger import lock_numbers
from notifications.core.clock_type import Clock
from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.gates import GateFacts, Ruling, Verdict, ruling
from notifications.core.page_text import text_to_send
from notifications.core.secret_digits import without_code
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.core.text import fit
from notifications.dispatch.asking import digest_of
from notifications.dispatch.breakers import not_to_try
from notifications.dispatch.charging import admitted
from notifications.dispatch.intent import Intent
from notifications.dispatch.requests import credentials_of, email_request, sms_request
from notifications.models import Attempt, Notification, Sender
from notifications.models.attempt import MOST_ASKS
from notifications.models.notification import CLAIMABLE
from notifications.providers.mail import NAME as MAIL
from notifications.queries.gate_facts import RELATED, facts_of
from notifications.queries.senders import senders_with_secrets
from notifications.wake import wake_escalation
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

_TEXT_LIMIT = 400
_ADDRESS_LIMIT = 64
_SEALED_PAUSE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Ruled:
    """One message with what is known and decided of it."""

    row: Notification
    facts: GateFacts
    ruling: Ruling
    tries: int


def intend(notification_ids: Sequence[int], *, clock: Clock, owner: str, lease: timedelta) -> list[Intent]:
    """Commit the ruling of each of these messages that `owner` still holds; return those that may be handed over now.

    A row that cannot be read or ruled is marked as failed, and the others go on.
    """
    try:
        return _intend(notification_ids, clock=clock, owner=owner, lease=lease)
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception as error:
        if len(notification_ids) == 1:
            _mark_broken(notification_ids[0], error=error, now=clock(), owner=owner)
            return []
    # One of them is broken: each gets a transaction of its own.
    return [intent for key in notification_ids for intent in intend([key], clock=clock, owner=owner, lease=lease)]


def _intend(notification_ids: Sequence[int], *, clock: Clock, owner: str, lease: timedelta) -> list[Intent]:
    with platform_scope():
        ours = Notification.objects.filter(pk__in=notification_ids, lease_owner=owner, status__in=CLAIMABLE)
        lock_numbers(ours.exclude(number="").values_list("number", flat=True), exclusively=False)
        _lock_alerts(notification_ids)
        now = clock()
        tries = Attempt.objects.filter(notification=OuterRef("pk")).order_by("-ordinal").values("ordinal")[:1]
        rows = list(
            ours.select_for_update(of=("self",))
            .select_related(*RELATED)
            .prefetch_related("member__phones")
            .annotate(tries=Subquery(tries))
            .order_by("pk")
        )
        facts = facts_of(rows, now=now, under_lock=True)
        ruled = [_Ruled(row, facts[row.pk], ruling(facts[row.pk], now=now), row.tries or 0) for row in rows]
        ruled = _with_one_trial(ruled, now=now, until=now + lease)
        _stop([one for one in ruled if one.ruling.verdict is not Verdict.GO], now=now)
        going = [one for one in ruled if one.ruling.verdict is Verdict.GO]
        if any(one.facts.purpose is Purpose.PAGE and one.ruling.verdict is Verdict.BLOCK for one in ruled):
            wake_escalation()
        _skip_channel([one for one in going if one.facts.channel is Channel.VOICE], now=now)
        texts = [one for one in going if one.facts.channel is Channel.SMS]
        senders = senders_with_secrets(one.facts.sender_ref or "" for one in texts) if texts else {}
        sealed = [one for one in texts if senders[one.facts.sender_ref or ""] is None]
        _hold_sealed(sealed, now=now)
        ready = [(one, sender) for one in texts if (sender := senders[one.facts.sender_ref or ""]) is not None]
        letters = [(one, None) for one in going if one.facts.channel is Channel.EMAIL]
        return _commit_attempts([*_with_room(ready, now=now), *letters], now=now, owner=owner, lease=lease)


def _lock_alerts(notification_ids: Sequence[int]) -> None:
    """Have an acknowledgement wait until this transaction ends, and this one for it: no page commits after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM notifications_alert WHERE id IN"
            " (SELECT alert_id FROM notifications_notification WHERE id = ANY(%s)) ORDER BY id FOR SHARE",
            [list(notification_ids)],
        )


def _with_one_trial(ruled: Sequence[_Ruled], *, now: datetime, until: datetime) -> list[_Ruled]:
    """Where a route is half-open one message tries it; the others are ruled again, without that route."""
    settled: list[_Ruled] = []
    open_to_all = list(ruled)
    while True:
        going = (one for one in open_to_all if one.ruling.verdict is Verdict.GO)
        wanted = {one.row.pk: (one.row.channel, one.facts.route) for one in going}
        refused = not_to_try(wanted, now=now, until=until)
        if not refused:
            return [*settled, *open_to_all]
        settled += [one for one in open_to_all if one.row.pk not in refused]
        again = [one for one in open_to_all if one.row.pk in refused]
        facts = facts_of([one.row for one in again], now=now, under_lock=True)
        open_to_all = [
            _Ruled(one.row, facts[one.row.pk], ruling(facts[one.row.pk], now=now), one.tries) for one in again
        ]


def _with_room(ready: Sequence[tuple[_Ruled, Sender]], *, now: datetime) -> list[tuple[_Ruled, Sender]]:
    """Those for which quota and allowance have room, which is reserved; the others are ruled again and stopped.

    Many workers may have ruled over the same figures: what counts is the reservation, in one statement.
    """
    if not ready:
        return []
    room = admitted({one.row: one.facts for one, _ in ready}, now=now)
    left_out = [one.row for one, _ in ready if one.row.pk not in room]
    if left_out:
        facts = facts_of(left_out, now=now, under_lock=True)
        again = [_Ruled(row, facts[row.pk], ruling(facts[row.pk], now=now), 0) for row in left_out]
        _stop([one for one in again if one.ruling.verdict is not Verdict.GO], now=now)
        _let_go_again([one for one in again if one.ruling.verdict is Verdict.GO])
        wake_escalation()
    return [(one, sender) for one, sender in ready if one.row.pk in room]


def _let_go_again(ruled: Sequence[_Ruled]) -> None:
    """There was no room a moment ago and there is some now, as after a release: claimed again at once."""
    Notification.objects.filter(pk__in=[one.row.pk for one in ruled]).update(lease_owner="", lease_until=None)


def _commit_attempts(
    going: Sequence[tuple[_Ruled, Sender | None]], *, now: datetime, owner: str, lease: timedelta
) -> list[Intent]:
    if not going:
        return []
    pairs = [_attempt(one, sender, now=now) for one, sender in going]
    Attempt.objects.bulk_create([attempt for attempt, _ in pairs])
    with connection.cursor() as cursor:
        # What a row says of a second sending stays on it.
        cursor.execute(
            "UPDATE notifications_notification SET status = 'sending', lease_owner = %s, lease_until = %s,"
            " reason = CASE WHEN reason LIKE 'RESEND%%' THEN reason ELSE '' END,"
            " reason_text = CASE WHEN reason LIKE 'RESEND%%' THEN reason_text ELSE '' END, ruled_at = %s"
            " WHERE id = ANY(%s)",
            [owner, now + lease, now, [one.row.pk for one, _ in going]],
        )
    return [
        Intent(
            notification_id=one.row.pk,
            attempt_id=attempt.pk,
            ordinal=attempt.ordinal,
            provider=attempt.provider,
            channel=one.row.channel,
            request=sms_request(attempt, body=body, expires_at=one.row.expires_at, now=now)
            if sender
            else email_request(attempt, row=one.row),
            credentials=credentials_of(sender) if sender else None,
            expires_at=one.row.expires_at,
            lease_until=now + lease,
            is_trial=one.facts.route is not None and one.facts.route.is_trial,
            is_counted=one.facts.route is not None and one.facts.route.is_counted,
        )
        for (one, sender), (attempt, body) in zip(going, pairs, strict=True)
    ]


def _attempt(one: _Ruled, sender: Sender | None, *, now: datetime) -> tuple[Attempt, str]:
    """The attempt and the text of it; without a sender the mail server takes it, which nobody can ask afterwards."""
    row = one.row
    body = text_to_send(
        row.sealed_body or row.body, purpose=one.facts.purpose, tenant_name=row.tenant.name, ack_code=row.ack_code
    )
    attempt = Attempt(
        tenant_id=row.tenant_id,
        notification=row,
        ordinal=one.tries + 1,
        provider=sender.provider if sender else MAIL,
        sender=sender,
        sender_address=sender.address if sender else settings.DEFAULT_FROM_EMAIL[:_ADDRESS_LIMIT],
        asked_times=0 if sender else MOST_ASKS,
        number=row.number,
        body_digest=digest_of(without_code(body) if row.sealed_body else body),
        facts=one.facts.as_json(),
        ruling=one.ruling.as_json(),
        consent_event_public_id=one.facts.standing.event_ref or "",
        committed_at=now,
    )
    return attempt, body


def _stop(ruled: Sequence[_Ruled], *, now: datetime) -> None:
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


def _skip_channel(ruled: Sequence[_Ruled], *, now: datetime) -> None:
    if ruled:
        wake_escalation()
    reason, skipped = DispatchReason.CHANNEL_NOT_BUILT, NotificationStatus.SKIPPED
    _write_stops([_let_go_but(one, skipped, reason, due_at=now, finished_at=now) for one in ruled], now=now)


def _hold_sealed(ruled: Sequence[_Ruled], *, now: datetime) -> None:
    """Whose account cannot be used waits for its key: the messages are whole, and the portal is not."""
    reason, held, due_at = DispatchReason.ACCOUNT_SEALED, NotificationStatus.HELD, now + _SEALED_PAUSE
    _write_stops([_let_go_but(one, held, reason, due_at=due_at, finished_at=None) for one in ruled], now=now)


def _let_go_but(
    one: _Ruled, status: NotificationStatus, reason: DispatchReason, *, due_at: datetime, finished_at: datetime | None
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


def _mark_broken(notification_id: int, *, error: Exception, now: datetime, owner: str) -> None:
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
