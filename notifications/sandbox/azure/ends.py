"""What becomes of a text at Azure: the published behaviours, which speak Twilio's language, in Azure's.

Azure tells of a failure in a delivery report, whose details are a text that may hold a code. An opt-out is told without
one. Azure has no validity and does not look at lines: what waits at Twilio waits here without an end.
"""

from dataclasses import dataclass

from ..behaviours import Behaviour
from ..messages import Status

SENDER_BLOCKED = "Sender blocked for given recipient."


@dataclass(frozen=True, slots=True)
class End:
    """The last word of a report, and its details; `status` is None where no report ever comes."""

    status: Status | None
    code: int | None = None
    details: str = "No error."


@dataclass(frozen=True, slots=True)
class ItemRefused:
    """A recipient that fails inside an answer that is a 202 as a whole."""

    http_status: int
    says: str


def _failed(code: int, says: str) -> End:
    return End(Status.FAILED, code, f"{code}: {says}")


DELIVERED = End(Status.DELIVERED)
OPTED_OUT = End(Status.FAILED, 4007, SENDER_BLOCKED)
_NO_ROUTE = _failed(4003, "The destination is not supported for this sender.")
_NOT_MOBILE = _failed(4005, "The message was blocked by the carrier of the recipient.")
_ENDS = {
    "queue_overflow": _failed(4008, "The message limit of the profile is exceeded."),
    "unreachable": _failed(4006, "The recipient is not reachable now."),
    "blocked_by_recipient": _failed(4005, "The message was blocked by the carrier of the recipient."),
    "unknown_number": _failed(4004, "The recipient's number does not exist."),
    "landline": _NOT_MOBILE,
    "carrier_blocked": _failed(4000, "The message was rejected by fraud detection."),
    "unknown_error": _failed(9999, "Unknown failure."),
    "unregistered_sender": _failed(4010, "The toll-free sender is not verified."),
    "opted_out_late": OPTED_OUT,
    "opted_out": OPTED_OUT,
    "geo_permission": _NO_ROUTE,
    "no_route": _NO_ROUTE,
    "not_mobile": _NOT_MOBILE,
    "landline_refused": _NOT_MOBILE,
    "stuck_in_queue": End(None),
    "silence": End(None),
    "stays_sent": End(None),
}
_REFUSED = {
    "invalid_number": ItemRefused(400, "Invalid To phone number format."),
    "queue_full": ItemRefused(429, "Too many requests for this sender."),
}


def end_of(behaviour: Behaviour) -> End:
    return _ENDS.get(behaviour.name, DELIVERED)


def refusal_of(behaviour: Behaviour) -> ItemRefused | None:
    return _REFUSED.get(behaviour.name)
