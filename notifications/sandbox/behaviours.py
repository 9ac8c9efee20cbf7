"""The one published table: which last four digits of a recipient make provider, carrier or network misbehave.

The sandbox's page, its JSON and its tests all read this list. Codes are Twilio's; other providers translate the names.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .messages import Status

EXAMPLE_PREFIX = "+1206555"
ENDING_DIGITS = 4


class Group(StrEnum):
    CARRIER = "What the carrier says"
    RECEIPTS = "How receipts arrive"
    REFUSED = "Refused by the API"
    TROUBLE = "Trouble at the provider"
    CONSENT = "What the consent APIs answer"
    LINE = "What a look-up of the line says"


class Answer(StrEnum):
    """What becomes of the request that sends the message."""

    ACCEPT = "accept"
    ACCEPT_LATE = "accept_late"  # only after every receipt has been posted
    ACCEPT_THEN_HANG = "accept_then_hang"
    ACCEPT_THEN_RESET = "accept_then_reset"
    REFUSE = "refuse"
    TURN_AWAY = "turn_away"
    TURN_AWAY_ONCE = "turn_away_once"
    HANG = "hang"
    RESET = "reset"


class Posting(StrEnum):
    """How the status callbacks of an accepted message are posted."""

    EACH = "each"
    TWICE = "twice"
    REVERSED = "reversed"
    NEVER = "never"


class ConsentAnswer(StrEnum):
    """What becomes of a request to a consent API that names the number."""

    TAKE = "take"
    REFUSE_ITEM = "refuse_item"
    TURN_AWAY = "turn_away"
    HANG = "hang"


class LookupAnswer(StrEnum):
    """What becomes of a request that asks for the line type of the number."""

    TELL = "tell"
    MISSING = "missing"
    TURN_AWAY = "turn_away"
    DOWN = "down"


ACCEPTING = frozenset({Answer.ACCEPT, Answer.ACCEPT_LATE, Answer.ACCEPT_THEN_HANG, Answer.ACCEPT_THEN_RESET})
TO_SENT = (Status.SENDING, Status.SENT)
TO_DELIVERED = (*TO_SENT, Status.DELIVERED)
TO_UNDELIVERED = (*TO_SENT, Status.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`path`: what the status becomes after the first one; `error_code`: of its last step, or of the refusal.

    `line`: Twilio's word for the line, empty where it has none.
    """

    name: str
    ending: str
    group: Group
    says: str
    path: tuple[Status, ...] = TO_DELIVERED
    answer: Answer = Answer.ACCEPT
    posting: Posting = Posting.EACH
    error_code: int | None = None
    http_status: int = 201
    is_slow: bool = False
    is_stuck: bool = False
    consent: ConsentAnswer = ConsentAnswer.TAKE
    line: str = "mobile"
    lookup: LookupAnswer = LookupAnswer.TELL

    @property
    def example(self) -> str:
        return f"{EXAMPLE_PREFIX}{self.ending or '0142'}"

    def view(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ending": self.ending,
            "group": self.group,
            "says": self.says,
            "error_code": self.error_code,
            "http_status": self.http_status,
            "example": self.example,
        }


def _undelivered(name: str, *, ending: str, code: int, says: str, line: str = "mobile") -> Behaviour:
    return Behaviour(name, ending, Group.CARRIER, says, path=TO_UNDELIVERED, error_code=code, line=line)


def _refused(name: str, *, ending: str, code: int, says: str, line: str = "mobile") -> Behaviour:
    return Behaviour(name, ending, Group.REFUSED, says, (), Answer.REFUSE, error_code=code, http_status=400, line=line)


def _receipts(name: str, *, ending: str, says: str, posting: Posting = Posting.EACH) -> Behaviour:
    return Behaviour(name, ending, Group.RECEIPTS, says, posting=posting)


def _trouble(
    name: str, *, ending: str, answer: Answer, says: str, status: int = 0, code: int | None = None
) -> Behaviour:
    return Behaviour(name, ending, Group.TROUBLE, says, answer=answer, error_code=code, http_status=status)


