"""The provider's own opt-out list and the words that change it.

A scope is one number, or a whole messaging service when the number belongs to one. Only a text that is exactly one
keyword counts, whatever its case and surrounding blanks (Twilio, opt-out keywords).
"""

from enum import StrEnum

STOP_WORDS = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
START_WORDS = frozenset({"start", "yes", "unstop"})
HELP_WORDS = frozenset({"help", "info"})

STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
TOLL_FREE_STOPPED = (
    'NETWORK MSG: You replied with the word "{word}" which blocks all texts sent from this number. '
    'Text back "unstop" to receive messages again.'
)
TOLL_FREE_STARTED = 'NETWORK MSG: You have replied "{word}" and will begin receiving messages again from this number.'


class Keyword(StrEnum):
    STOP = "STOP"
    START = "START"
    HELP = "HELP"


def keyword_of(body: str, *, toll_free: bool, more_stop_words: frozenset[str] = frozenset()) -> Keyword | None:
    """The keyword that a text is, or None. YES does not lift a block on a toll-free number.

    A service with Advanced Opt-Out may have more words for STOP.
    """
    word = body.strip().lower()
    if word in STOP_WORDS or word in more_stop_words:
        return Keyword.STOP
    if word in START_WORDS and not (toll_free and word == "yes"):
        return Keyword.START
    return Keyword.HELP if word in HELP_WORDS else None


def provider_reply(keyword: Keyword, *, body: str, was_out: bool, toll_free: bool) -> str | None:
    """What the provider itself answers to a keyword; None where it stays silent.

    A second STOP, and a START by somebody who was never out, change nothing and get no answer; neither does HELP on a
    toll-free number after an opt-out.
    """
    match keyword:
        case Keyword.STOP:
            text = None if was_out else (TOLL_FREE_STOPPED if toll_free else STOPPED)
        case Keyword.START:
            text = (TOLL_FREE_STARTED if toll_free else STARTED) if was_out else None
        case Keyword.HELP:
            text = None if toll_free and was_out else HELP
    return text.replace("{word}", body.strip().lower()) if text else None


class OptOuts:
    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], None] = {}

    def add(self, scope: str, *, number: str) -> None:
        self._pairs[(scope, number)] = None

    def lift(self, scope: str, *, number: str) -> None:
        self._pairs.pop((scope, number), None)

    def blocks(self, scope: str, *, number: str) -> bool:
        return (scope, number) in self._pairs

    def pairs(self) -> list[tuple[str, str]]:
        return list(self._pairs)
