"""Usage by day as a chart that the server draws: bars of one month, one on the other, with the same figures as a table.

It reads no rows and knows no colours: the style sheet has those, for light and for dark.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from billing.queries.usage import Counts, DayUse

#: The drawing's own units: each day is so wide, and the highest bar this high. It is stretched to its place.
DAY_WIDTH, GAP, HEIGHT = 10, 2, 100
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where it stands, how high each part is, and what it says."""

    x: int
    sms_y: float
    sms_height: float
    voice_y: float
    voice_height: float
    says: str


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day with use, as the table has it."""

    day: date
    sms: int
    segments: int
    voice: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One month drawn: `top` is what the upper edge stands for, `days` are the dates under it."""

    width: int
    height: int
    top: int
    bars: tuple[Bar, ...]
    days: tuple[date, ...]
    lines: tuple[DayLine, ...]
    total: DayLine
    has_voice: bool
    desc: str


def chart_of(uses: Iterable[DayUse], *, starts_on: date, resets_on: date) -> Chart | None:
    """The chart of this month; None where nothing was used."""
    by_day: dict[date, dict[str, Counts]] = defaultdict(dict)
    for use in uses:
        by_day[use.day][use.channel] = use.counts
    lines = tuple(line for day in sorted(by_day) if (line := _line(day, by_day[day])).sms or line.voice)
    if not lines:
        return None
    days = [starts_on + timedelta(days=place) for place in range((resets_on - starts_on).days)]
    known = {line.day: line for line in lines}
    top = _round_up(max(line.sms + line.voice for line in lines))
    busiest = max(lines, key=lambda line: line.sms + line.voice)
    total = DayLine(
        starts_on,
        sum(line.sms for line in lines),
        sum(line.segments for line in lines),
        sum(line.voice for line in lines),
    )
    return Chart(
        width=len(days) * DAY_WIDTH,
        height=HEIGHT,
        top=top,
        bars=tuple(_bar(place, known[day], top=top) for place, day in enumerate(days) if day in known),
        days=(days[0], days[7], days[14], days[21], days[-1]),
        lines=lines,
        total=total,
        has_voice=bool(total.voice),
        desc=f"{total.sms:,} by SMS and {total.voice:,} by voice on {len(lines)} day{'s' if len(lines) != 1 else ''}; "
        f"most on {busiest.day.day} {busiest.day:%B}, {busiest.sms + busiest.voice:,}.",
    )


def _line(day: date, channels: dict[str, Counts]) -> DayLine:
    sms, voice = channels.get("sms", Counts()), channels.get("voice", Counts())
    return DayLine(day, sms.notifications, sms.segments, voice.notifications)


def _bar(place: int, line: DayLine, *, top: int) -> Bar:
    sms, voice = line.sms * HEIGHT / top, line.voice * HEIGHT / top
    says = f"{line.day.day} {line.day:%B}: {line.sms:,} by SMS, {line.voice:,} by voice"
    return Bar(
        x=place * DAY_WIDTH + GAP // 2,
        sms_y=round(HEIGHT - sms, 2),
        sms_height=round(sms, 2),
        voice_y=round(HEIGHT - sms - voice, 2),
        voice_height=round(voice, 2),
        says=says,
    )


def _round_up(most: int) -> int:
    """The next round number that is even, so that its half stands beside the middle: 2, 4, 10, 20, 40, 100."""
    scale = 1
    while True:
        for step in _STEPS:
            if (edge := 2 * step * scale) >= most:
                return edge
        scale *= 10
