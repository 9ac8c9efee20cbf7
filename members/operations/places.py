"""Places for team members: a plan may have so many, and each active member takes one.

Whoever adds or makes active locks the tenant's places first and counts then, so that two at once never fill one place
twice. Invites take none until they are accepted.
"""

from dataclasses import dataclass

from django.db import connection

from members import ports
from members.models import Member


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a tenant's plan, and how many members are active; `limit` None is no limit."""

    plan: str
    limit: int | None
    active: int

    @property
    def left(self) -> int | None:
        """How many may still be added; None: no limit."""
        return None if self.limit is None else max(0, self.limit - self.active)

    @property
    def are_taken(self) -> bool:
        return self.left == 0

    @property
    def says(self) -> str:
        """Why nobody can be added, and what to do about it."""
        plan = f"Plan {self.plan}" if self.plan else "The plan"
        limit = self.limit or 0
        have = "1 active team member" if limit == 1 else f"{limit:,} active team members"
        return (
            f"{plan} allows {have}, and there {'is' if self.active == 1 else 'are'} {self.active:,}. Untick “active” "
            "for somebody who has left, or have the platform move you to a larger plan (see Billing)."
        )


def places(tenant_id: int) -> Places:
    """The places as they are now; needs the tenant's or the platform's scope."""
    plan = ports.plans().member_limit(tenant_id)
    active = Member.objects.filter(tenant_id=tenant_id, is_active=True).count() if plan.limit is not None else 0
    return Places(plan.plan, plan.limit, active)


def places_locked(tenant_id: int) -> Places:
    """As `places`, and until the transaction ends nobody else takes one.

    It comes before every lock of a number: a row of the tenant would come after them, and be waited for crosswise.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"members.places:{tenant_id}"])
    return places(tenant_id)
