"""What is known of an attempt after any number of providers' words, in whatever order and however often they came.

Words are joined by one total order and never applied one after another. A word that is not in the order is kept and
shown; it raises nothing and moves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce


class DeliveryWord(StrEnum):
    """How far a message got, from least to most; the order of the members is the order of joining.

    The words of texts and of calls stand in one order; no message has words of both. `completed` says that a call was
    answered and is over, not by whom: see `reached`.
    """

    ACCEPTED = "accepted"
    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    SENDING = "sending"
    SENT = "sent"
    IN_PROGRESS = "in-progress"
    CANCELED = "canceled"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    UNDELIVERED = "undelivered"
    COMPLETED = "completed"
    DELIVERED = "delivered"
    READ = "read"

    @property
    def rank(self) -> int:
        """The place in the order; a higher one says more."""
        return _RANKS[self]

    @property
    def is_final(self) -> bool:
        """Nothing lower may follow. `sent` is not final, although for some carriers nothing follows it."""
        return self.rank >= DeliveryWord.CANCELED.rank


_RANKS = {word: rank for rank, word in enumerate(DeliveryWord)}
_SAME_AS = {"scheduled": DeliveryWord.ACCEPTED}


@dataclass(frozen=True, slots=True)
class UnknownStatus:
    """A status that no list of ours has: kept as it came, for a person to see."""

    raw: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Different last words on one attempt, highest first; `known` is the one that is believed."""

    known: DeliveryWord
    others: tuple[DeliveryWord, ...]


def read_word(raw: str) -> DeliveryWord | UnknownStatus:
    """A provider's status word as one of ours; an unlisted one is kept as it came."""
    word = raw.strip().casefold()
    if word in _SAME_AS:
        return _SAME_AS[word]
    try:
        return DeliveryWord(word)
    except ValueError:
        return UnknownStatus(raw)


def join(known: DeliveryWord | None, report: DeliveryWord | UnknownStatus | None) -> DeliveryWord | None:
    """The higher of two words; nothing and unknown words move nothing."""
    if not isinstance(report, DeliveryWord):
        return known
    return report if known is None or report.rank > known.rank else known


def reached(word: DeliveryWord | None, *, answered_by: str) -> DeliveryWord | None:
    """What a word claims of its message; that of a call, only together with who answered it.

    A machine that answers is no person: the call was handed over, and nothing more is claimed. As long as nobody said
    who answered, nothing is claimed either, until the call is over; then doubt is resolved for the member.
    """
    if word is DeliveryWord.COMPLETED:
        return DeliveryWord.SENT if is_machine(answered_by) else DeliveryWord.DELIVERED
    if word is DeliveryWord.IN_PROGRESS:
        return DeliveryWord.DELIVERED if answered_by and not is_machine(answered_by) else DeliveryWord.SENT
    return word


def is_machine(answered_by: str) -> bool:
    """Whether no person answered a call: a voicemail or a fax. Somebody unknown is taken for a person."""
    return answered_by.startswith(("machine", "fax"))


def joined(reports: Iterable[DeliveryWord | UnknownStatus]) -> DeliveryWord | None:
    """What all reports together say; None when none says anything we know."""
    return reduce(join, reports, None)


def conflict(reports: Iterable[DeliveryWord | UnknownStatus]) -> Conflict | None:
    """The different last words, if there are any; read after delivered is no conflict."""
    finals = {report for report in reports if isinstance(report, DeliveryWord) and report.is_final}
    if DeliveryWord.READ in finals:
        finals.discard(DeliveryWord.DELIVERED)
    if len(finals) <= 1:
        return None
    known, *others = sorted(finals, key=lambda word: -word.rank)
    return Conflict(known, tuple(others))


def unknown(reports: Iterable[DeliveryWord | UnknownStatus]) -> tuple[UnknownStatus, ...]:
    """The words that nobody here knows, each once, in the order of arrival."""
    return tuple(dict.fromkeys(report for report in reports if isinstance(report, UnknownStatus)))
