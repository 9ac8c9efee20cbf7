"""What a tenant is told above every page of a limit that is nearly or wholly used up. Costs one query."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from billing.models import UsageMonth
from billing.months import month_at
from tenants.access import Access
from tenants.notices import Notice

_WORTH_SAYING = 80
_WORDS = {"notifications": "notifications", "segments": "SMS segments", "calls": "calls"}

_STOPPED = {"notifications": "Messages", "segments": "Texts", "calls": "Calls"}


def quota_notice(request: HttpRequest) -> Iterable[Notice]:
    """The line about the tightest limit of the open tenant; none below 80 %, or where no tenant is open."""
    access = getattr(request, "access", None)
    if not isinstance(access, Access) or access.tenant is None or not access.reads:
        return ()
    tenant = access.tenant
    period = month_at(timezone.now(), zone=tenant.time_zone)
    month = UsageMonth.objects.filter(tenant_id=tenant.pk, starts_on=period.starts_on).first()
    notice = notice_of(month, name=tenant.name) if month else None
    return (notice,) if notice else ()


def notice_of(month: UsageMonth, *, name: str) -> Notice | None:
    """What the tenant of this month is told."""
    parts = [(_percent(month, kind), kind) for kind in _WORDS]
    percent, kind = max(parts, key=lambda part: part[0])
    if percent < _WORTH_SAYING:
        return None
    taken, limit, words = _taken(month, kind), getattr(month, f"{kind}_limit"), _WORDS[kind]
    link = reverse("admin:billing_tenantplan_change", args=[month.tenant_id])
    anew = f"{month.resets_on.day} {month.resets_on:%B %Y}"
    if taken >= limit:
        says = (
            f"{name}: the monthly limit of {words} is used up, {taken:,} of {limit:,}. {_STOPPED[kind]} do not go "
            f"until there is a top-up, or the month starts anew on {anew}."
        )
        return Notice("danger", says, link, "See Billing")
    says = f"{name}: {taken:,} of {limit:,} {words} of this month are used. The month starts anew on {anew}."
    return Notice("warning", says, link, "See Billing")


def _percent(month: UsageMonth, kind: str) -> int:
    """How much of this limit is taken; -1 without a limit. A limit of 0 is used up."""
    limit = getattr(month, f"{kind}_limit")
    if limit is None:
        return -1
    return int(_taken(month, kind) * 100 // limit) if limit else 100


def _taken(month: UsageMonth, kind: str) -> int:
    return int(getattr(month, f"{kind}_used") + getattr(month, f"{kind}_reserved"))
