"""How a tenant's standing moves: by a platform admin, by the clock, or by a payment provider's event.

Which moves there are, and for whom, stands in billing/standing.py. The next ruling and the next trigger follow it.
"""

import logging
from datetime import datetime

from django.db import transaction

from billing.models import StandingChange
from billing.standing import ENDS, Mover, MoveRefused, WhyNot, refusal
from tenants.audit import Act, record
from tenants.models import PlatformRole, Standing, Tenant, User
from tenants.scope import platform_scope

_log = logging.getLogger(__name__)
_Source = StandingChange.Source


def move_standing(
    tenant: Tenant,
    *,
    to: Standing,
    until: datetime | None,
    reason: str,
    source: StandingChange.Source,
    actor: User | None,
    at: datetime,
    event_ref: str = "",
    is_new_subscription: bool = False,
) -> StandingChange | MoveRefused:
    """Move `tenant` to `to`, keep who did it and why, or say why not. Opens the platform's scope itself.

    The tenant's row is locked, so that two moves come one after the other; `tenant` follows what became of it.

    :param until: when it ends; in a trial it may be empty, in a grace ("payment due") it must not be.
    :param is_new_subscription: Stripe speaks of a subscription that was made after the tenant was cancelled.
    """
    if not reason.strip():
        return MoveRefused(WhyNot.NO_REASON, "reason", "Say why: it is kept with the change.")
    if source == _Source.BY_HAND and (actor is None or actor.platform_role != PlatformRole.PLATFORM):
        return MoveRefused(WhyNot.NOT_PLATFORM, "", "Only a platform admin moves a standing by hand.")
    with platform_scope():
        row = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        mover = _mover(row, source=source, is_new_subscription=is_new_subscription)
        moved = _move(
            row, to=to, until=until, reason=reason, mover=mover, source=source, actor=actor, at=at, event_ref=event_ref
        )
    tenant.standing, tenant.standing_until = row.standing, row.standing_until
    return moved


def end_what_ran_out(*, at: datetime) -> int:
    """Move the trials and grace periods that have ended to past due; how many there were.

    Each in a transaction of its own, so that one that cannot be moved stops no other; one that somebody holds locked is
    left for the next round. Rulings and triggers do not wait for it (`standing_at`).
    """
    with platform_scope():
        ended = Tenant.objects.filter(standing__in=ENDS, standing_until__lte=at).order_by("standing_until", "pk")
        tenant_ids = list(ended.values_list("pk", flat=True))
    return sum(_end(tenant_id, at=at) for tenant_id in tenant_ids)


def _end(tenant_id: int, *, at: datetime) -> bool:
    try:
        with transaction.atomic(), platform_scope():
            row = Tenant.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=tenant_id).first()
            if row is None:
                return False
            what = "The trial" if row.standing == Standing.TRIAL else "The grace for the payment"
            moved = _move(
                row,
                to=Standing.PAST_DUE,
                until=None,
                reason=f"{what} has ended",
                mover=Mover.CLOCK,
                source=_Source.CLOCK,
                actor=None,
                at=at,
                event_ref="",
            )
    except Exception as error:
        _log.error("The standing of tenant %s could not be ended: %s", tenant_id, type(error).__name__)
        return False
    return isinstance(moved, StandingChange)


def _mover(row: Tenant, *, source: StandingChange.Source, is_new_subscription: bool) -> Mover:
    """Who moves it, as the table of moves knows them."""
    if source != _Source.STRIPE:
        return Mover(source.value)
    if row.standing == Standing.CANCELLED and is_new_subscription:
        return Mover.STRIPE_ANEW
    last = StandingChange.objects.filter(tenant=row).order_by("-id").first()
    return Mover.STRIPE if last is not None and last.source == _Source.BY_HAND else Mover.STRIPE_OWN


def _move(
    row: Tenant,
    *,
    to: Standing,
    until: datetime | None,
    reason: str,
    mover: Mover,
    source: StandingChange.Source,
    actor: User | None,
    at: datetime,
    event_ref: str,
) -> StandingChange | MoveRefused:
    """Write the move of a tenant whose row is locked; needs the platform's scope."""
    before, before_until = Standing(row.standing), row.standing_until
    refused = refusal(before, before_until=before_until, to=to, until=until, mover=mover, at=at)
    if refused is not None:
        return refused
    row.standing, row.standing_until = to, until
    row.save(update_fields=["standing", "standing_until"])
    change = StandingChange.objects.create(
        tenant=row,
        before=before,
        after=to,
        until=until,
        source=source,
        actor=actor,
        reason=reason.strip()[:200],
        event_ref=event_ref,
        at=at,
    )
    about = {
        "before": {"standing": before.value, "until": _text(before_until)},
        "after": {"standing": to.value, "until": _text(until)},
        "reason": change.reason,
        "source": source.value,
        "change": change.public_id,
    }
    record(Act.STANDING_CHANGED, tenant_id=row.pk, actor=actor, subject=row, at=at, data=about)
    return change


def _text(until: datetime | None) -> str:
    return until.isoformat() if until else ""
