"""What one reply asks for, and why it is read so: a keyword, a slip, own words, the provider's word, or nothing.

Reads words only. Whether a YES counts, which page is acknowledged and who answers is decided by the callers.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from members.consent.keywords.abroad import asks_abroad
from members.consent.keywords.english import is_quoted
from members.consent.keywords.likely import REVIEW_FROM, likelihood
from members.consent.keywords.normal import clauses, plain, unleet
from members.consent.keywords.requests import LONGEST, asks_to_stop
from members.consent.keywords.vocabulary import (
    ALWAYS,
    COMMON_WORDS,
    DEFAULT_LANGUAGES,
    PROVIDER_WORDS,
    RUN_TOGETHER,
    START_WORDS,
    help_words,
    mistyped_stop,
    slips,
    stop_words,
)


class ReplyKind(StrEnum):
    """What a reply asks for. YES is told apart: only an opted-out person on a sender that heeds it means START."""

    STOP = "stop"
    START = "start"
    YES = "yes"
    HELP = "help"
    ACK = "ack"
    NONE = "none"

    @property
    def word(self) -> str:
        """STOP, START, HELP, ACK or NONE: what it is for somebody of whom nothing else is known."""
        return "NONE" if self is ReplyKind.YES else self.value.upper()


class ReadBy(StrEnum):
    """What the reading rests on."""

    KEYWORD = "keyword"
    SLIP = "slip"
    FREE_TEXT = "free_text"
    PROVIDER = "provider"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reply, read; `code` is the code of the page that an acknowledgement names, if it names one.

    `review`: a person should look at it. `score` says from 0 to 100 how likely it is an opt-out. `because` is a
    sentence for people; it quotes no more than a keyword.
    """

    kind: ReplyKind
    code: str | None
    opts_out: bool
    review: bool
    score: int
    read_by: ReadBy
    because: str


# A run of digits is one code: 1234 is not 1 and the code 234.
_ACK = re.compile(r"(?:ack ?|1 |)([0-9]{3,6})|ack|1")
# Nobody writes a keyword longer than this, however decorated; the rest of a longer text is a story.
_LONGEST_KEYWORD = 40
_SIGNED = re.compile(r"(?im)^\s*(?:sent from (?:my|the) .{2,40}|get outlook for \w+|-- ?)\s*$")
_SCORES = {ReadBy.KEYWORD: 100, ReadBy.SLIP: 90, ReadBy.FREE_TEXT: 95, ReadBy.PROVIDER: 100}


def read_reply(text: str, *, opt_out_type: str | None, languages: frozenset[str] = DEFAULT_LANGUAGES) -> Reading:
    """What a reply asks for; never raises, and doubt is resolved towards silence for the member.

    :param opt_out_type: the provider's own word (Twilio's OptOutType); it may only add to suppression.
    :param languages: beside English, which is always read.
    """
    ours = _read(text, languages | {ALWAYS})
    provider = (opt_out_type or "").strip().upper()
    if provider == "STOP" and not ours.opts_out:
        return _stop(ReadBy.PROVIDER, "The provider read it as an opt-out, and that counts whatever we read.")
    if provider == "HELP" and ours.kind in {ReplyKind.START, ReplyKind.YES}:
        return _plainly(ReplyKind.HELP, ReadBy.PROVIDER, "The provider read it as a request for help.")
    return ours


def provider_keyword(text: str) -> bool:
    """Whether Twilio itself acts on this text and answers it: it must be exactly one of its keywords."""
    return text.strip(" \t\r\n").casefold() in PROVIDER_WORDS


def _read(text: str, languages: frozenset[str]) -> Reading:
    words = plain(text)
    keyword = _keyword(words, text, languages=languages)
    if keyword is not None:
        return keyword
    acknowledged = _ACK.fullmatch(words)
    if acknowledged is not None:
        names = f"the page with the code {acknowledged[1]}" if acknowledged[1] else "the newest page"
        return Reading(
            ReplyKind.ACK,
            acknowledged[1],
            False,
            False,
            0,
            ReadBy.KEYWORD,
            f"It acknowledges {names}, and is no consent.",
        )
    if is_quoted(text):
        return _nothing(0, "It is a reaction that quotes a message, and says nothing of its own.")
    return _in_own_words(text, words, languages)


