"""How much a month will come to by its end, if it goes on as it began. Pure."""

from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

_FIRST_DAY = 24 * 3600


def projected(taken: int, *, starts_on: date, resets_on: date, zone: str, at: datetime) -> int | None:
    """What is taken so far, spread over the whole month by the days that have passed, rounded up.

    None in the first 24 hours, when one busy hour would say more than the month, and once the month is over.
    """
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    begins = datetime.combine(starts_on, datetime.min.time())
    ends = datetime.combine(resets_on, datetime.min.time())
    passed = (local - begins).total_seconds()
    if passed < _FIRST_DAY or local >= ends:
        return None
    whole = (ends - begins).total_seconds()
    return ceil(taken * whole / passed)
