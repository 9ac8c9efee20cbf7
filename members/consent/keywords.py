"""What a person means by a text message to us: stop, start, help, an acknowledgement, or nothing of these.

Reads words only. Whether a YES counts, which page is acknowledged and who answers is decided by the callers.
Sources: 47 CFR 64.1200(a)(10) for the words of revocation; Twilio's default keywords.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class ReplyKind(StrEnum):
    """What a reply asks for. YES is told apart: only an opted-out person on a sender that heeds it means START."""

    STOP = "stop"
    START = "start"
    YES = "yes"
    HELP = "help"
    ACK = "ack"
    NONE = "none"


class ReadBy(StrEnum):
    """What the reading rests on."""

    KEYWORD = "keyword"
    FREE_TEXT = "free_text"
    PROVIDER = "provider"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reply, read; `code` is the code of the page that an acknowledgement names, if it names one."""

    kind: ReplyKind
    code: str | None
    opts_out: bool
    because: ReadBy


_STOP = frozenset(
    {
        "stop",
        "stopall",
        "stop all",
        # S.T.O.P, or with whatever else stands between the letters.
        "s t o p",
        "unsubscribe",
        "end",
        "quit",
        "revoke",
        "optout",
        "opt out",
        "cancel",
        "arret",
    }
)
_KINDS = {
    **dict.fromkeys(_STOP, ReplyKind.STOP),
    "start": ReplyKind.START,
    "unstop": ReplyKind.START,
    "yes": ReplyKind.YES,
    "help": ReplyKind.HELP,
    "info": ReplyKind.HELP,
}
# Twilio acts on these, and only when they are the whole message.
_PROVIDER_WORDS = frozenset(
    "stop unsubscribe end quit stopall revoke optout cancel start yes unstop help info".split()  # noqa: SIM905
)
# A run of digits is one code: 1234 is not 1 and the code 234.
_ACK = re.compile(r"(?:ack ?|1 |)([0-9]{3,6})|ack|1")

# A longer text is somebody's story: a wish to stop inside it is for people to find, not for a pattern.
_LONGEST_REQUEST = 120
_LEAD = (
    r"please|pls|plz|hi|hey|hello|ok|okay|just|sorry|wrong (?:number|person)|i said|"
    r"(?:can|could|would|will) you|you need to|i (?:want|need) you to"
)
_TAIL = (
    r"please|pls|plz|thanks|thank you|now|already|immediately|again|ever|any ?more|at once|asap|today|stop|"
    r"wrong (?:number|person)"
)
_WHAT = r"(?:texts?|text messages?|messages?|sms|alerts?|pages?|notifications?|calls?)"
_VERB = r"(?:text|txt|messag|sms|contact|call|pag|alert|bother|spamm?)"
_WHOM = r"(?: me| us| this (?:number|phone))?"
_REQUEST = "|".join(
    (
        rf"stop(?: it| all)?(?: (?:these|the|your|all))?(?: {_WHAT})?",
        rf"(?:stop|quit) {_VERB}(?:e?ing){_WHOM}",
        rf"(?:stop|quit) sending{_WHOM}(?: (?:any|these|the|your|all|more))* ?(?:{_WHAT}|this|these)",
        rf"(?:do not|dont|never) {_VERB}e?{_WHOM}",
        rf"(?:do not|dont|never) send{_WHOM}(?: (?:any|these|the|your|more))* ?{_WHAT}",
        r"(?:take|get) me off(?: (?:of )?(?:this|the|your) list)?",
        r"(?:remove|delete) (?:me|my number|this number)(?: from (?:this|the|your) list)?",
        rf"no more {_WHAT}",
        r"leave (?:me|us) alone",
        rf"(?:unsubscribe (?:me|us)|opt (?:me|us) out)(?: (?:from|of) (?:this|these|the|your|all)(?: {_WHAT})?)?",
        rf"opt out (?:of|from) (?:this|these|the|your|all)(?: {_WHAT})?",
        r"i (?:want|wish|would like) to (?:opt out|unsubscribe|stop)",
        r"i (?:revoke|withdraw)(?: my)? consent",
        rf"i (?:do not|dont) want (?:any|any more|these|your|to get|to receive)(?: (?:any|these|your|more))* ?{_WHAT}",
    )
)
_FREE_TEXT = re.compile(rf"(?:(?:{_LEAD}) )*(?:{_REQUEST})(?: (?:{_TAIL}))*")


def read_reply(text: str, *, opt_out_type: str | None) -> Reading:
    """What a reply asks for; never raises, and doubt is resolved towards silence for the member.

    :param opt_out_type: the provider's own word (Twilio's OptOutType); it may only add to suppression.
    """
    ours = _read(text)
    provider = (opt_out_type or "").strip().upper()
    if provider == "STOP" and not ours.opts_out:
        return Reading(ReplyKind.STOP, None, opts_out=True, because=ReadBy.PROVIDER)
    if provider == "HELP" and ours.kind in {ReplyKind.START, ReplyKind.YES}:
        return Reading(ReplyKind.HELP, None, opts_out=False, because=ReadBy.PROVIDER)
    return ours


def provider_keyword(text: str) -> bool:
    """Whether Twilio itself acts on this text and answers it: it must be exactly one of its keywords."""
    return text.strip(" \t\r\n").casefold() in _PROVIDER_WORDS


def _read(text: str) -> Reading:
    words = _normalised(text)
    kind = _KINDS.get(words)
    if kind is not None:
        return Reading(kind, None, opts_out=kind is ReplyKind.STOP, because=ReadBy.KEYWORD)
    acknowledged = _ACK.fullmatch(words)
    if acknowledged is not None:
        return Reading(ReplyKind.ACK, acknowledged[1], opts_out=False, because=ReadBy.KEYWORD)
    if len(words) <= _LONGEST_REQUEST and _FREE_TEXT.fullmatch(words):
        return Reading(ReplyKind.STOP, None, opts_out=True, because=ReadBy.FREE_TEXT)
    return Reading(ReplyKind.NONE, None, opts_out=False, because=ReadBy.NOTHING)


def _normalised(text: str) -> str:
    """Letters, ASCII digits, single spaces: accents folded, apostrophes and the invisible gone, the rest blank."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept: list[str] = []
    for character in unicodedata.normalize("NFKD", decomposed):
        if character.isalnum():
            kept.append(_ascii_digit(character))
        elif unicodedata.category(character) not in {"Cf", "Mn", "Me"} and character not in "'\u2019\u02bc`":
            kept.append(" ")
    return " ".join("".join(kept).split())


def _ascii_digit(character: str) -> str:
    """The digit 0 to 9 that a digit of any script stands for; anything else as it is."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
