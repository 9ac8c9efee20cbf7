"""What providers report of calls beside a word: who answered, the network's own answer, how long, which key. Pure.

The words of calls stand in one order with those of texts (core/receipts.py); only what they mean for a row is here.
"""

from dataclasses import dataclass

from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.receipts import DeliveryWord, is_machine
from notifications.core.states import NotificationStatus
from notifications.models import Attempt

_ANSWERED_BY_LIMIT, _KEYS_LIMIT = 24, 16
_ANSWERED = frozenset({DeliveryWord.IN_PROGRESS.value, DeliveryWord.COMPLETED.value})
_WITHOUT_CODE = {
    DeliveryWord.BUSY.value: "The line was busy.",
    DeliveryWord.NO_ANSWER.value: "It rang and nobody answered.",
}


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What one report says of a call; nothing where it does not say it. `seconds`: how long the call lasted."""

    answered_by: str = ""
    sip_code: int | None = None
    seconds: int | None = None
    key: str = ""


def raise_call(attempt: Attempt, said: CallFacts) -> None:
    """Take in what a report says of the attempt's call; it is not saved here.

    Who answered is said once, and a call has one answer of its network. A key is one more press: the caller has seen to
    it that none is taken in twice.
    """
    attempt.answered_by = attempt.answered_by or said.answered_by[:_ANSWERED_BY_LIMIT]
    attempt.sip_code = attempt.sip_code or said.sip_code
    attempt.seconds = max((one for one in (attempt.seconds, said.seconds) if one is not None), default=None)
    attempt.keys = (attempt.keys + said.key)[:_KEYS_LIMIT]


def said_of_call(attempt: Attempt, status: NotificationStatus) -> DispatchReason | None:
    """What stands on the row of a call that was answered, so that nobody takes it for more than that."""
    if attempt.word not in _ANSWERED:
        return None
    if status is NotificationStatus.DELIVERED:
        return DispatchReason.CALL_ANSWERED
    heard_by_machine = status is NotificationStatus.SENT and is_machine(attempt.answered_by)
    return DispatchReason.VOICEMAIL if heard_by_machine else None


def without_code(word: str) -> str:
    """Why a message failed of which the provider gave a word and no code."""
    return _WITHOUT_CODE.get(word, f"The provider says: {word}, without a code.")
