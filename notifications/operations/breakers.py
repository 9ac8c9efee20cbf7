"""Drills: a platform admin takes a route out for some minutes, or back in before they are over; each is audited."""

from datetime import datetime, timedelta

from notifications.core import breaker as core
from notifications.dispatch.breakers import keep, locked
from notifications.models import Breaker, ProviderAccount
from notifications.queries.breakers import stand_of
from notifications.queries.router import CHANNELS
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import platform_scope

#: How long a route may be taken out, in minutes: to see the fallback work, to exercise, and for a provider's own works.
DRILLS = (1, 10, 60)


class NoSuchDrill(ValueError):
    """Asked for a length that is not offered."""


def drill(route: Breaker, *, minutes: int, actor: User, at: datetime) -> Breaker:
    """Take this route out for so many minutes; messages then go by another, or wait and say so.

    :raises NoSuchDrill: when the length is not one of DRILLS.
    """
    if minutes not in DRILLS:
        raise NoSuchDrill(f"A drill lasts {', '.join(map(str, DRILLS))} minutes; {minutes} is none of these.")
    with platform_scope():
        row = locked((route.provider, route.channel), at=at)
        before = stand_of(row)
        after, changes = core.drilled(before, at=at, until=at + timedelta(minutes=minutes))
        row.drill_by = actor
        keep(row, before=before, after=after, changes=changes, at=at, actor=actor)
        data = {"route": str(row), "minutes": minutes, "until": after.drill_until and after.drill_until.isoformat()}
        record(Act.ROUTER_DRILLED, tenant_id=None, actor=actor, subject=row, at=at, data=data)
        return row


def restore(route: Breaker, *, actor: User, at: datetime) -> Breaker:
    """End the drill of this route now; nothing happens where there is none."""
    with platform_scope():
        row = locked((route.provider, route.channel), at=at)
        before = stand_of(row)
        if not core.is_drilled(before, at=at):
            return row
        after, changes = core.restored(before, at=at, why="Taken back in by hand before the time was over.")
        row.drill_by = None
        keep(row, before=before, after=after, changes=changes, at=at, actor=actor)
        record(Act.ROUTER_RESTORED, tenant_id=None, actor=actor, subject=row, at=at, data={"route": str(row)})
        return row


def make_routes(*, at: datetime) -> None:
    """Give every route of an account its row, so that it can be drilled before it ever met a fault; idempotent."""
    with platform_scope():
        providers = ProviderAccount.objects.order_by().values_list("provider", flat=True).distinct()
        Breaker.objects.bulk_create(
            [
                Breaker(provider=provider, channel=channel, since=at, counted_since=at)
                for provider in providers
                for channel in CHANNELS
            ],
            ignore_conflicts=True,
        )
