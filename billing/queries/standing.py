"""How a tenant came to its standing."""

from billing.models import StandingChange


def standing_changes(tenant_id: int, *, newest: int = 200) -> list[StandingChange]:
    """The moves of the tenant's standing, newest first, at most the `newest`, with who made them. One query."""
    rows = StandingChange.objects.filter(tenant_id=tenant_id).select_related("actor")
    return list(rows.order_by("-id")[:newest])
