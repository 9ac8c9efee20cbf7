"""What the Billing page of a tenant shows: standing, plan, the month as meters and as a chart, and what came before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from billing import ports
from billing.admin.usage_chart import chart_of
from billing.models import Plan, Seat, StandingChange, Subscription, TopUp, UsageMonth
from billing.moments import in_days, moment
from billing.queries import SeatUse, days_of, month_of, standing_changes
from billing.standing import MEANS, standing_at
from billing.usage_words import day_words, meters_of
from tenants.models import Standing, Tenant, User

#: The newest of each stand on the page; the audit log has all.
MOST_SEATS, MOST_MONTHS, MOST_TOP_UPS = 200, 24, 50

#: Colour of a standing; the word on it says the same without colour.
TONES = {
    Standing.TRIAL: "info",
    Standing.ACTIVE: "success",
    Standing.PAYMENT_DUE: "warning",
    Standing.PAST_DUE: "danger",
    Standing.SUSPENDED: "danger",
    Standing.CANCELLED: "danger",
}
#: What the tenant's people do about it.
_DO = {
    Standing.TRIAL: "To go on after the trial, ask the platform's support for a plan before it ends.",
    Standing.ACTIVE: "Nothing to do.",
    Standing.PAYMENT_DUE: "Pay the open invoice before the grace ends. The standing is active again as soon as the "
    "payment is known; if it does not follow within a day, write to the platform's support.",
    Standing.PAST_DUE: "Pay the open invoice, or take a plan where a trial has ended. Sending begins again as soon as "
    "the payment is known; what was skipped meanwhile is not sent by itself, and can be sent again from its row.",
    Standing.SUSPENDED: "Contact the platform's support: only they lift a suspension. The reason is in the history.",
    Standing.CANCELLED: "To begin again, ask the platform's support for a plan.",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    at: datetime
    who: str
    says: str
    member_id: int | None = None


def billing_context(tenant: Tenant, *, at: datetime) -> dict[str, Any]:
    """Everything on the page; a dozen queries, whatever the tenant used. Needs a scope that shows the tenant."""
    month = month_of(tenant.pk, at=at)
    current = Subscription.objects.filter(tenant=tenant, ended_at__isnull=True).select_related("plan").first()
    plan = current.plan if current else Plan.objects.filter(is_default=True).first()
    seats = list(_seats(tenant.pk)[:MOST_SEATS])
    names = ports.holders().names_of(seat.member_id for seat in seats)
    held = Seat.objects.filter(tenant=tenant, removed_at__isnull=True).count()
    meters = meters_of(month, at=at)
    return {
        **_standing(tenant, at=at),
        "reached": [meter.name for meter in meters if meter.limit is not None and not meter.left],
        "plan": plan,
        "since": current.started_at if current else None,
        "seat_use": SeatUse(plan.name if plan else "", None, plan.sms_seats if plan else None, held).says,
        "members": ports.holders().active_of(tenant.pk),
        "month": month,
        "meters": meters,
        "resets": day_words(month.resets_on),
        "chart": chart_of(
            days_of(tenant.pk, starts_on=month.starts_on), starts_on=month.starts_on, resets_on=month.resets_on
        ),
        "months": list(
            UsageMonth.objects.filter(tenant=tenant, starts_on__lt=month.starts_on).order_by("-starts_on")[:MOST_MONTHS]
        ),
        "top_ups": list(
            TopUp.objects.filter(tenant=tenant).select_related("month", "actor").order_by("-id")[:MOST_TOP_UPS]
        ),
        "holders": [(seat, names.get(seat.member_id, "")) for seat in seats if seat.removed_at is None],
        "history": _history(tenant, seats, names=names),
    }


def _standing(tenant: Tenant, *, at: datetime) -> dict[str, Any]:
    stands, until = standing_at(tenant.standing, until=tenant.standing_until, at=at), tenant.standing_until
    ends = f"until {moment(until)} ({in_days(until, at=at)})" if until and until > at else ""
    if until and until <= at and stands is Standing.PAST_DUE:
        ends = f"since the {Standing(tenant.standing).label.lower()} ended on {moment(until)}"
    return {
        "standing": stands.label,
        "standing_tone": TONES[stands],
        "standing_ends": ends,
        "standing_means": MEANS[stands],
        "standing_do": _DO[stands],
    }


def _seats(tenant_id: int) -> QuerySet[Seat]:
    return Seat.objects.filter(tenant_id=tenant_id).select_related("assigned_by", "removed_by").order_by("-id")


def _history(tenant: Tenant, seats: list[Seat], *, names: Any) -> list[Event]:
    """Plans, seats and standings in one line of time, the newest first."""
    begun = Subscription.objects.filter(tenant=tenant).select_related("plan").order_by("-id")
    events = [Event(one.started_at, "", f"Plan {one.plan.name} began") for one in begun]
    for seat in seats:
        member, known = seat.member_id, names.get(seat.member_id)
        who = known or "A member who is gone"
        events.append(Event(seat.assigned_at, who, f"got a seat{_by(seat.assigned_by)}", member if known else None))
        if seat.removed_at is not None:
            says = f"lost it{_by(seat.removed_by)}: {seat.why_removed}"
            events.append(Event(seat.removed_at, who, says, member if known else None))
    events += [Event(one.at, "", _moved(one)) for one in standing_changes(tenant.pk)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _moved(change: StandingChange) -> str:
    until = f" until {moment(change.until)}" if change.until else ""
    whose = {
        StandingChange.Source.BY_HAND: _by(change.actor),
        StandingChange.Source.CLOCK: ", by the clock",
        StandingChange.Source.STRIPE: ", by Stripe",
    }.get(StandingChange.Source(change.source), "")
    moved = f"Standing moved from {change.get_before_display()} to {change.get_after_display()}"
    if change.before == change.after:
        moved = f"{change.get_after_display()} got another end"
    # Who said it stands before it already.
    reason = change.reason.removeprefix("Stripe: ") if change.source == StandingChange.Source.STRIPE else change.reason
    return f"{moved}{until}{whose}: {reason}"


def _by(user: User | None) -> str:
    return f", by {user}" if user else ""
