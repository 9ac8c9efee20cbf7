"""A page outside the member's own schedule is skipped, says why, and the next in order is tried at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from members.models import Member
from members.operations import add_exception, add_time_off, set_week
from members.schedules.week import Window
from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.report import Report, report
from notifications.dispatch.deliver import deliver_due
from notifications.flows.advance import advance_due
from notifications.models import Alert, Notification
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast
from tests.notifications.dispatch.conftest import person
from tests.notifications.escalating import Clock, fires, flow_of
from tests.sandbox.process import RunningSandbox

Texts = Callable[[Member], list[dict[str, Any]]]
#: A Friday; New York is five hours behind UTC, so that the day ends there at 22:00.
ENDS = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(ENDS)


@pytest.fixture
def office(cast: Cast) -> Member:
    """Ben, in New York, who may be paged in office hours."""
    with tenant_scope(cast.harbor.pk):
        Member.objects.filter(pk=cast.ben.pk).update(time_zone="America/New_York")
        cast.ben.refresh_from_db()
        set_week(cast.ben, windows=[Window(day, time(9), time(17)) for day in range(5)], actor=cast.ana, at=ENDS)
    return cast.ben


def rounds(clock: Clock) -> None:
    """What worker and tick do at this moment: deliver, move on, deliver what that wrote."""
    deliver_due(clock=clock, owner="worker-1", for_seconds=5)
    if advance_due(clock=clock):
        deliver_due(clock=clock, owner="worker-1", for_seconds=5)


def page_of(alert: Alert, member: Member) -> Notification:
    with platform_scope():
        return Notification.objects.get(alert=alert, member=member)


def diagnosed(row: Notification, *, now: datetime) -> Report:
    return report(read_facts([row.pk], now=now, zone="UTC")[row.pk])


@pytest.mark.row(35, 36, 37)
def test_office_hours_end_by_the_members_own_clock_and_the_next_in_order_is_paged_at_once(
    cast: Cast, sandbox: RunningSandbox, texts: Texts, clock: Clock, office: Member
) -> None:
    dana = person(cast, number="+12065550177", name="Dana")
    with tenant_scope(cast.harbor.pk):
        flow = flow_of(cast.harbor, [office], [dana])
    clock.now = ENDS - SECOND
    inside = fires(flow, at=clock.now)
    rounds(clock)
    assert (page_of(inside, office).status, len(texts(office)), len(texts(dana))) == ("sent", 1, 0)

    clock.now = ENDS
    outside = fires(flow, at=clock.now)
    rounds(clock)
    row = page_of(outside, office)
    assert (row.status, row.reason, row.tried_next) == ("skipped", "SCHEDULE-1", "Dana")
    assert row.reason_text == (
        "Not to be paged at this hour: the schedule says Mon-Fri 09:00-17:00. "
        "It was Fri 20 Nov 2026 17:00 in America/New_York."
    )
    assert (page_of(outside, dana).created_at, page_of(outside, dana).status) == (ENDS, "sent")
    assert (len(texts(office)), len(texts(dana))) == (1, 1)

    monday = ENDS + timedelta(days=2, hours=17)
    found = diagnosed(row, now=monday)
    assert found.cause is not None
    assert found.cause.code == "SCHEDULE-1"
    assert found.cause.says == (
        "Ben was not to be paged at that hour: the schedule says Mon-Fri 09:00-17:00, and it was "
        "Fri 20 Nov 2026 17:00 in America/New_York; tried next: Dana."
    )
    assert (found.cause.then, found.cause.now) == ("not to be paged", "to be paged")
    assert found.cause.remedy is not None
    assert "Widen the window of Ben's schedule, or remove the schedule" in found.cause.remedy.text
    assert (found.cause.remedy.link_name, found.cause.remedy.link_args) == (
        "admin:members_member_schedule",
        (office.pk,),
    )
    clock.now = monday
    rounds_before = len(texts(office))
    fires(flow, at=clock.now)
    rounds(clock)
    assert len(texts(office)) == rounds_before + 1


@pytest.mark.parametrize(
    ("kind", "code", "says"),
    [
        ("exception", "SCHEDULE-3", "the schedule says on Fri 20 Nov 2026 not at all"),
        ("time off", "SCHEDULE-2", "time off until Fri 20 Nov 2026 17:00"),
        ("nothing", "", ""),
    ],
)
def test_an_exception_and_time_off_stop_a_page_in_the_window_and_the_row_names_them(
    cast: Cast, sandbox: RunningSandbox, texts: Texts, clock: Clock, office: Member, *, kind: str, code: str, says: str
) -> None:
    clock.now = ENDS - timedelta(hours=2)
    named: dict[str, Any] = {"note": "", "actor": cast.ana, "at": clock.now}
    with tenant_scope(cast.harbor.pk):
        if kind == "exception":
            add_exception(office, on=date(2026, 11, 20), is_free=False, opens=None, closes=None, **named)
        if kind == "time off":
            add_time_off(office, starts_at=clock.now, ends_at=ENDS, **named)
    alert = fires(cast.flow, at=clock.now)
    rounds(clock)
    row = page_of(alert, office)
    assert (row.reason, len(texts(office))) == (code, 0 if code else 1)
    assert says in row.reason_text
    found = diagnosed(row, now=clock.now)
    assert (found.cause.code if found.cause else "") == code
    kept = next(one for one in found.findings if one.code.startswith("SCHEDULE"))
    assert kept.code == (code or "SCHEDULE-4")
    assert "Fri 20 Nov 2026 15:00 in America/New_York" in kept.says
