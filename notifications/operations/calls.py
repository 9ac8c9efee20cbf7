"""What follows from what happens on a call: its events are joined, and a key does what the call said that it does.

A key is taken in before the provider is answered; what is said then is read from what stands afterwards, so that the
same request, posted twice, hears the same answer.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from members.consent.handset import opt_out_from_handset
from notifications.core.receipts import UnknownStatus, is_machine, read_word
from notifications.core.spoken import ACKNOWLEDGE, REPEAT, STOP, Scene, Spoken
from notifications.core.states import NotificationStatus, Purpose
from notifications.dispatch.call_reports import CallFacts
from notifications.dispatch.join import Report, join_reports
from notifications.flows.acknowledge import acknowledge
from notifications.models import Attempt, Notification, ProviderAccount, ProviderCallback
from notifications.providers.call_event import CallEvent
from notifications.providers.twilio_call_events import call_event, key_in
from notifications.providers.twilio_reports import Untranslatable
from notifications.queries.inbound import account_named, attempt_named, attempt_with, may_report
from notifications.queries.spoken import spoken_of
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)


def join_call(callback: ProviderCallback, params: Mapping[str, str], *, account: ProviderAccount, at: datetime) -> bool:
    """Take in one request about a call; False while no attempt is known that it can be about.

    Needs the platform's scope and a transaction.
    """
    event = call_event(params)
    if isinstance(event, Untranslatable):
        logger.error("callback %s lacks %s", callback.pk, ", ".join(event.missing))
        return True
    if isinstance(read_word(event.word), UnknownStatus):
        logger.error("a provider reported a status that is on no list: %r", event.word[:24])
    attempt = attempt_named(callback.attempt_public_id) or attempt_with(
        event.provider_call_id, provider=account.provider
    )
    if attempt is None:
        return False
    return take_in_event(callback, event, attempt=attempt, account=account, at=at)


def take_in_event(
    callback: ProviderCallback, event: CallEvent, *, attempt: Attempt, account: ProviderAccount, at: datetime
) -> bool:
    """Follow the key that an event brings and join what it says of the attempt's call; always True.

    Needs the platform's scope and a transaction.
    """
    if not may_report(account, attempt, message_id=event.provider_call_id):
        logger.error("callback %s does not belong to attempt %s", callback.pk, attempt.public_id)
        return True
    key = "" if _came_before(callback) else event.key
    if key:
        # Before the attempt's message is locked: numbers and alerts are locked first everywhere.
        _follow_key(key, attempt, event, heard_at=callback.received_at, at=at)
    join_reports([_report(event, attempt, key=key, callback=callback)])
    return True


def what_is_said(callback: ProviderCallback, *, turn: int, is_taken_in: bool) -> Scene | None:
    """What the call says next after a key, or after nobody pressed one; None where the call is none of ours.

    :param turn: how often it has waited for a key so far.
    :param is_taken_in: False when the key could not be kept, and has to be pressed again.
    """
    params = {name: value for name, value in (callback.payload or {}).items() if isinstance(value, str)}
    key = key_in(params)
    with platform_scope():
        rows = Attempt.objects.select_related("sender", "notification__tenant", "notification__member")
        attempt = rows.filter(public_id=callback.attempt_public_id).first()
        account = account_named(callback.account_id, provider=callback.provider)
        # Who may not report on a call is told nothing that it says.
        if attempt is None or account is None:
            return None
        if not may_report(account, attempt, message_id=callback.provider_message_id):
            return None
        row = attempt.notification
        spoken = spoken_of(row, sender=attempt.sender)
        if not key:
            by_machine = is_machine(params.get("AnsweredBy", "").lower())
            return spoken.to_machine() if by_machine else spoken.after_silence(turn=turn)
        return scene_after(key, row=row, spoken=spoken, turn=turn, is_taken_in=is_taken_in)


def scene_after(key: str, *, row: Notification, spoken: Spoken, turn: int, is_taken_in: bool) -> Scene:
    """What the call says after a key, by what stands now; its alert may be read."""
    if not is_taken_in:
        return spoken.not_taken_in(turn=turn)
    if key == ACKNOWLEDGE and spoken.takes_one:
        return _after_one(row, spoken)
    if key == STOP:
        return spoken.stopped()
    return spoken.repeated(turn=turn) if key == REPEAT else spoken.unknown_key(turn=turn)


def _follow_key(key: str, attempt: Attempt, event: CallEvent, *, heard_at: datetime, at: datetime) -> None:
    row = Notification.objects.select_related("member").get(pk=attempt.notification_id)
    if key == STOP:
        opt_out_from_handset(
            number=attempt.number,
            at=at,
            received_at=heard_at,
            raw_text=f"Key {STOP} pressed in a call",
            method="key",
            provider=attempt.provider,
            provider_message_id=event.provider_call_id,
            sender_address=attempt.sender_address,
            tenant_id=row.tenant_id,
            member_id=row.member_id,
        )
    elif key == ACKNOWLEDGE and row.purpose == Purpose.PAGE.value:
        acknowledge(row, via="key", at=at, by_member=row.member)


def _report(event: CallEvent, attempt: Attempt, *, key: str, callback: ProviderCallback) -> Report:
    return Report(
        attempt_id=attempt.pk,
        word=event.word,
        fault_code=event.fault_code,
        door="callback",
        at=callback.received_at,
        provider_at=event.happened_at,
        callback_id=callback.pk,
        provider_message_id=event.provider_call_id,
        call=CallFacts(event.answered_by, event.sip_code, event.seconds, key),
    )


def _came_before(callback: ProviderCallback) -> bool:
    """Whether the provider posts the same request again, by its own mark of it: a key is pressed once."""
    if not callback.idempotency_token:
        return False
    twins = ProviderCallback.objects.filter(
        provider=callback.provider,
        provider_message_id=callback.provider_message_id,
        idempotency_token=callback.idempotency_token,
        joined_at__isnull=False,
    )
    return twins.exclude(pk=callback.pk).exists()


def _after_one(row: Notification, spoken: Spoken) -> Scene:
    """What key 1 comes to, by what stands now: this page acknowledged, another one's, or an alert that is over."""
    if spoken.purpose is Purpose.TEST:
        return spoken.heard()
    if row.status == NotificationStatus.ACKNOWLEDGED.value:
        return spoken.acknowledged()
    alert = row.alert
    if alert is not None and alert.acknowledged_at is not None:
        return spoken.already(by=alert.acknowledged_by.name if alert.acknowledged_by else None)
    return spoken.over()
