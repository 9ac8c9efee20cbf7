"""Plans and their SMS seats: who holds one, since when, and how many are free."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from billing.models import Seat, Subscription


@dataclass(frozen=True, slots=True)
class SeatUse:
    """A tenant's plan and its seats: `limit` None means as many as there are, `held` is who holds one by now."""

    plan: str
    since: datetime | None
    limit: int | None
    held: int

    @property
    def free(self) -> int | None:
        """How many may still be given; None: no limit."""
        return None if self.limit is None else max(0, self.limit - self.held)

    @property
    def says(self) -> str:
        """The use in words, such as "3 of 10"."""
        return f"{self.held}, without limit" if self.limit is None else f"{self.held} of {self.limit}"


def seats_of(member_ids: Iterable[int]) -> dict[int, str]:
    """The public id of each member's SMS seat, for those who hold one in the open scope. One query."""
    wanted = set(member_ids)
    if not wanted:
        return {}
    held = Seat.objects.filter(member_id__in=wanted, removed_at__isnull=True)
    return dict(held.values_list("member_id", "public_id"))


def seat_histories(member_ids: Iterable[int], *, newest: int) -> dict[int, list[Seat]]:
    """The seats that each member held, oldest first, at most the `newest`, with who gave and took them. One query."""
    wanted = set(member_ids)
    found: dict[int, list[Seat]] = defaultdict(list)
    if not wanted:
        return found
    place = Window(RowNumber(), partition_by=[F("member_id")], order_by=F("id").desc())
    seats = Seat.objects.filter(member_id__in=wanted).annotate(place=place).filter(place__lte=newest)
    for seat in seats.select_related("assigned_by", "removed_by", "subscription__plan").order_by("id"):
        found[seat.member_id].append(seat)
    return found


def seat_use(tenant_id: int) -> SeatUse:
    """The tenant's plan and how many of its seats are taken; a tenant without a plan has an empty name."""
    rows = Subscription.objects.select_related("plan")
    current = rows.filter(tenant_id=tenant_id, ended_at__isnull=True).first()
    held = Seat.objects.filter(tenant_id=tenant_id, removed_at__isnull=True).count()
    if current is None:
        return SeatUse("", None, 0, held)
    return SeatUse(current.plan.name, current.started_at, current.plan.sms_seats, held)
