"""What other apps may know of plans, seats, usage and allowances. The only door into billing's rows."""

from billing.queries.allowances import AllowanceState, allowances_of
from billing.queries.charges import charged, reserved_before
from billing.queries.features import has_test_calling
from billing.queries.limits import Limits, plan_limits
from billing.queries.members import member_limit
from billing.queries.room import Room, room_of
from billing.queries.seats import SeatUse, seat_histories, seat_use, seats_of
from billing.queries.standing import standing_changes
from billing.queries.usage import Counts, DayUse, MonthUse, Projection, days_of, month_of, months_of_all

__all__ = [
    "AllowanceState",
    "Counts",
    "DayUse",
    "Limits",
    "MonthUse",
    "Projection",
    "Room",
    "SeatUse",
    "allowances_of",
    "charged",
    "days_of",
    "has_test_calling",
    "member_limit",
    "month_of",
    "months_of_all",
    "plan_limits",
    "reserved_before",
    "room_of",
    "seat_histories",
    "seat_use",
    "seats_of",
    "standing_changes",
]