def _consent(name: str, *, ending: str, answer: ConsentAnswer, says: str, code: int | None = None) -> Behaviour:
    return Behaviour(name, ending, Group.CONSENT, says, error_code=code, consent=answer)


def _line(name: str, *, ending: str, says: str, line: str = "", lookup: LookupAnswer = LookupAnswer.TELL) -> Behaviour:
    return Behaviour(name, ending, Group.LINE, f"{says} Texts are delivered.", line=line, lookup=lookup)


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("delivered", "", Group.CARRIER, "Delivered, with a receipt for sending, sent and delivered."),
    Behaviour(
        "queue_overflow",
        "3001",
        Group.CARRIER,
        "Failed: waited too long in the sender's queue.",
        path=(Status.FAILED,),
        error_code=30001,
    ),
    _undelivered("unreachable", ending="3003", code=30003, says="Undelivered: handset off or out of coverage."),
    _undelivered("blocked_by_recipient", ending="3004", code=30004, says="Undelivered: blocked for this recipient."),
    _undelivered(
        "unknown_number", ending="3005", code=30005, says="Undelivered: the number no longer exists.", line=""
    ),
    _undelivered(
        "landline", ending="3006", code=30006, says="Undelivered: a landline, and looked up as one.", line="landline"
    ),
    _undelivered("carrier_blocked", ending="3007", code=30007, says="Undelivered: filtered by the carrier."),
    _undelivered("unknown_error", ending="3008", code=30008, says="Undelivered: the carrier gave no reason."),
    _undelivered("unregistered_sender", ending="3034", code=30034, says="Undelivered: sender without a campaign."),
    Behaviour(
        "stuck_in_queue",
        "3036",
        Group.CARRIER,
        "Stays queued until its ValidityPeriod is over, then failed.",
        path=(Status.FAILED,),
        error_code=30036,
        is_stuck=True,
    ),
    _undelivered("opted_out_late", ending="3630", code=30630, says="Undelivered: opted out, found after acceptance."),
    Behaviour(
        "silence", "2000", Group.RECEIPTS, "Accepted, then nothing: it stays queued and no receipt ever comes.", path=()
    ),
    Behaviour(
        "stays_sent", "2001", Group.RECEIPTS, "Ends as sent: the carrier gives no delivery receipt.", path=TO_SENT
    ),
    _receipts("doubled", ending="2002", says="Every receipt is posted twice.", posting=Posting.TWICE),
    _receipts(
        "reordered", ending="2003", says="Receipts come last first: delivered, sent, sending.", posting=Posting.REVERSED
    ),
    Behaviour(
        "receipt_first",
        "2004",
        Group.RECEIPTS,
        "All receipts are posted before the request is answered.",
        answer=Answer.ACCEPT_LATE,
    ),
    Behaviour(
        "conflict",
        "2005",
        Group.RECEIPTS,
        "Delivered, and after that undelivered.",
        path=(*TO_DELIVERED, Status.UNDELIVERED),
        error_code=30003,
    ),
    _receipts(
        "receipts_lost",
        ending="2006",
        says="Delivered, but no receipt is posted: only asking tells.",
        posting=Posting.NEVER,
    ),
    Behaviour("slow", "2010", Group.RECEIPTS, "Delivered, but it leaves only after 10 seconds.", is_slow=True),
    _refused("invalid_number", ending="1211", code=21211, says="Not a valid number."),
    _refused("geo_permission", ending="1408", code=21408, says="The account may not text this country."),
    _refused("opted_out", ending="1610", code=21610, says="The recipient has opted out."),
    _refused("queue_full", ending="1611", code=21611, says="The sender's queue is full."),
    _refused("no_route", ending="1612", code=21612, says="No route from this sender to this number."),
    _refused("not_mobile", ending="1614", code=21614, says="Not a mobile number, but a landline.", line="landline"),
    _refused("landline_refused", ending="1635", code=21635, says="A landline, known beforehand.", line="landline"),
    _trouble(
        "throttled_once",
        ending="0429",
        answer=Answer.TURN_AWAY_ONCE,
        status=429,
        code=20429,
        says="The first try is turned away with 429, the next one goes through.",
    ),
    _trouble("throttled", ending="1429", answer=Answer.TURN_AWAY, status=429, code=20429, says="Always 429."),
    _trouble(
        "unavailable_once",
        ending="0503",
        answer=Answer.TURN_AWAY_ONCE,
        status=503,
        code=20503,
        says="The first try gets 503 and nothing is created, the next one goes through.",
    ),
    _trouble("unavailable", ending="1503", answer=Answer.TURN_AWAY, status=503, code=20503, says="Always 503."),
    _trouble("server_error", ending="0500", answer=Answer.TURN_AWAY, status=500, code=20500, says="Always 500."),
    _trouble(
        "timeout_after",
        ending="0408",
        answer=Answer.ACCEPT_THEN_HANG,
        says="Accepted and delivered, but the request is never answered.",
    ),
    _trouble("timeout_before", ending="0504", answer=Answer.HANG, says="Never answered, and nothing is created."),
    _trouble("reset_before", ending="0444", answer=Answer.RESET, says="Connection reset, and nothing is created."),
    _trouble(
        "reset_after",
        ending="1444",
        answer=Answer.ACCEPT_THEN_RESET,
        says="Accepted and delivered, but the connection is reset.",
    ),
    _consent(
        "consent_refused",
        ending="6646",
        answer=ConsentAnswer.REFUSE_ITEM,
        code=30646,
        says="The item is refused, the others of the request are taken. Texts are delivered.",
    ),
    _consent(
        "consent_throttled",
        ending="6429",
        answer=ConsentAnswer.TURN_AWAY,
        code=20429,
        says="429: more than 100 requests a minute. Texts are delivered.",
    ),
    _consent(
        "consent_unanswered",
        ending="6408",
        answer=ConsentAnswer.HANG,
        says="Never answered, and nothing is changed. Texts are delivered.",
    ),
    _line("line_voip", ending="7701", line="nonFixedVoip", says="A VoIP number that is tied to no place."),
    _line("line_fixed_voip", ending="7702", line="fixedVoip", says="A VoIP number of a house."),
    _line("line_pager", ending="7703", line="pager", says="A pager, which Twilio sends no texts to."),
    _line("line_unknown", ending="7704", says="No type, and code 60600: not provisioned, or out of coverage."),
    _line("line_landline_texted", ending="7705", line="landline", says="A landline that can be texted all the same."),
    _line("lookup_missing", ending="7404", lookup=LookupAnswer.MISSING, says="404: there is no such number."),
    _line("lookup_throttled", ending="7429", lookup=LookupAnswer.TURN_AWAY, says="429: too many look-ups."),
    _line("lookup_down", ending="7503", lookup=LookupAnswer.DOWN, says="503: look-ups are down."),
)
DEFAULT = BEHAVIOURS[0]
BY_NAME = {behaviour.name: behaviour for behaviour in BEHAVIOURS}
BY_ENDING = {behaviour.ending: behaviour for behaviour in BEHAVIOURS if behaviour.ending}

# Twilio's published test numbers; they hold whatever their last digits say here.
MAGIC_TO = {
    "+15005550001": BY_NAME["invalid_number"],
    "+15005550002": BY_NAME["no_route"],
    "+15005550003": BY_NAME["geo_permission"],
    "+15005550004": BY_NAME["opted_out"],
    "+15005550009": BY_NAME["not_mobile"],
}
MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}


def behaviour_of(number: str) -> Behaviour:
    """What the sandbox does with a text to this number when no test has forced anything else."""
    return MAGIC_TO.get(number) or BY_ENDING.get(number[-ENDING_DIGITS:], DEFAULT)


def table() -> list[dict[str, Any]]:
    """The published table, with Twilio's own test numbers after the endings."""
    magic = [{**behaviour.view(), "ending": number, "example": number} for number, behaviour in MAGIC_TO.items()]
    return [behaviour.view() for behaviour in BEHAVIOURS] + magic
