"""What tests of quotas share: months with limits, messages that want to go, and whether the counters tell the truth."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Sum

from billing.metering import Want, present_month, reserve
from billing.models import AllowanceDay, Charge, UsageDay, UsageMonth
from tenants.models import Tenant, User
from tenants.scope import platform_scope

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
LIMITS = ("notifications_limit", "segments_limit", "calls_limit")


def limited(
    tenant: Tenant, *, notifications: int | None = None, segments: int | None = None, calls: int | None = None
) -> int:
    """The tenant's month at `AT` with these limits; its id."""
    with platform_scope():
        month = present_month(tenant.pk, zone=tenant.time_zone, at=AT)
        limits = dict(zip(LIMITS, (notifications, segments, calls), strict=True))
        UsageMonth.objects.filter(pk=month).update(**limits)
        return month


def want(tenant: Tenant, number: int, *, segments: int = 1, by: User | None = None, call: bool = False) -> Want:
    return Want(
        notification_id=number,
        tenant_id=tenant.pk,
        time_zone=tenant.time_zone,
        channel="voice" if call else "sms",
        segments=0 if call else segments,
        calls=int(call),
        by_user_id=by.pk if by else None,
    )


def reserved(*wants: Want, at: datetime = AT) -> list[int]:
    """Reserve these in a transaction of their own; who fits, in order."""
    with platform_scope():
        return sorted(reserve(wants, at=at))


def figures(tenant: Tenant) -> dict[str, Any]:
    """What the tenant's only month says: reserved and used of each kind, as pairs."""
    with platform_scope():
        month = UsageMonth.objects.get(tenant=tenant)
    return {
        kind: (getattr(month, f"{kind}_reserved"), getattr(month, f"{kind}_used"))
        for kind in ("notifications", "segments", "calls")
    }


def assert_counters_tell_the_truth() -> None:
    """Every counter is the sum of the charges behind it: months, days, and days of sending by hand."""
    with platform_scope():
        for month in UsageMonth.objects.all():
            for state, word in (("reserved", "reserved"), ("settled", "used")):
                charges = Charge.objects.filter(month=month, state=state)
                said = tuple(getattr(month, f"{kind}_{word}") for kind in ("notifications", "segments", "calls"))
                assert said == _sums(charges), (month, word)
        for day in UsageDay.objects.all():
            charges = Charge.objects.filter(tenant=day.tenant, day=day.day, channel=day.channel, state="settled")
            assert (day.notifications, day.segments, day.calls) == _sums(charges), day
        for sent in AllowanceDay.objects.all():
            charges = Charge.objects.filter(tenant=sent.tenant, by_user=sent.user, day=sent.day)
            assert sent.used == charges.exclude(state="released").count(), sent


def _sums(charges: Any) -> tuple[int, int, int]:
    sums = charges.order_by().aggregate(n=Count("pk"), s=Sum("segments"), c=Sum("calls"))
    return sums["n"], sums["s"] or 0, sums["c"] or 0


def states(numbers: Iterable[int]) -> list[str]:
    with platform_scope():
        found = dict(Charge.objects.filter(notification_id__in=list(numbers)).values_list("notification_id", "state"))
    return [found.get(number, "none") for number in numbers]
