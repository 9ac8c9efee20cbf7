"""What all that Stripe has said of a customer means for the tenant's standing, in whatever order it came. Pure.

The events are put into one total order before they are read, so that a late or doubled one lands in the same place:
the newest subscription alone counts; its end comes last; then by the instant; of one instant the subscription's word
comes after the invoice's, and of two that still tie the one that lets more through counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.stripe.reading import CREATED, DELETED, INVOICES, UPDATED, Said
from tenants.models.tenant import Standing

_RANKS = {CREATED: 1, UPDATED: 2, DELETED: 3}
_MILDEST_LAST = (
    Standing.CANCELLED,
    Standing.SUSPENDED,
    Standing.PAST_DUE,
    Standing.PAYMENT_DUE,
    Standing.TRIAL,
    Standing.ACTIVE,
)
_OWED = (Standing.PAYMENT_DUE, Standing.PAST_DUE)


@dataclass(frozen=True, slots=True)
class Meant:
    """The standing that follows, and the event that was the last to say so.

    `subscription_at` is when the subscription was made, `has_begun` whether its beginning itself was told of.
    """

    standing: Standing
    until: datetime | None
    subscription_at: datetime | None
    has_begun: bool
    last: Said


def meant(said: Iterable[Said], *, grace: timedelta, after: datetime | None) -> Meant | None:
    """What follows from these events; None where they say nothing.

    A grace begins with the first payment that is missed and is had once, until something is paid.

    :param after: a person moved the standing then: what was said until then does not count any more.
    """
    of_it = _of_newest_subscription(said)
    counted = sorted((each for each in of_it if after is None or each.made_at > after), key=_place)
    standing: Standing | None = None
    until: datetime | None = None
    last: Said | None = None
    for each in counted:
        if each.standing is None or (each.kind in INVOICES and standing is Standing.SUSPENDED):
            # A payment says nothing of a pause.
            continue
        last = each
        if each.standing is Standing.PAYMENT_DUE and standing in _OWED:
            continue
        standing = each.standing
        until = each.made_at + grace if standing is Standing.PAYMENT_DUE else each.until
    if standing is None or last is None:
        return None
    return Meant(standing, until, _made_at(of_it), any(each.kind == CREATED for each in of_it), last)


def _of_newest_subscription(said: Iterable[Said]) -> list[Said]:
    groups: dict[str, list[Said]] = {}
    for each in said:
        if each.standing is not None:
            groups.setdefault(each.subscription_ref, []).append(each)
    if not groups:
        return []
    # One of which no event says when it was made is no younger than the first word about it.
    return max(groups.items(), key=lambda item: (_made_at(item[1]) or min(one.made_at for one in item[1]), item[0]))[1]


def _made_at(group: list[Said]) -> datetime | None:
    return next((each.subscription_at for each in group if each.subscription_at is not None), None)


def _place(said: Said) -> tuple[bool, datetime, int, int, str]:
    mildness = _MILDEST_LAST.index(said.standing) if said.standing is not None else -1
    return (
        said.standing is Standing.CANCELLED,
        said.made_at,
        _RANKS.get(said.kind, 0),
        mildness,
        said.event_ref,
    )
