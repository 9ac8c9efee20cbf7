"""Which call of those that a provider shows is that of an attempt whose outcome is unknown.

A call has no text to compare: it is known by its number, its caller and its time. Where that fits more than one, nobody
can tell, and the row says so instead of guessing: a call that is taken for another one's would be claimed twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.states import Channel
from notifications.dispatch.asking import CLOCKS_DIFFER
from notifications.dispatch.call_reports import CallFacts
from notifications.models import Attempt, Notification
from notifications.providers.base import CallSnapshot, Credentials, Snapshot
from notifications.providers.registry import voice_provider
from tenants.scope import platform_scope

#: A provider makes the call when it takes the request, which has a timeout; clocks differ besides.
MADE_WITHIN = CLOCKS_DIFFER + timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ShownCall(Snapshot):
    """A call where a message is looked for; it has no text and no segments."""

    call: CallFacts = field(default_factory=CallFacts)


def is_call(attempt: Attempt) -> bool:
    """Whether the attempt is a call; its notification is read."""
    return attempt.notification.channel == Channel.VOICE.value


def ask_call(attempt: Attempt, *, credentials: Credentials, timeout: timedelta) -> tuple[ShownCall, ...]:
    """The call of this attempt where the provider named one, else every call to its number since; needs no database.

    :raises ProviderDidNotAnswer: when that cannot be known now.
    """
    provider = voice_provider(attempt.provider)
    if attempt.provider_message_id:
        one = provider.fetch_call(attempt.provider_message_id, credentials=credentials, timeout=timeout)
        return () if one is None else (_shown(one),)
    after = attempt.committed_at - CLOCKS_DIFFER
    found = provider.find_calls(to=attempt.number, after=after, credentials=credentials, timeout=timeout)
    return tuple(map(_shown, found))


def the_call(shown: Sequence[Snapshot], attempt: Attempt) -> Snapshot | None:
    """The one call that can only be this attempt's; None where there is none, or more than one could be."""
    fitting = _fitting(shown, attempt)
    return fitting[0] if len(fitting) == 1 and not _has_rival(attempt) else None


def left_unconfirmed(shown: Sequence[Snapshot], attempt: Attempt, *, row: Notification, at: datetime) -> bool:
    """Leave the row Unconfirmed for good where calls fit and none can be told to be its own; whether that was done.

    A webhook, which names the attempt, may still settle it. Needs the platform's scope and the row's lock.
    """
    if not is_call(attempt) or attempt.provider_message_id or not _fitting(shown, attempt):
        return False
    reason = DispatchReason.SEVERAL_CALLS
    row.reason, row.reason_text = reason.value, reason.says
    row.lease_owner, row.lease_until = "", None
    row.save(update_fields=["reason", "reason_text", "lease_owner", "lease_until"])
    Attempt.objects.filter(pk=attempt.pk).update(asked_times=attempt.asked_times + 1, asked_at=at)
    return True


def _fitting(shown: Sequence[Snapshot], attempt: Attempt) -> list[Snapshot]:
    until = attempt.committed_at + MADE_WITHIN
    alike = [
        one
        for one in shown
        if (one.to, one.sender) == (attempt.number, attempt.sender_address)
        and (one.created_at is None or one.created_at <= until)
    ]
    with platform_scope():
        known = Attempt.objects.filter(
            provider=attempt.provider, provider_message_id__in=[one.provider_message_id for one in alike]
        ).exclude(pk=attempt.pk)
        taken = set(known.values_list("provider_message_id", flat=True))
    return [one for one in alike if one.provider_message_id not in taken]


def _has_rival(attempt: Attempt) -> bool:
    """Whether another call to the same phone, of the same time and caller, is looked for as well."""
    around = (attempt.committed_at - MADE_WITHIN, attempt.committed_at + MADE_WITHIN)
    with platform_scope():
        others = Attempt.objects.filter(
            provider=attempt.provider,
            number=attempt.number,
            sender_address=attempt.sender_address,
            provider_message_id="",
            outcome__in=[Attempt.Outcome.IN_FLIGHT, Attempt.Outcome.UNKNOWN],
            committed_at__range=around,
            notification__channel=Channel.VOICE.value,
        )
        return others.exclude(pk=attempt.pk).exists()


def _shown(one: CallSnapshot) -> ShownCall:
    return ShownCall(
        provider_message_id=one.provider_call_id,
        status_word=one.status_word,
        error_code=None,
        to=one.to,
        sender=one.sender,
        messaging_service_sid=None,
        body="",
        segments=None,
        created_at=one.created_at,
        sent_at=None,
        updated_at=None,
        status_known=one.status_known,
        call=CallFacts(answered_by=one.answered_by or "", seconds=one.seconds),
    )
