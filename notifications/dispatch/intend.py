"""Rules each claimed message and commits what will be done, before anybody is called: attempts, or why nothing goes.

The numbers are locked first and the ledger is read after that, so that no attempt commits after a STOP.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import OuterRef, Subquery

from members.consent.ledger import lock_numbers
from notifications.core.clock_type import Clock
from notifications.core.gates import Verdict
from notifications.core.page_text import text_to_send
from notifications.core.secret_digits import without_code
from notifications.core.spoken import CALLS_THROUGH
from notifications.core.states import Channel, Purpose
from notifications.dispatch.asking import digest_of
from notifications.dispatch.breakers import not_to_try
from notifications.dispatch.call_requests import call_request, script_of
from notifications.dispatch.charging import admitted
from notifications.dispatch.intent import Intent
from notifications.dispatch.merging import gathered, merge
from notifications.dispatch.requests import credentials_of, email_request, sms_request
from notifications.dispatch.ruled import Ruled, ruled_again
from notifications.dispatch.ruled import ruled as ruled_now
from notifications.dispatch.stops import hold_sealed, mark_broken, skip_channel, stop
from notifications.dispatch.throttling import lock_callers, with_pace
from notifications.models import Attempt, Notification, Sender
from notifications.models.attempt import MOST_ASKS
from notifications.models.notification import CLAIMABLE
from notifications.providers.base import CallRequest, EmailRequest, SmsRequest
from notifications.providers.mail import NAME as MAIL
from notifications.queries.facts_throttle import Gone
from notifications.queries.gate_facts import to_rule
from notifications.queries.senders import senders_with_secrets
from notifications.wake import wake_escalation
from tenants.bulk import insert_many
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

_TEXT_LIMIT = 400
_ADDRESS_LIMIT = 64
_SEALED_PAUSE = timedelta(seconds=60)


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
            mark_broken(notification_ids[0], error=error, now=clock(), owner=owner)
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
        rows = list(to_rule(ours.select_for_update(of=("self",))).annotate(tries=Subquery(tries)).order_by("pk"))
        lock_callers(rows)
        # Pages that go inside another one count for nothing, neither on a phone nor for a route or a quota.
        storms = gathered(ruled_now(rows, tries=[row.tries or 0 for row in rows], now=now, going=()), now=now)
        ruled = _with_one_trial(storms.ruled, now=now, until=now + lease, going=())
        ruled = with_pace(
            ruled,
            again=lambda over, going: _with_one_trial(
                ruled_again(over, now=now, going=going), now=now, until=now + lease, going=going
            ),
        )
        stop([one for one in ruled if not one.goes], now=now)
        going = [one for one in ruled if one.goes]
        if any(one.facts.purpose is Purpose.PAGE and one.ruling.verdict is Verdict.BLOCK for one in ruled):
            wake_escalation()
        unplaced = [one for one in going if not _is_placed(one)]
        skip_channel(unplaced, now=now)
        to_phones = [one for one in going if one.facts.channel is not Channel.EMAIL and _is_placed(one)]
        senders = senders_with_secrets(one.facts.sender_ref or "" for one in to_phones) if to_phones else {}
        sealed = [one for one in to_phones if senders[one.facts.sender_ref or ""] is None]
        hold_sealed(sealed, now=now)
        ready = [(one, sender) for one in to_phones if (sender := senders[one.facts.sender_ref or ""]) is not None]
        letters = [(one, None) for one in going if one.facts.channel is Channel.EMAIL]
        intents = _commit_attempts([*_with_room(ready, now=now), *letters], now=now, owner=owner, lease=lease)
        gone = {intent.notification_id for intent in intents}
        merge(storms, carried_by=gone, ours={row.pk for row in rows}, now=now)
        return intents


def _is_placed(one: Ruled) -> bool:
    """Whether the portal can speak to its provider at all: calls go through some of them alone."""
    return one.facts.channel is not Channel.VOICE or one.facts.provider in CALLS_THROUGH


def _lock_alerts(notification_ids: Sequence[int]) -> None:
    """Have an acknowledgement wait until this transaction ends, and this one for it: no page commits after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM notifications_alert WHERE id IN"
            " (SELECT alert_id FROM notifications_notification WHERE id = ANY(%s)) ORDER BY id FOR SHARE",
            [list(notification_ids)],
        )


