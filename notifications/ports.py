"""Gives the members app what it asks of others: who sends, and who knows of seats and plans."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from billing import operations as billing_operations
from billing import ports as billing_ports
from billing import queries as billing
from members import ports
from members import queries as members
from notifications.operations.consent_messages import ConsentMessenger
from tenants.models import Tenant, User


class BillingSeats:
    """`members.ports.Seats`, over billing's rows."""

    def seats_of(self, member_ids: Iterable[int]) -> Mapping[int, str]:
        """See the port."""
        return billing.seats_of(member_ids)

    def give_seat(self, *, tenant: Tenant, member_id: int, actor: User | None, at: datetime) -> str | ports.NoSeatFree:
        """See the port."""
        given = billing_operations.give_seat(tenant=tenant, member_id=member_id, actor=actor, at=at)
        if isinstance(given, billing_operations.NoSeatFree):
            return ports.NoSeatFree(given.seats)
        return given.public_id

    def take_seat(self, *, tenant: Tenant, member_id: int, actor: User | None, why: str, at: datetime) -> str | None:
        """See the port."""
        taken = billing_operations.take_seat(tenant=tenant, member_id=member_id, actor=actor, why=why, at=at)
        return taken.public_id if taken else None

    def seat_lines(self, member_ids: Iterable[int], *, newest: int) -> Mapping[int, list[ports.SeatLine]]:
        """See the port."""
        found = billing.seat_histories(member_ids, newest=newest)
        return {
            member_id: [
                ports.SeatLine(
                    ref=seat.public_id,
                    plan=seat.subscription.plan.name,
                    given_at=seat.assigned_at,
                    given_by=_name(seat.assigned_by),
                    removed_at=seat.removed_at,
                    removed_by=_name(seat.removed_by),
                    why_removed=seat.why_removed,
                )
                for seat in seats
            ]
            for member_id, seats in found.items()
        }

    def use_of(self, tenant: Tenant) -> ports.SeatUse:
        """See the port."""
        use = billing.seat_use(tenant.pk)
        return ports.SeatUse(use.plan, use.says, use.free)


class BillingPlans:
    """`members.ports.Plans`, over billing's rows."""

    def member_limit(self, tenant_id: int) -> ports.MemberLimit:
        """See the port."""
        return ports.MemberLimit(*billing.member_limit(tenant_id))


class MemberNames:
    """`billing.ports.Holders`, over members."""

    def names_of(self, member_ids: Iterable[int]) -> Mapping[int, str]:
        """See the port."""
        return {pk: member.name for pk, member in members.members_named(member_ids).items()}

    def active_of(self, tenant_id: int) -> int:
        """See the port."""
        return members.active_members(tenant_id)


def _name(user: User | None) -> str:
    return (user.name or user.email) if user else ""


def install() -> None:
    """Install all, once, when the portal starts."""
    ports.install(messenger=ConsentMessenger(), seats=BillingSeats(), plans=BillingPlans())
    billing_ports.install(holders=MemberNames())
