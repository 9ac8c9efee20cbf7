"""Writes of the billing app: each does one thing, audits it, and is told the hour and who acts."""

from billing.metering import Taken, Want, end, present_month, reserve
from billing.operations.plans import NoSeatFree, give_seat, make_default, subscribe, take_seat
from billing.operations.quota_notices import (
    DID_NOT_GO,
    USED_UP,
    LimitMet,
    MonthToTell,
    NoticeToTell,
    make_notices,
    mark_told,
    months_to_tell,
    take_notices,
)
from billing.operations.standing import end_what_ran_out, move_standing
from billing.operations.top_ups import NothingAdded, top_up

__all__ = [
    "DID_NOT_GO",
    "USED_UP",
    "LimitMet",
    "MonthToTell",
    "NoSeatFree",
    "NothingAdded",
    "NoticeToTell",
    "Taken",
    "Want",
    "end",
    "end_what_ran_out",
    "give_seat",
    "make_default",
    "make_notices",
    "mark_told",
    "months_to_tell",
    "move_standing",
    "present_month",
    "reserve",
    "subscribe",
    "take_notices",
    "take_seat",
    "top_up",
]
