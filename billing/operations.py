"""Writes of the billing app: plans that tenants subscribe to, and the SMS seats that their members hold."""

from dataclasses import dataclass
from datetime import datetime

from billing.models import Plan, Seat, Subscription
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope


@dataclass(frozen=True, slots=True)
class NoSeatFree:
    """No seat was given: the plan has this many, and all are taken; None where the tenant has no plan."""

    seats: int | None


def subscribe(tenant: Tenant, *, plan: Plan, actor: User | None, at: datetime) -> Subscription:
    """Begin a subscription and end the one before it; opens the platform's scope itself."""
    with platform_scope():
        Subscription.objects.filter(tenant=tenant, ended_at__isnull=True).update(ended_at=at)
        begun = Subscription.objects.create(tenant=tenant, plan=plan, started_at=at)
        record(Act.PLAN_CHANGED, tenant_id=tenant.pk, actor=actor, subject=begun, at=at, data={"plan": plan.name})
    return begun


def give_seat(*, tenant: Tenant, member_id: int, actor: User | None, at: datetime) -> Seat | NoSeatFree:
    """Give the member a seat of the tenant's plan, or return the one they hold; needs the tenant's scope.

    A tenant that has no plan yet gets the default one.
    """
    with platform_scope():
        current = _current(tenant, actor=actor, at=at)
        if current is None:
            return NoSeatFree(None)
        held = Seat.objects.filter(tenant=tenant, removed_at__isnull=True)
        if (own := held.filter(member_id=member_id).first()) is not None:
            return own
        limit = current.plan.sms_seats
        if limit is not None and held.count() >= limit:
            return NoSeatFree(limit)
        seat = Seat.objects.create(
            tenant=tenant, subscription=current, member_id=member_id, assigned_at=at, assigned_by=actor
        )
        record(Act.SEAT_ASSIGNED, tenant_id=tenant.pk, actor=actor, subject=seat, at=at, data={"member": member_id})
    return seat


def _current(tenant: Tenant, *, actor: User | None, at: datetime) -> Subscription | None:
    """The current subscription, locked: seats are counted by one at a time."""
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("plan")
    current = rows.filter(tenant=tenant, ended_at__isnull=True).first()
    if current is not None:
        return current
    plan = Plan.objects.filter(is_default=True).first()
    return subscribe(tenant, plan=plan, actor=actor, at=at) if plan else None
