"""The published table for calls: which last four digits pick up, press keys, or turn a call away by themselves.

Every other number rings until somebody answers on the handset page. What the table of texts says of the API and of
receipts (turned away, never answered, doubled, lost) holds for calls to those numbers too. SIP codes: RFC 3261, 8197
(607) and 8688 (608).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .behaviours import ENDING_DIGITS, EXAMPLE_PREFIX
from .calls import CallStatus, Party, Reaction


class CallGroup(StrEnum):
    ANSWERED = "Who answers a call"
    UNANSWERED = "How a call fails"
    REFUSED = "Calls refused by the API"


class Detected(StrEnum):
    """What a detector of answering machines takes the called side for."""

    RIGHT = "right"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CallBehaviour:
    """`presses`: one key for each time that the call asks; `ends`: with the network's `sip_code`, ringing or not.

    `refusal`: Twilio's code, when the API does not take the call at all.
    """

    name: str
    ending: str
    group: CallGroup
    says: str
    picks_up: Reaction | None = None
    presses: tuple[str, ...] = ()
    party: Party = Party.HUMAN
    detected: Detected = Detected.RIGHT
    hangs_up: bool = False
    ends: CallStatus | None = None
    sip_code: int | None = None
    rings: bool = True
    rings_out: bool = False
    refusal: int | None = None

    @property
    def is_acted(self) -> bool:
        """Whether nobody at the page is waited for."""
        return self.picks_up is not None or self.ends is not None

    @property
    def example(self) -> str:
        return f"{EXAMPLE_PREFIX}{self.ending or '0142'}"

    def view(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ending": self.ending,
            "group": self.group,
            "says": self.says,
            "error_code": self.refusal or self.sip_code,
            "http_status": 400 if self.refusal else 201,
            "example": self.example,
        }


def _answered(name: str, *, ending: str, says: str, presses: tuple[str, ...] = ()) -> CallBehaviour:
    return CallBehaviour(name, ending, CallGroup.ANSWERED, says, picks_up=Reaction.ANSWER, presses=presses)


def _ends(name: str, *, ending: str, status: CallStatus, sip: int, says: str, rings: bool = True) -> CallBehaviour:
    return CallBehaviour(name, ending, CallGroup.UNANSWERED, says, ends=status, sip_code=sip, rings=rings)


def _refused(name: str, *, ending: str, code: int, says: str) -> CallBehaviour:
    return CallBehaviour(name, ending, CallGroup.REFUSED, says, refusal=code)


CALL_BEHAVIOURS: tuple[CallBehaviour, ...] = (
    CallBehaviour("rings", "", CallGroup.ANSWERED, "Rings until you answer on this page, or its time is over."),
    _answered("call_presses_nothing", ending="4100", says="A person answers, listens and presses nothing."),
    _answered("call_presses_1", ending="4101", presses=("1",), says="A person answers and presses 1."),
    _answered("call_presses_9", ending="4109", presses=("9",), says="A person answers and presses 9."),
    _answered("call_presses_2_then_1", ending="4121", presses=("2", "1"), says="A person presses 2, and then 1."),
    _answered("call_presses_5", ending="4105", presses=("5",), says="A person presses 5, which means nothing."),
    CallBehaviour(
        "call_hangs_up",
        "4110",
        CallGroup.ANSWERED,
        "A person answers and hangs up at once.",
        picks_up=Reaction.ANSWER,
        hangs_up=True,
    ),
    CallBehaviour(
        "call_voicemail",
        "4200",
        CallGroup.ANSWERED,
        "Voicemail answers and records; machine detection tells it.",
        picks_up=Reaction.VOICEMAIL,
        party=Party.MACHINE,
    ),
    CallBehaviour(
        "call_party_unknown",
        "4201",
        CallGroup.ANSWERED,
        "A person presses 1, but machine detection cannot tell who it is.",
        picks_up=Reaction.ANSWER,
        presses=("1",),
        detected=Detected.UNKNOWN,
    ),
    CallBehaviour(
        "call_fax",
        "4202",
        CallGroup.ANSWERED,
        "A fax machine answers.",
        picks_up=Reaction.ANSWER,
        party=Party.FAX,
    ),
    _ends("call_busy", ending="4486", status=CallStatus.BUSY, sip=486, says="Busy."),
    _ends("call_unavailable", ending="4480", status=CallStatus.NO_ANSWER, sip=480, says="No answer: not available."),
    CallBehaviour(
        "call_rings_out",
        "4487",
        CallGroup.UNANSWERED,
        "No answer: rings until the ring time is over.",
        ends=CallStatus.NO_ANSWER,
        sip_code=487,
        rings_out=True,
    ),
    _ends("call_declined", ending="4603", status=CallStatus.FAILED, sip=603, says="Declined."),
    _ends(
        "call_switched_off",
        ending="4481",
        status=CallStatus.FAILED,
        sip=480,
        rings=False,
        says="Failed: the phone is switched off or out of coverage.",
    ),
    _ends(
        "call_no_such_number",
        ending="4404",
        status=CallStatus.FAILED,
        sip=404,
        rings=False,
        says="Failed: the number does not exist.",
    ),
    _ends(
        "call_unwanted",
        ending="4607",
        status=CallStatus.FAILED,
        sip=607,
        says="Failed: the person has marked this caller as unwanted.",
    ),
    _ends(
        "call_spam_flag",
        ending="4608",
        status=CallStatus.FAILED,
        sip=608,
        rings=False,
        says="Failed at 0 seconds: the carrier takes this caller for spam.",
    ),
    _ends(
        "call_carrier_failure",
        ending="4503",
        status=CallStatus.FAILED,
        sip=503,
        rings=False,
        says="Failed: the carrier's network is down.",
    ),
    _refused("call_unreachable", ending="1214", code=21214, says="Twilio cannot reach this number by call."),
    _refused("call_geo_permission", ending="1215", code=21215, says="The account may not call this country."),
    _refused("call_not_allowed", ending="1216", code=21216, says="Twilio does not call this number."),
    _refused("call_invalid_number", ending="1217", code=21217, says="Not a valid number."),
)
DEFAULT_CALL = CALL_BEHAVIOURS[0]
CALL_BY_NAME = {behaviour.name: behaviour for behaviour in CALL_BEHAVIOURS}
CALL_BY_ENDING = {behaviour.ending: behaviour for behaviour in CALL_BEHAVIOURS if behaviour.ending}
# Twilio's published test numbers for calls.
MAGIC_CALL_TO = {
    "+15005550001": CALL_BY_NAME["call_invalid_number"],
    "+15005550002": CALL_BY_NAME["call_unreachable"],
    "+15005550003": CALL_BY_NAME["call_geo_permission"],
    "+15005550004": CALL_BY_NAME["call_not_allowed"],
}
EVERYONE = "*"


class CallFaults:
    """Which behaviour calls to a number have now: the published one by its last digits, or one that a test forced."""

    def __init__(self) -> None:
        self.forced: dict[str, CallBehaviour] = {}

    def behaviour_for(self, number: str) -> CallBehaviour:
        forced = self.forced.get(number) or self.forced.get(EVERYONE)
        return forced or call_behaviour_of(number)


def call_behaviour_of(number: str) -> CallBehaviour:
    return MAGIC_CALL_TO.get(number) or CALL_BY_ENDING.get(number[-ENDING_DIGITS:], DEFAULT_CALL)


def call_table() -> list[dict[str, Any]]:
    return [behaviour.view() for behaviour in CALL_BEHAVIOURS]
