"""Every time zone of this machine, by how its clocks behave: one zone stands for all that behave alike."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from imes.kernel.wall_clock import clock_changes

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
#: Changes of years gone by that no zone makes today: a day that was skipped, one at a minute past midnight, half an
#: hour, two hours, one at the end of the day, one of a quarter of an hour's zone.
ODD = (
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("America/St_Johns", datetime(2006, 10, 29, 2, 31, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),
    ("Pacific/Chatham", datetime(2026, 9, 26, 14, tzinfo=UTC)),
)


@cache
def changes() -> tuple[tuple[ZoneInfo, datetime], ...]:
    """Each way in which clocks are changed in 2026, with a zone in which they are, and the odd ones; or are not."""
    seen: dict[tuple[object, ...], tuple[ZoneInfo, datetime]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for at in clock_changes(zone, start=FROM, stop=UNTIL) or [datetime(2026, 6, 1, tzinfo=UTC)]:
            before = (at - timedelta(seconds=1)).astimezone(zone).utcoffset()
            after = at.astimezone(zone).utcoffset()
            seen.setdefault((at, before, after), (zone, at))
    return (*seen.values(), *((ZoneInfo(name), at) for name, at in ODD))
