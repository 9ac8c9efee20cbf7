"""What is asked of providers about attempts, and with which account: made beforehand, for threads with no database."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from imes.kernel.vault import VaultCannotOpen
from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.states import NotificationStatus
from notifications.dispatch.repeating import is_repeatable, to_repeat
from notifications.dispatch.requests import credentials_of
from notifications.models import Attempt, Notification, ProviderAccount
from notifications.providers.base import CallRequest, Credentials, SmsRequest
from notifications.providers.mail import NAME as MAIL

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What the asking thread needs, which has no database; `repeat` where it is asked by making the request again."""

    attempt: Attempt = field(repr=False)
    credentials: Credentials = field(repr=False)
    repeat: SmsRequest | CallRequest | None = field(default=None, repr=False)


def questions_of(attempts: Sequence[Attempt]) -> list[Question]:
    """The questions that can be asked; a row whose sender is gone says so, and is not looked at any more.

    Where an account's secret cannot be read, its rows wait for the next look, and the others are asked about.
    """
    for reason, by_mail in ((DispatchReason.CANNOT_BE_ASKED, False), (DispatchReason.MAIL_UNKNOWN, True)):
        lost = [
            attempt.notification_id
            for attempt in attempts
            if attempt.sender is None and (attempt.provider == MAIL) is by_mail
        ]
        Notification.objects.filter(pk__in=lost, status=NotificationStatus.UNCONFIRMED.value).update(
            reason=reason.value, reason_text=reason.says, lease_owner="", lease_until=None
        )
    accounts = _accounts({attempt.sender.account_id for attempt in attempts if attempt.sender is not None})
    found: list[Question] = []
    for attempt in attempts:
        if attempt.sender is not None and attempt.sender.account_id in accounts:
            attempt.sender.account = accounts[attempt.sender.account_id]
            found.append(Question(attempt, credentials_of(attempt.sender)))
    return found


def with_repeats(questions: Sequence[Question], *, owner: str, now: datetime) -> list[Question]:
    """The questions with the requests that are made again; those of which that may not be are left out."""
    repeatable = [one.attempt for one in questions if is_repeatable(one.attempt)]
    requests = to_repeat(repeatable, owner=owner, now=now)
    found = [
        one if not is_repeatable(one.attempt) else replace(one, repeat=requests.get(one.attempt.pk))
        for one in questions
    ]
    return [one for one in found if one.repeat is not None or not is_repeatable(one.attempt)]


def _accounts(keys: Iterable[int]) -> dict[int, ProviderAccount]:
    """The accounts whose secret can be read, one by one: a single bad one must not keep the others from being used."""
    found: dict[int, ProviderAccount] = {}
    for key in keys:
        try:
            found[key] = ProviderAccount.objects.get(pk=key)
        except VaultCannotOpen:
            logger.error("the secret of provider account %s cannot be read: is its key still among FIELD_KEYS?", key)
    return found
