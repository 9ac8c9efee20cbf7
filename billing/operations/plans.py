"""Plans that tenants subscribe to, and the SMS seats that their members hold.

A seat belongs to one subscription. A change of plan ends all seats and gives new ones as far as they fit, so that what
rested on an old seat (members' SMS switches) rests on nothing until an administrator says so again.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from billing.metering import limits_anew, present_month
from billing.models import Plan, Seat, Subscription
from billing.seats import fitting
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope


@dataclass(frozen=True, slots=True)
class NoSeatFree:
    """No seat was given: the plan has this many, and all are taken; None where the tenant has no plan."""

    seats: int | None


def subscribe(tenant: Tenant, *, plan: Plan, actor: User | None, at: datetime) -> Subscription:
    """Begin a subscription and end the one before it; a tenant that has this plan keeps it as it is.

    The seats are carried over as new seats, the oldest first, as far as they fit. The present month gets the limits of
    the new plan, top-ups added, and keeps what it used. Opens the platform's scope itself.
    """
    with platform_scope():
        before = _locked(tenant)
        if before is not None and before.plan_id == plan.pk:
            return before
        held = list(_held(tenant).select_for_update().order_by("assigned_at", "id"))
        why = f"the plan changed to {plan.name}"
        for seat in held:
            _end(seat, actor=actor, why=why, at=at)
        if before is not None:
            before.ended_at = at
            before.save(update_fields=["ended_at"])
        begun = Subscription.objects.create(tenant=tenant, plan=plan, started_at=at)
        if before is not None or not plan.is_default:
            # A tenant without a plan has the limits of the default one already.
            limits_anew(present_month(tenant.pk, zone=tenant.time_zone, at=at))
        kept = fitting([seat.member_id for seat in held], seats=plan.sms_seats)
        Seat.objects.bulk_create(
            Seat(tenant=tenant, subscription=begun, member_id=member_id, assigned_at=at, assigned_by=actor)
            for member_id in kept
        )
        about = {
            "plan": plan.name,
            "before": before.plan.name if before else "",
            "kept": kept,
            "lost": [seat.member_id for seat in held if seat.member_id not in kept],
        }
        record(Act.PLAN_CHANGED, tenant_id=tenant.pk, actor=actor, subject=begun, at=at, data=about)
    return begun


def make_default(plan: Plan, *, actor: User, at: datetime) -> None:
    """Have new tenants get this plan, in place of the one before. Opens the platform's scope itself."""
    with platform_scope():
        Plan.objects.filter(is_default=True).exclude(pk=plan.pk).update(is_default=False)
        Plan.objects.filter(pk=plan.pk).update(is_default=True, is_offered=True)
        record(Act.OBJECT_CHANGED, tenant_id=None, actor=actor, subject=plan, at=at, data={"fields": ["is_default"]})


def give_seat(*, tenant: Tenant, member_id: int, actor: User | None, at: datetime) -> Seat | NoSeatFree:
    """Give the member a seat of the tenant's plan, or return the one they hold.

    A tenant that has no plan yet gets the default one. Opens the platform's scope itself.
    """
    with platform_scope():
        current = _current(tenant, actor=actor, at=at)
        if current is None:
            return NoSeatFree(None)
        held = _held(tenant)
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


def take_seat(*, tenant: Tenant, member_id: int, actor: User | None, why: str, at: datetime) -> Seat | None:
    """Take the member's seat back, so that another may have it; None where they hold none.

    A seat that is given again is a new one. Opens the platform's scope itself.
    """
    with platform_scope():
        _locked(tenant)
        seat = _held(tenant).select_for_update().filter(member_id=member_id).first()
        if seat is None:
            return None
        _end(seat, actor=actor, why=why, at=at)
        about = {"member": member_id, "why": why}
        record(Act.SEAT_REMOVED, tenant_id=tenant.pk, actor=actor, subject=seat, at=at, data=about)
    return seat


def _current(tenant: Tenant, *, actor: User | None, at: datetime) -> Subscription | None:
    current = _locked(tenant)
    if current is not None:
        return current
    plan = Plan.objects.filter(is_default=True).first()
    return subscribe(tenant, plan=plan, actor=actor, at=at) if plan else None


def _locked(tenant: Tenant) -> Subscription | None:
    """The current subscription; the tenant's row is locked, so that seats are counted by one at a time."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    rows = Subscription.objects.select_related("plan")
    return rows.filter(tenant=tenant, ended_at__isnull=True).first()


def _held(tenant: Tenant) -> QuerySet[Seat]:
    return Seat.objects.filter(tenant=tenant, removed_at__isnull=True)


def _end(seat: Seat, *, actor: User | None, why: str, at: datetime) -> None:
    seat.removed_at, seat.removed_by, seat.why_removed = at, actor, why
    seat.save(update_fields=["removed_at", "removed_by", "why_removed"])
