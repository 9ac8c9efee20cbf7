"""What other apps may know of plans and seats. The only door into billing's rows."""

from collections.abc import Iterable

from billing.models import Seat


def seats_of(member_ids: Iterable[int]) -> dict[int, str]:
    """The public id of each member's SMS seat, for those who hold one in the open scope. One query."""
    wanted = set(member_ids)
    if not wanted:
        return {}
    held = Seat.objects.filter(member_id__in=wanted, removed_at__isnull=True)
    return dict(held.values_list("member_id", "public_id"))