def _keyword(words: str, text: str, *, languages: frozenset[str]) -> Reading | None:
    if words in START_WORDS:
        return _plainly(ReplyKind.START, ReadBy.KEYWORD, f"The whole reply is the keyword {words.upper()}.")
    if words == "yes":
        says = "YES means START for one who opted out, on a number that heeds it; for anybody else it changes nothing."
        return _plainly(ReplyKind.YES, ReadBy.KEYWORD, says)
    if words in help_words(languages):
        return _plainly(ReplyKind.HELP, ReadBy.KEYWORD, f"The whole reply is the keyword {words.upper()}.")
    if not words or len(words) > _LONGEST_KEYWORD:
        return None
    known = stop_words(languages)
    spelled = _spelled(words, known) or _spelled(unleet(text), {word for word in known if len(word) > 3})  # noqa: PLR2004
    if spelled is not None:
        return _stop(ReadBy.KEYWORD, f"The whole reply is the keyword {spelled.upper()}.")
    meant = mistyped_stop(words, languages=languages) or _mistyped_in_two(words)
    if meant is not None:
        return _stop(
            ReadBy.SLIP,
            f"The whole reply is {meant.upper()} with a slip of the fingers; slips count towards STOP alone.",
        )
    return None


def _spelled(words: str, known: frozenset[str] | set[str]) -> str | None:
    """The keyword that the reply is, in one piece, torn into letters or halves, or said several times over."""
    if words in known:
        return words
    parts = words.split()
    if len(parts) == 1:
        return None
    joined = "".join(parts)
    if joined in known and (len(joined) > 3 or all(len(part) == 1 for part in parts)):  # noqa: PLR2004
        return joined
    return parts[0] if all(part in known for part in parts) else None


def _mistyped_in_two(words: str) -> str | None:
    """OPT OUT or UNSUBSCRIBE in two pieces, with a slip in one of them."""
    parts = words.split()
    if len(parts) != 2 or COMMON_WORDS & {*parts, "".join(parts)}:  # noqa: PLR2004
        return None
    joined = "".join(parts)
    return next((word for word in ("optout", "unsubscribe") if joined[0] == word[0] and slips(joined, word) <= 1), None)


def _in_own_words(text: str, words: str, languages: frozenset[str]) -> Reading:
    spoken = clauses(_SIGNED.sub("", text))
    if len(words) <= LONGEST:
        if words in RUN_TOGETHER or _asks(spoken, languages):
            says = "It asks in its own words not to be messaged any more. It counts at once, and a person looks at it."
            return Reading(ReplyKind.STOP, None, True, True, _SCORES[ReadBy.FREE_TEXT], ReadBy.FREE_TEXT, says)
        score = likelihood(text, words)
    else:
        score = 80 if _asks(spoken, languages) else min(likelihood(text, words) // 2, REVIEW_FROM - 1)
    if score >= REVIEW_FROM:
        return _nothing(score, "It may be an opt-out, and is not plain enough to count as one: a person decides.")
    return _nothing(score, "It is no keyword and does not ask for anything that we know.")


def _asks(spoken: list[list[str]], languages: frozenset[str]) -> bool:
    return asks_to_stop(spoken) is not None or asks_abroad(spoken, languages=languages) is not None


def _stop(read_by: ReadBy, because: str) -> Reading:
    return Reading(ReplyKind.STOP, None, True, False, _SCORES[read_by], read_by, because)


def _plainly(kind: ReplyKind, read_by: ReadBy, because: str) -> Reading:
    return Reading(kind, None, False, False, 0, read_by, because)


def _nothing(score: int, because: str) -> Reading:
    return Reading(ReplyKind.NONE, None, False, score >= REVIEW_FROM, score, ReadBy.NOTHING, because)
