"""Quota is reserved as far as it fits, settled or given back once, and every counter is the sum of its charges."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing.metering import Taken, release, settle
from billing.models import Allowance, AllowanceDay, Charge, Plan, UsageDay, UsageMonth
from billing.operations import NothingAdded, subscribe, top_up
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import platform_scope
from tests.billing.charged import (
    AT,
    assert_counters_tell_the_truth,
    figures,
    limited,
    reserved,
    states,
    want,
)
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def may_send(tenant: Tenant, user: User, *, kind: str = "number", daily: int | None = None) -> None:
    with platform_scope():
        Allowance.objects.update_or_create(tenant=tenant, user=user, defaults={"kind": kind, "daily": daily})


def test_so_many_go_as_the_month_allows_and_the_rest_is_left_out(cast: Cast) -> None:
    limited(cast.harbor, notifications=3)
    assert reserved(*(want(cast.harbor, number) for number in range(1, 6))) == [1, 2, 3]
    assert reserved(want(cast.harbor, 6)) == []
    assert figures(cast.harbor)["notifications"] == (3, 0)
    assert_counters_tell_the_truth()


def test_a_smaller_message_behind_one_that_does_not_fit_still_goes(cast: Cast) -> None:
    limited(cast.harbor, segments=5)
    wants = [want(cast.harbor, 1, segments=3), want(cast.harbor, 2, segments=3), want(cast.harbor, 3, segments=2)]
    assert reserved(*wants) == [1, 3]
    assert figures(cast.harbor)["segments"] == (5, 0)


def test_calls_and_texts_have_limits_of_their_own(cast: Cast) -> None:
    limited(cast.harbor, segments=0, calls=1)
    calls = [want(cast.harbor, number, call=True) for number in (1, 2)]
    assert reserved(want(cast.harbor, 3), *calls) == [1]
    assert figures(cast.harbor) == {"notifications": (1, 0), "segments": (0, 0), "calls": (1, 0)}


def test_one_batch_counts_each_tenant_by_itself(cast: Cast) -> None:
    limited(cast.harbor, notifications=1)
    limited(cast.ridge, notifications=2)
    harbor, ridge = [want(cast.harbor, number) for number in (1, 2)], [want(cast.ridge, number) for number in (3, 4, 5)]
    assert reserved(*harbor, *ridge) == [1, 3, 4]
    assert_counters_tell_the_truth()


def test_a_message_is_charged_once_however_often_it_is_tried(cast: Cast) -> None:
    limited(cast.harbor, notifications=1)
    assert reserved(want(cast.harbor, 1)) == [1]
    assert reserved(want(cast.harbor, 1), want(cast.harbor, 1)) == [1]
    with platform_scope():
        assert settle([Taken(1, 1)], at=AT) == 1
    assert reserved(want(cast.harbor, 1), want(cast.harbor, 2)) == [1]
    assert figures(cast.harbor)["notifications"] == (0, 1)


def test_settling_counts_the_providers_segments_and_the_day_and_twice_changes_nothing(cast: Cast) -> None:
    limited(cast.harbor)
    reserved(want(cast.harbor, 1, segments=2), want(cast.harbor, 2, segments=1), want(cast.harbor, 3, call=True))
    taken = [Taken(1, 3), Taken(2, None), Taken(3, None)]
    with platform_scope():
        assert (settle(taken, at=AT), settle(taken, at=AT)) == (3, 0)
        days = {day.channel: (day.notifications, day.segments, day.calls) for day in UsageDay.objects.all()}
    assert figures(cast.harbor) == {"notifications": (0, 3), "segments": (0, 4), "calls": (0, 1)}
    assert days == {"sms": (2, 4, 0), "voice": (1, 0, 1)}
    assert_counters_tell_the_truth()


def test_what_is_given_back_can_be_used_by_another_and_only_once(cast: Cast) -> None:
    limited(cast.harbor, notifications=1)
    reserved(want(cast.harbor, 1))
    with platform_scope():
        assert (release([1], why="refused", at=AT), release([1], why="again", at=AT)) == (1, 0)
        assert settle([Taken(1, 1)], at=AT) == 0
        assert Charge.objects.get().why_released == "refused"
    assert reserved(want(cast.harbor, 2), want(cast.harbor, 3)) == [2]
    assert states([1, 2, 3]) == ["released", "reserved", "none"]


def test_what_was_settled_and_turns_out_never_charged_is_taken_out_of_month_and_day(cast: Cast) -> None:
    limited(cast.harbor)
    reserved(want(cast.harbor, 1, segments=2))
    with platform_scope():
        settle([Taken(1, 3)], at=AT)
        assert release([1], why="opted_out", at=AT) == 1
        assert list(UsageDay.objects.values_list("notifications", "segments")) == [(0, 0)]
    assert figures(cast.harbor) == {"notifications": (0, 0), "segments": (0, 0), "calls": (0, 0)}
    assert_counters_tell_the_truth()


def test_one_that_was_given_back_and_goes_after_all_is_charged_anew(cast: Cast) -> None:
    limited(cast.harbor, notifications=1)
    reserved(want(cast.harbor, 1))
    with platform_scope():
        release([1], why="refused", at=AT)
    assert reserved(want(cast.harbor, 1, segments=2)) == [1]
    assert (figures(cast.harbor)["segments"], states([1])) == ((2, 0), ["reserved"])
    assert_counters_tell_the_truth()


def test_who_sends_by_hand_has_the_allowance_of_the_day_and_no_more(cast: Cast) -> None:
    limited(cast.harbor)
    may_send(cast.harbor, cast.ana, daily=2)
    by_hand = [want(cast.harbor, number, by=cast.ana) for number in (1, 2, 3)]
    assert reserved(*by_hand, want(cast.harbor, 4)) == [1, 2, 4]
    with platform_scope():
        release([1], why="refused", at=AT)
    assert reserved(want(cast.harbor, 5, by=cast.ana), want(cast.harbor, 6, by=cast.ana)) == [5]
    tomorrow = AT + timedelta(days=1)
    assert reserved(want(cast.harbor, 7, by=cast.ana), at=tomorrow) == [7]
    assert_counters_tell_the_truth()


def test_blank_and_zero_cannot_send_and_unlimited_is_counted_all_the_same(cast: Cast) -> None:
    limited(cast.harbor)
    may_send(cast.harbor, cast.vic, daily=0)
    # Nothing was ever entered for Sam.
    assert reserved(want(cast.harbor, 1, by=cast.sam), want(cast.harbor, 2, by=cast.vic)) == []
    may_send(cast.harbor, cast.ana, kind="blank")
    assert reserved(want(cast.harbor, 1, by=cast.ana)) == []
    may_send(cast.harbor, cast.ana, kind="unlimited")
    assert reserved(*(want(cast.harbor, number, by=cast.ana) for number in range(1, 5))) == [1, 2, 3, 4]
    with platform_scope():
        assert AllowanceDay.objects.get(user=cast.ana).used == 4


def test_a_message_counts_against_month_and_allowance_or_against_neither(cast: Cast) -> None:
    limited(cast.harbor, notifications=1)
    may_send(cast.harbor, cast.ana, daily=5)
    assert reserved(want(cast.harbor, 1, by=cast.vic), *(want(cast.harbor, n, by=cast.ana) for n in (2, 3))) == [2]
    with platform_scope():
        assert AllowanceDay.objects.get().used == 1
    assert figures(cast.harbor)["notifications"] == (1, 0)


def test_a_month_begins_on_its_first_day_where_the_tenant_is_with_the_limits_of_its_plan(cast: Cast) -> None:
    with platform_scope():
        Tenant.objects.filter(pk=cast.ridge.pk).update(time_zone="Pacific/Auckland")
        cast.ridge.refresh_from_db()
        Plan.objects.filter(is_default=True).update(monthly_notifications=7)
        small = Plan.objects.create(name="Small", monthly_notifications=1, monthly_segments=5)
    subscribe(cast.harbor, plan=small, actor=cast.pat, at=AT)
    end = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
    assert reserved(want(cast.ridge, 1), want(cast.harbor, 2), want(cast.harbor, 3), at=end) == [1, 2]
    with platform_scope():
        months = {month.tenant_id: month for month in UsageMonth.objects.all()}
    ridge, harbor = months[cast.ridge.pk], months[cast.harbor.pk]
    assert (ridge.starts_on, ridge.resets_on, ridge.notifications_limit) == (date(2026, 12, 1), date(2027, 1, 1), 7)
    assert (harbor.starts_on, harbor.notifications_limit, harbor.segments_limit) == (date(2026, 11, 1), 1, 5)


def test_a_top_up_raises_this_month_alone_and_stays_through_a_change_of_plan(cast: Cast) -> None:
    with platform_scope():
        small, large = (
            Plan.objects.create(name="Small", monthly_notifications=1),
            Plan.objects.create(name="Large", monthly_notifications=10, monthly_calls=4),
        )
    subscribe(cast.harbor, plan=small, actor=cast.pat, at=AT)
    assert reserved(want(cast.harbor, 1), want(cast.harbor, 2)) == [1]
    more = {"notifications": 2, "segments": 0, "calls": 1}
    top_up(cast.harbor, **more, reason="storm", actor=cast.pat, at=AT)
    assert reserved(*(want(cast.harbor, number) for number in (2, 3, 4))) == [2, 3]
    subscribe(cast.harbor, plan=large, actor=cast.pat, at=AT)
    with platform_scope():
        month = UsageMonth.objects.get()
        assert (month.notifications_limit, month.segments_limit, month.calls_limit) == (12, None, 5)
        assert AuditEntry.objects.get(code="billing.topped_up").detail.data == {**more, "reason": "storm"}
    december = AT + timedelta(days=20)
    reserved(want(cast.harbor, 9), at=december)
    with platform_scope():
        assert UsageMonth.objects.get(starts_on=date(2026, 12, 1)).notifications_limit == 10
    with pytest.raises(NothingAdded):
        top_up(cast.harbor, notifications=0, segments=0, calls=0, reason="", actor=cast.pat, at=AT)


def test_another_plan_with_less_keeps_what_was_used_and_lets_nothing_more_go(cast: Cast) -> None:
    limited(cast.harbor, notifications=5)
    reserved(*(want(cast.harbor, number) for number in (1, 2, 3)))
    with platform_scope():
        tiny = Plan.objects.create(name="Tiny", monthly_notifications=2)
    subscribe(cast.harbor, plan=tiny, actor=cast.pat, at=AT)
    assert reserved(want(cast.harbor, 4)) == []
    with platform_scope():
        release([1, 2], why="refused", at=AT)
    assert reserved(want(cast.harbor, 4), want(cast.harbor, 5)) == [4]
