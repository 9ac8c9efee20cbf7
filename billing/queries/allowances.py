"""What users may send by hand in a day, and what they sent: for rulings in batches, and for the page SMS Limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from billing.allowance import BLANK, Daily, Kind
from billing.models import Allowance, AllowanceDay, Plan, Subscription
from billing.months import Month, month_at
from tenants.models import Membership, Role, Tenant, User

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class AllowanceState:
    """One user's allowance in one tenant on the tenant's day; `module`: its plan has SMS Limits."""

    who: str
    allowance: Daily
    used: int
    module: bool


def allowances_of(pairs: Iterable[Pair], *, at: datetime) -> dict[Pair, AllowanceState]:
    """The allowance of each pair of tenant and user, and what was used on the day of the tenant's zone.

    Needs a scope that shows them; two queries, whatever their number. Nobody entered: blank.
    """
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    tenants = {tenant_id for tenant_id, _ in wanted}
    known = _zones_and_modules(tenants)
    asked = [(tenant_id, user_id) for tenant_id, user_id in wanted if tenant_id in known]
    days = [month_at(at, zone=known[tenant_id][0]).today for tenant_id, _ in asked]
    with connection.cursor() as cursor:
        cursor.execute(_STATES, [[one for one, _ in asked], [one for _, one in asked], days])
        rows = cursor.fetchall()
    return {
        (tenant_id, user_id): AllowanceState(
            who=who,
            allowance=Daily(cast(Kind, kind), daily) if kind else BLANK,
            used=used,
            module=known[tenant_id][1],
        )
        for tenant_id, user_id, who, kind, daily, used in rows
    }


_STATES = """
SELECT p.tenant_id, p.user_id, coalesce(nullif(u.name, ''), u.email), a.kind, a.daily, coalesce(d.used, 0)
FROM unnest(%s::bigint[], %s::bigint[], %s::date[]) AS p(tenant_id, user_id, day)
JOIN tenants_user u ON u.id = p.user_id
LEFT JOIN billing_allowance a ON a.tenant_id = p.tenant_id AND a.user_id = p.user_id
LEFT JOIN billing_allowanceday d ON d.tenant_id = p.tenant_id AND d.user_id = p.user_id AND d.day = p.day
"""


def has_sms_limits(tenant_id: int) -> bool:
    """Whether the tenant's plan has SMS Limits; before there is a plan, the one that the first seat begins decides."""
    _, module = _zones_and_modules([tenant_id]).get(tenant_id, ("", False))
    return module


def _zones_and_modules(tenant_ids: Iterable[int]) -> dict[int, tuple[str, bool]]:
    current = Subscription.objects.filter(tenant=OuterRef("pk"), ended_at__isnull=True).values("plan__has_sms_limits")
    default = Plan.objects.filter(is_default=True).values("has_sms_limits")
    rows = Tenant.objects.filter(pk__in=list(tenant_ids)).order_by()
    found = rows.annotate(
        module=Coalesce(Subquery(current[:1]), Subquery(default[:1]), Value(value=False))
    ).values_list("pk", "time_zone", "module")
    return {pk: (zone, module) for pk, zone, module in found}


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One line of SMS Limits: a login, in which role (empty: none here), its allowance, and what it sent."""

    user: User
    role: str
    allowance: Daily
    changed_at: datetime | None
    changed_by: str
    used_today: int
    used_month: int


def who_may_send(tenant: Tenant, *, reader: User, asked: str = "") -> QuerySet[User]:
    """The logins of SMS Limits, administrators first: of the tenant, and whoever else has an allowance in it.

    A platform admin who reads is among them: what they send from within the tenant counts like anybody's.
    """
    own = Membership.objects.filter(tenant=tenant, user=OuterRef("pk"))
    limited = Allowance.objects.filter(tenant=tenant, user=OuterRef("pk")).exclude(kind=Allowance.Kind.BLANK)
    among = Q(Exists(own)) | Q(Exists(limited))
    if reader.is_superuser:
        among |= Q(pk=reader.pk)
    rows = User.objects.filter(among).annotate(role_here=Coalesce(Subquery(own.values("role")[:1]), Value("")))
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(email__icontains=asked))
    ranks = [When(role_here=role, then=rank) for rank, role in enumerate((Role.ADMIN, "", Role.VIEWER, Role.MEMBER))]
    return rows.order_by(Case(*ranks, default=len(ranks), output_field=IntegerField()), "name", "email")


def limit_lines(users: Iterable[User], *, tenant: Tenant, at: datetime) -> list[LimitLine]:
    """The lines of these logins (from `who_may_send`), in their order; two queries besides."""
    found = list(users)
    keys = [user.pk for user in found]
    own = {row.user_id: row for row in _allowances(tenant, keys)}
    sent = _sent(tenant, keys, month=month_at(at, zone=tenant.time_zone))
    lines = []
    for user in found:
        row = own.get(user.pk)
        day, month = sent.get(user.pk, (0, 0))
        lines.append(
            LimitLine(
                user=user,
                role=str(getattr(user, "role_here", "")),
                allowance=allowance_in(row),
                changed_at=row.changed_at if row else None,
                changed_by=str(row.changed_by) if row and row.changed_by else "",
                used_today=day,
                used_month=month,
            )
        )
    return lines


def allowance_in(row: Allowance | None) -> Daily:
    """What a row says; none says blank."""
    return BLANK if row is None else Daily(cast(Kind, row.kind), row.daily)


def _allowances(tenant: Tenant, user_ids: list[int]) -> QuerySet[Allowance]:
    return Allowance.objects.filter(tenant=tenant, user_id__in=user_ids).select_related("changed_by")


def _sent(tenant: Tenant, user_ids: list[int], *, month: Month) -> Mapping[int, tuple[int, int]]:
    days = AllowanceDay.objects.filter(tenant=tenant, user_id__in=user_ids, day__gte=month.starts_on)
    sums = (
        days.order_by()
        .values("user_id")
        .annotate(today=Sum("used", filter=Q(day=month.today), default=0), month=Sum("used", default=0))
    )
    return {row["user_id"]: (row["today"], row["month"]) for row in sums}
