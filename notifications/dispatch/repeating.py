"""Settles an unknown outcome at a provider that shows no messages: the very same request is made once more.

Such a provider carries one request out once, however often it is made (`SmsProvider.repeats_safely`), and answers as
the first time. If the first request never came that far, this one is the first: so it is ruled again under the number's
lock, by whatever could have changed since, and nothing goes after a STOP.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from members.consent.ledger import lock_numbers
from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.gates import GateFacts, Opening, ruling
from notifications.core.page_text import text_to_send
from notifications.core.secret_digits import without_code
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.core.text import fit
from notifications.dispatch.asking import ASK_AGAIN, digest_of
from notifications.dispatch.call_requests import call_request, script_of
from notifications.dispatch.intent import Intent, Outcome
from notifications.dispatch.record import record
from notifications.dispatch.requests import sms_request
from notifications.models import Attempt, Notification, ProviderBlock
from notifications.providers.base import Accepted, CallRequest, Credentials, Refused, SmsRequest
from notifications.providers.registry import SMS_PROVIDERS, VOICE_PROVIDERS, sms_provider, voice_provider
from notifications.queries.gate_facts import facts_of, to_rule
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

#: Azure remembers a request for five minutes after it was first sent; clocks differ, and the call has a timeout.
#: Source: Azure Communication Services REST API, repeatable requests.
REPEATS_WITHIN = timedelta(minutes=4)
#: What may have changed since the attempt was committed. What it was charged, when it might go and by which route were
#: decided then, and hold for the same request.
_ASKED_AGAIN = frozenset(
    {"acknowledged", "validity", "flow", "number", "member", "enabled", "suppression", "consent", "provider_block",
     "line", "tenant"}
)  # fmt: skip
_TEXT_LIMIT = 400
#: Whose texts cannot be asked about, so that an accepted one that nothing is heard of stays as it is.
SHOWS_NOTHING = tuple(name for name, provider in SMS_PROVIDERS.items() if provider.repeats_safely)
#: Where an unknown outcome is settled by the same request: provider and channel.
_REPEATS = {(name, Channel.SMS.value) for name in SHOWS_NOTHING} | {
    (name, Channel.VOICE.value) for name, provider in VOICE_PROVIDERS.items() if provider.repeats_safely
}


@dataclass(frozen=True, slots=True)
class Repeated:
    """A request that was made again, and what its first making was answered; None where that is still not known."""

    attempt: Attempt
    request: SmsRequest | CallRequest
    credentials: Credentials
    answer: Accepted | Refused | None


def is_repeatable(attempt: Attempt) -> bool:
    """Whether its provider is asked by making the request again; its notification is read."""
    return (attempt.provider, attempt.notification.channel) in _REPEATS


def made_again(
    request: SmsRequest | CallRequest, *, provider: str, credentials: Credentials, timeout: timedelta
) -> Accepted | Refused:
    """Make the request again that `to_repeat` let go, and return what the first one was answered; needs no database.

    :raises ProviderDidNotAnswer: when nothing was learned of the first request.
    """
    if isinstance(request, CallRequest):
        return voice_provider(provider).repeat_call(request, credentials=credentials, timeout=timeout)
    return sms_provider(provider).repeat_sms(request, credentials=credentials, timeout=timeout)


def to_repeat(attempts: Sequence[Attempt], *, owner: str, now: datetime) -> Mapping[int, SmsRequest | CallRequest]:
    """The requests that may be made again now, by attempt; rows of the others stay Unconfirmed and say why.

    Opens the platform's scope. Locks numbers, alerts and messages, in this order, as every ruling does.
    """
    if not attempts:
        return {}
    by_row = {attempt.notification_id: attempt for attempt in attempts}
    found: dict[int, SmsRequest | CallRequest] = {}
    with platform_scope():
        lock_numbers({attempt.number for attempt in attempts}, exclusively=False)
        _lock_alerts(list(by_row))
        ours = Notification.objects.filter(
            pk__in=by_row, lease_owner=owner, status=NotificationStatus.UNCONFIRMED.value
        )
        rows = list(to_rule(ours.select_for_update(of=("self",))).order_by("pk"))
        facts = facts_of(rows, now=now, under_lock=True)
        for row in rows:
            attempt = by_row[row.pk]
            body = _text_of(row, attempt)
            if (stop := _stop(row, attempt, facts[row.pk], body=body, now=now)) is not None:
                _leave(row, *stop)
            elif row.channel == Channel.VOICE.value:
                found[attempt.pk] = call_request(attempt, script=body, expires_at=row.expires_at, now=now)
            else:
                found[attempt.pk] = sms_request(attempt, body=body, expires_at=row.expires_at, now=now)
    return found


def settle(repeated: Sequence[Repeated], *, at: datetime) -> None:
    """Write down what the first requests were answered; those without an answer are made again a little later."""
    for one in repeated:
        with platform_scope():
            if one.answer is not None:
                _settle(one, one.answer, at=at)
            else:
                Notification.objects.filter(
                    pk=one.attempt.notification_id, status=NotificationStatus.UNCONFIRMED.value
                ).update(lease_owner="", lease_until=at + ASK_AGAIN)
            asked = one.attempt.asked_times + 1
            Attempt.objects.filter(pk=one.attempt.pk).update(asked_times=asked, asked_at=at)


def _settle(one: Repeated, answer: Accepted | Refused, *, at: datetime) -> None:
    attempt, row = one.attempt, one.attempt.notification
    intent = Intent(
        notification_id=row.pk,
        attempt_id=attempt.pk,
        ordinal=attempt.ordinal,
        provider=attempt.provider,
        channel=row.channel,
        request=one.request,
        credentials=one.credentials,
        expires_at=row.expires_at,
        lease_until=at,
    )
    record([Outcome(intent, answer, at)])
    # How the first request ended belongs to the record as much as what the second one was told.
    trace = {**answer.trace.as_json(), "first_request": attempt.trace}
    Attempt.objects.filter(pk=attempt.pk).update(trace=trace, exception_class=attempt.exception_class)


def _stop(
    row: Notification, attempt: Attempt, facts: GateFacts, *, body: str, now: datetime
) -> tuple[DispatchReason, str] | None:
    """Why the request must not be made again, with what to say; None where it may."""
    if now >= attempt.committed_at + REPEATS_WITHIN:
        return DispatchReason.REPEAT_OVER, ""
    # The request for a call holds no word of what will be said.
    is_text = row.channel == Channel.SMS.value
    if is_text and digest_of(without_code(body) if row.sealed_body else body) != bytes(attempt.body_digest):
        return DispatchReason.REPEAT_DIFFERS, ""
    shut = next(
        (
            reading
            for reading in ruling(facts, now=now).gates
            if reading.gate in _ASKED_AGAIN and reading.opening is Opening.BLOCK
        ),
        None,
    )
    if shut is not None:
        return DispatchReason.REPEAT_STOPPED, shut.says or (shut.reason.says if shut.reason else "")
    if is_text and _is_blocked(attempt):
        return DispatchReason.REPEAT_STOPPED, "The provider blocks this sender for the number."
    return None


def _is_blocked(attempt: Attempt) -> bool:
    return ProviderBlock.objects.filter(
        number=attempt.number,
        provider=attempt.provider,
        sender_address=attempt.sender_address,
        state=ProviderBlock.State.ACTIVE,
    ).exists()


def _text_of(row: Notification, attempt: Attempt) -> str:
    """The text as it was made when the attempt was committed, if nothing that it holds has changed since."""
    if row.channel == Channel.VOICE.value:
        return script_of(row, sender=attempt.sender, attempt_id=attempt.public_id) if attempt.sender else ""
    return text_to_send(
        row.sealed_body or row.body,
        purpose=Purpose(row.purpose),
        tenant_name=row.tenant.name,
        ack_code=row.ack_code,
    )


def _leave(row: Notification, reason: DispatchReason, why: str) -> None:
    """Leave the row Unconfirmed for good; a report, which names the attempt, may still settle it."""
    logger.warning("notification %s stays unconfirmed: %s", row.public_id, reason.value)
    row.reason, row.reason_text = reason.value, fit(f"{reason.says} {why}".strip(), limit=_TEXT_LIMIT)
    row.lease_owner, row.lease_until = "", None
    row.save(update_fields=["reason", "reason_text", "lease_owner", "lease_until"])


def _lock_alerts(notification_ids: Sequence[int]) -> None:
    """Have an acknowledgement wait until this transaction ends, and this one for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM notifications_alert WHERE id IN"
            " (SELECT alert_id FROM notifications_notification WHERE id = ANY(%s)) ORDER BY id FOR SHARE",
            [list(notification_ids)],
        )
