"""Direct messages and routine flows wait for messaging hours where their recipient is; urgent flows never do."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from members.models import Member
from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.report import report
from notifications.dispatch.deliver import deliver_due
from notifications.models import Flow, Notification
from tenants.models import Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_flow
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.notifications.escalating import Clock, fires
from tests.sandbox.process import RunningSandbox

Texts = Callable[[Member], list[dict[str, Any]]]
#: Three in the afternoon in London, where Harbor is, and seven in the morning in Seattle, where Ben's number is from.
OPENS = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(OPENS - SECOND)


@pytest.fixture
def harbor(cast: Cast) -> Cast:
    """Harbor with the hours that every tenant has until it changes them."""
    new = Tenant()
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(
            hours_open=new.hours_open, hours_close=new.hours_close, time_zone="Europe/London"
        )
    return cast


def flow_with(cast: Cast, *, name: str, **fields: Any) -> Flow:
    with tenant_scope(cast.harbor.pk):
        flow = add_flow(cast.harbor, name=name, members=[cast.ben])
        Flow.objects.filter(pk=flow.pk).update(**fields)
        flow.refresh_from_db()
        return flow


def page_of(flow: Flow, *, at: datetime) -> Notification:
    alert = fires(flow, at=at)
    with platform_scope():
        return Notification.objects.get(alert=alert)


def hours_finding(row: Notification, *, now: datetime) -> tuple[str, str]:
    found = report(read_facts([row.pk], now=now, zone="UTC")[row.pk])
    return next((one.code, one.says) for one in found.findings if one.code.startswith("HOURS"))


@pytest.mark.case("I18")
@pytest.mark.row(92, 97)
def test_which_hours_hold_depends_on_what_is_sent_and_is_said(
    harbor: Cast, sandbox: RunningSandbox, texts: Texts, clock: Clock
) -> None:
    with platform_scope():
        Tenant.objects.filter(pk=harbor.harbor.pk).update(direct_hours_open=time(8), direct_hours_close=time(20))
    routine = Flow.Urgency.ROUTINE
    rows = {
        "urgent": page_of(flow_with(harbor, name="Urgent"), at=clock.now),
        "routine": page_of(flow_with(harbor, name="Routine", urgency=routine), at=clock.now),
        "own": page_of(
            flow_with(harbor, name="Own", urgency=routine, hours_open=time(6, 30), hours_close=time(6, 59)),
            at=clock.now,
        ),
        "early": page_of(
            flow_with(harbor, name="Early", urgency=routine, hours_open=time(5), hours_close=time(5)), at=clock.now
        ),
        "direct": message(harbor.ben, at=clock.now, expires_at=clock.now + DAY),
        "test": message(harbor.ben, at=clock.now, purpose="test"),
    }
    deliver_due(clock=clock, owner="worker-1", for_seconds=5)
    stands = {name: (again(row).status, again(row).reason) for name, row in rows.items()}
    held = ("held", "HOURS-1")
    gone = ("sent", "")
    assert stands == {
        "urgent": gone,
        "routine": held,
        "own": held,
        "early": gone,
        "direct": held,
        "test": gone,
    }
    assert again(rows["routine"]).due_at == OPENS
    assert again(rows["own"]).due_at == OPENS - timedelta(minutes=30) + DAY
    assert again(rows["direct"]).due_at == OPENS + timedelta(hours=1)
    assert again(rows["direct"]).reason_text == (
        "The hours of direct messages are 08:00-20:00; it was Fri 20 Nov 06:59 in America/Los_Angeles."
    )
    code, says = hours_finding(rows["urgent"], now=OPENS)
    assert code == "HOURS-2"
    assert says == (
        "The flow was urgent, which is exempt from messaging hours (07:00-21:00); it was Fri 20 Nov 06:59 in "
        "America/Los_Angeles."
    )
    assert attempts(rows["urgent"])[0].facts["hours"]["rule"] == "urgent_exempt"
    code, says = hours_finding(rows["routine"], now=clock.now)
    assert code == "HOURS-1"
    assert says == (
        "It was outside the tenant's messaging hours (07:00-21:00): it was Fri 20 Nov 06:59 in America/Los_Angeles, "
        "by every time zone of the number's range."
    )
    assert hours_finding(rows["early"], now=OPENS)[1].startswith("It was within the flow's own hours (day and night)")

    before = len(texts(harbor.ben))
    # Its validity of half an hour counts from the opening, or it would never go.
    assert again(rows["routine"]).expires_at == OPENS + timedelta(minutes=30)
    clock.now = OPENS
    deliver_due(clock=clock, owner="worker-1", for_seconds=5)
    assert (again(rows["routine"]).status, again(rows["direct"]).status) == ("sent", "held")
    clock.now = OPENS + timedelta(hours=1)
    deliver_due(clock=clock, owner="worker-1", for_seconds=5)
    assert again(rows["direct"]).status == "sent"
    assert len(texts(harbor.ben)) == before + 2
    # What went is told by the clock of the attempt, and not by that of whoever asks.
    assert hours_finding(rows["direct"], now=OPENS + DAY / 2)[1].startswith(
        "It was within the tenant's hours for direct messages (08:00-20:00): it was Fri 20 Nov 08:00"
    )


@pytest.mark.case("I18")
def test_the_hours_are_those_of_the_recipients_zone_and_of_every_zone_of_a_number_that_has_several(
    harbor: Cast, sandbox: RunningSandbox, clock: Clock
) -> None:
    boise = person(harbor, number="+12085550143", name="Ida")
    away = person(harbor, number="+12065550144", name="Ed")
    free = person(harbor, number="+18005550145", name="Tess")
    with tenant_scope(harbor.harbor.pk):
        Member.objects.filter(pk=away.pk).update(time_zone="Asia/Tokyo")
    clock.now = OPENS - timedelta(minutes=30)
    rows = {
        who: message(member, at=clock.now, expires_at=clock.now + DAY)
        for who, member in {"Ben": harbor.ben, "Ida": boise, "Ed": away, "Tess": free}.items()
    }
    deliver_due(clock=clock, owner="worker-1", for_seconds=5)
    until = {who: again(row).due_at if again(row).status == "held" else None for who, row in rows.items()}
    assert until == {
        "Ben": OPENS,
        # It is half past seven in Boise, and half past six in the part of Idaho that keeps Pacific time.
        "Ida": OPENS,
        # Near midnight where they live, whatever their number says.
        "Ed": datetime(2026, 11, 20, 22, 0, tzinfo=UTC),
        # Toll-free, so that it may be anywhere from Newfoundland to Guam, where the day begins last.
        "Tess": datetime(2026, 11, 20, 21, 0, tzinfo=UTC),
    }
    assert "in America/Los_Angeles and Fri 20 Nov 07:30 in America/Boise" in again(rows["Ida"]).reason_text
    assert "more zones" in again(rows["Tess"]).reason_text
