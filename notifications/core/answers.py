"""What a request that fires a flow is answered: a stable code, the HTTP status, what is wrong, and what to do about it.

Pure words. Who decides which one it is, and whether the request is kept, is the business of the endpoint.
"""

from dataclasses import dataclass
from enum import StrEnum


class TriggerCode(StrEnum):
    """A stable code that machines test for and people search for; a number, once given, keeps its meaning."""

    FIRED = "FIRED"
    REPLAYED = "REPLAYED"
    UNKNOWN_ADDRESS = "TRIGGER-1"
    WRONG_METHOD = "TRIGGER-2"
    SUSPENDED = "TRIGGER-3"
    CANCELLED = "TRIGGER-4"
    DISABLED = "TRIGGER-5"
    TOO_MANY = "TRIGGER-6"
    NO_LENGTH = "TRIGGER-7"
    TOO_LARGE = "TRIGGER-8"
    WRONG_TYPE = "TRIGGER-9"
    NOT_JSON = "TRIGGER-10"
    NOT_AN_OBJECT = "TRIGGER-11"
    OUT_OF_BOUNDS = "TRIGGER-12"
    BAD_KEY = "TRIGGER-13"
    KEY_REUSED = "TRIGGER-14"
    OUR_FAULT = "TRIGGER-15"

    @property
    def http_status(self) -> int:
        """The status that goes with it."""
        return _WORDS[self][0]

    @property
    def says(self) -> str:
        """What happened, in one sentence."""
        return _WORDS[self][1]

    @property
    def fix(self) -> str:
        """What the sender can do about it, in one sentence; empty where all is well."""
        return _WORDS[self][2]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused request: the code, and the particulars that its general sentence lacks."""

    code: TriggerCode
    detail: str = ""
    retry_after: int | None = None

    @property
    def says(self) -> str:
        """The sentence of the code, followed by the particulars."""
        return f"{self.code.says} {self.detail}".rstrip()

    @property
    def fix(self) -> str:
        """What the sender can do about it."""
        return self.code.fix


_C = TriggerCode
_WORDS: dict[TriggerCode, tuple[int, str, str]] = {
    _C.FIRED: (202, "The flow was fired.", ""),
    _C.REPLAYED: (202, "The same request was answered before; nothing was fired again.", ""),
    _C.UNKNOWN_ADDRESS: (
        404,
        "No webhook has this address.",
        "Copy the address anew from the flow's page; one that was revoked or replaced never works again.",
    ),
    _C.WRONG_METHOD: (405, "A flow is fired by POST.", "Send the same request with the method POST."),
    _C.SUSPENDED: (
        402,
        "The organisation is suspended, so nobody was paged.",
        "Ask the platform's support to lift the suspension, then send it again.",
    ),
    _C.CANCELLED: (
        402,
        "The organisation's subscription is cancelled, so nobody was paged.",
        "Subscribe again, then send it again.",
    ),
    _C.DISABLED: (409, "The flow is disabled, so nobody was paged.", "Enable the flow, then send it again."),
    _C.TOO_MANY: (
        429,
        "Too many requests came to this address within a minute.",
        "Wait for the seconds in Retry-After; group events at their source where this happens often.",
    ),
    _C.NO_LENGTH: (411, "The request does not say how long it is.", "Send it with a Content-Length."),
    _C.TOO_LARGE: (413, "The body is larger than 64 KiB.", "Send only the fields that the flow's text uses."),
    _C.WRONG_TYPE: (
        415,
        "The body is neither JSON nor a form.",
        "Send it with Content-Type: application/json or application/x-www-form-urlencoded.",
    ),
    _C.NOT_JSON: (400, "The body is not valid JSON.", "Check it with a JSON parser; it must be UTF-8."),
    _C.NOT_AN_OBJECT: (
        400,
        "The JSON is not an object.",
        'Send an object of fields, such as {"service": "Database"}.',
    ),
    _C.OUT_OF_BOUNDS: (
        400,
        "The fields cannot be kept as they were sent.",
        "Send fewer or flatter fields, each once.",
    ),
    _C.BAD_KEY: (
        400,
        "The Idempotency-Key cannot be used.",
        "Use 1 to 200 printable ASCII characters, such as a UUID.",
    ),
    _C.KEY_REUSED: (
        409,
        "This Idempotency-Key came before, with another body; nobody was paged by this request.",
        "Use a new key for each new event.",
    ),
    _C.OUR_FAULT: (
        500,
        "The portal failed, and nobody was paged by this request.",
        "Send it again with the same Idempotency-Key; tell the platform's support if it stays so.",
    ),
}
