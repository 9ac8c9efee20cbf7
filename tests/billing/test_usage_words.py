"""What is left of a month in words, when it runs out at this pace, and its days as a drawing; pure."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from billing.admin.usage_chart import chart_of
from billing.projection import projected
from billing.queries.limits import Limits
from billing.queries.usage import Counts, DayUse, MonthUse, Projection
from billing.usage_file import plain, usage_lines
from billing.usage_words import fullest, meters_of

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
NOON_OF_20TH = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)  # in Los Angeles


def month(used: int, *, limit: int | None, reserved: int = 0, at: datetime = NOON_OF_20TH) -> MonthUse:
    zone = "America/Los_Angeles"
    whole = projected(used + reserved, starts_on=NOVEMBER, resets_on=DECEMBER, zone=zone, at=at)
    nothing: dict[str, Any] = {"segments": None, "calls": None}
    return MonthUse(
        tenant_id=1,
        tenant="Harbor",
        zone=zone,
        plan="Team",
        month_id=1,
        starts_on=NOVEMBER,
        resets_on=DECEMBER,
        limits=Limits(limit, **nothing),
        topped_up=Counts(),
        used=Counts(used),
        reserved=Counts(reserved),
        projection=Projection(whole, **nothing),
    )


@pytest.mark.parametrize(
    ("used", "limit", "says"),
    [
        (403, 500, "At this pace 620 of 500: runs out about 25 November."),
        (200, 500, "At this pace 308 of 500 by the end of November."),
        (500, 500, "The limit is reached: the next go from 1 December on, or after a top-up."),
        (0, 0, "The limit is reached: the next go from 1 December on, or after a top-up."),
        (0, 500, "Nothing used yet this month."),
        (1300, None, "At this pace 2,000 by the end of November."),
    ],
)
def test_the_pace_is_said_in_one_sentence(used: int, limit: int | None, says: str) -> None:
    assert meters_of(month(used, limit=limit), at=NOON_OF_20TH)[0].pace == says


def test_a_month_of_a_few_hours_says_nothing_of_its_end() -> None:
    early = datetime(2026, 11, 1, 18, 0, tzinfo=UTC)
    meter = meters_of(month(9, limit=10, at=early), at=early)[0]
    assert "too young" in meter.pace
    assert (meter.says, meter.left, meter.percent, meter.tone) == ("9 of 10", 1, 90, "warning")


def test_what_is_under_way_counts_and_bars_stay_in_their_frame() -> None:
    over = meters_of(month(480, limit=400, reserved=40), at=NOON_OF_20TH)[0]
    assert (over.taken, over.left, over.percent, over.tone) == (520, 0, 130, "danger")
    assert (over.used_width, over.reserved_width) == (100, 0)
    under = meters_of(month(300, limit=400, reserved=40), at=NOON_OF_20TH)
    assert (under[0].used_width, under[0].reserved_width) == (75, 10)
    assert fullest(under) is under[0]


def test_the_drawing_has_a_bar_for_each_day_with_use_and_says_what_it_shows() -> None:
    uses = [
        DayUse(date(2026, 11, 3), "sms", Counts(12, 30, 0)),
        DayUse(date(2026, 11, 3), "voice", Counts(3, 0, 3)),
        DayUse(date(2026, 11, 30), "sms", Counts(5, 5, 0)),
        DayUse(date(2026, 11, 9), "sms", Counts()),
    ]
    chart = chart_of(uses, starts_on=NOVEMBER, resets_on=DECEMBER)
    assert chart is not None
    assert (chart.width, chart.top, len(chart.bars)) == (300, 20, 2)
    first, last = chart.bars
    assert (first.x, first.sms_y, first.sms_height) == (21, 40, 60)
    assert (first.voice_y, first.voice_height) == (25, 15)
    assert last.x == 291
    assert first.says == "3 November: 12 by SMS, 3 by voice"
    assert (chart.total.sms, chart.total.segments, chart.total.voice) == (17, 35, 3)
    assert chart.desc == "17 by SMS and 3 by voice on 2 days; most on 3 November, 15."
    assert chart_of([], starts_on=NOVEMBER, resets_on=DECEMBER) is None


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_name_that_a_spreadsheet_would_compute_is_text_in_the_file(name: str) -> None:
    assert plain(name) == f"'{name}"
    header, line = usage_lines([DayUse(NOVEMBER, "sms", Counts(1, 2, 0))], tenant=name)
    assert header == "organisation,day,channel,notifications,sms_segments,calls\r\n"
    assert f"'{name}" in line
    assert line.endswith(",2026-11-01,sms,1,2,0\r\n")
    assert plain("Harbor = us") == "Harbor = us"
