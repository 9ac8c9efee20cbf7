"""Gives the members app what it asks of others: who sends, and who knows of seats."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from billing import operations as billing_operations
from billing import queries as billing
from members import ports
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


def install() -> None:
    """Install both, once, when the portal starts."""
    ports.install(messenger=ConsentMessenger(), seats=BillingSeats())