def _with_one_trial(ruled: Sequence[Ruled], *, now: datetime, until: datetime, going: Sequence[Gone]) -> list[Ruled]:
    """Where a route is half-open one message tries it; the others are ruled again, without that route."""
    settled: list[Ruled] = []
    open_to_all = list(ruled)
    while True:
        wanted = {one.row.pk: (one.row.channel, one.facts.route) for one in open_to_all if one.goes}
        refused = not_to_try(wanted, now=now, until=until)
        if not refused:
            return [*settled, *open_to_all]
        settled += [one for one in open_to_all if one.row.pk not in refused]
        open_to_all = ruled_again([one for one in open_to_all if one.row.pk in refused], now=now, going=going)


def _with_room(ready: Sequence[tuple[Ruled, Sender]], *, now: datetime) -> list[tuple[Ruled, Sender]]:
    """Those for which quota and allowance have room, which is reserved; the others are ruled again and stopped.

    Many workers may have ruled over the same figures: what counts is the reservation, in one statement.
    """
    if not ready:
        return []
    room = admitted({one.row: one.facts for one, _ in ready}, now=now)
    left_out = [one for one, _ in ready if one.row.pk not in room]
    if left_out:
        again = ruled_again(left_out, now=now, going=())
        stop([one for one in again if not one.goes], now=now)
        _let_go_again([one for one in again if one.goes])
        wake_escalation()
    return [(one, sender) for one, sender in ready if one.row.pk in room]


def _let_go_again(ruled: Sequence[Ruled]) -> None:
    """There was no room a moment ago and there is some now, as after a release: claimed again at once."""
    Notification.objects.filter(pk__in=[one.row.pk for one in ruled]).update(lease_owner="", lease_until=None)


def _commit_attempts(
    going: Sequence[tuple[Ruled, Sender | None]], *, now: datetime, owner: str, lease: timedelta
) -> list[Intent]:
    if not going:
        return []
    pairs = [_attempt(one, sender, now=now) for one, sender in going]
    insert_many([attempt for attempt, _ in pairs])
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
            request=_request(one, attempt, body, sender=sender, now=now),
            credentials=credentials_of(sender) if sender else None,
            expires_at=one.row.expires_at,
            lease_until=now + lease,
            is_trial=one.facts.route is not None and one.facts.route.is_trial,
            is_counted=one.facts.route is not None and one.facts.route.is_counted,
        )
        for (one, sender), (attempt, body) in zip(going, pairs, strict=True)
    ]


def _request(
    one: Ruled, attempt: Attempt, body: str, *, sender: Sender | None, now: datetime
) -> SmsRequest | CallRequest | EmailRequest:
    if sender is None:
        return email_request(attempt, row=one.row)
    if one.facts.channel is Channel.VOICE:
        return call_request(attempt, script=body, expires_at=one.row.expires_at, now=now)
    return sms_request(attempt, body=body, expires_at=one.row.expires_at, now=now)


def _attempt(one: Ruled, sender: Sender | None, *, now: datetime) -> tuple[Attempt, str]:
    """The attempt and its text, or what its call says; without a sender the mail server takes it.

    The mail server can be asked nothing afterwards.
    """
    row = one.row
    attempt = Attempt(
        tenant_id=row.tenant_id,
        notification=row,
        ordinal=one.tries + 1,
        channel=row.channel,
        provider=sender.provider if sender else MAIL,
        sender=sender,
        sender_address=sender.address if sender else settings.DEFAULT_FROM_EMAIL[:_ADDRESS_LIMIT],
        asked_times=0 if sender else MOST_ASKS,
        number=row.number,
        facts=one.facts.as_json(),
        ruling=one.ruling.as_json(),
        consent_event_public_id=one.facts.standing.event_ref or "",
        committed_at=now,
    )
    if sender and one.facts.channel is Channel.VOICE:
        body = script_of(row, sender=sender, attempt_id=attempt.public_id)
    else:
        body = text_to_send(
            row.sealed_body or row.body, purpose=one.facts.purpose, tenant_name=row.tenant.name, ack_code=row.ack_code
        )
    attempt.body_digest = digest_of(without_code(body) if row.sealed_body else body)
    return attempt, body
