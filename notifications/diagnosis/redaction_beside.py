"""What lies beside a row, for readers who may not see other people: a part of redaction.py."""

from dataclasses import replace

from notifications.diagnosis.facts_blast import BlastFact
from notifications.diagnosis.facts_duplicates import DuplicatesFact, FiringFact, RequestFact
from notifications.diagnosis.masking import masked


def own_duplicates(known: DuplicatesFact | None, *, member_ref: str) -> DuplicatesFact | None:
    """A member's own doubles: without whoever shares their number, the rest of the team, and who fired what from where.

    Of a row that belongs to no member nothing is left.
    """
    if known is None:
        return None
    mine = tuple(one for one in known.copies if member_ref and one.member_ref == member_ref)
    own = _nobodys(known.own) if known.own else None
    return DuplicatesFact(own, tuple(_nobodys(one) for one in mine))


def outside_duplicates(known: DuplicatesFact | None) -> DuplicatesFact | None:
    """The same without names, addresses and full numbers."""
    if known is None:
        return None
    return replace(
        known,
        own=_flowless(_nobodys(known.own)) if known.own else None,
        copies=tuple(_flowless(_nobodys(one)) for one in known.copies),
        lately=tuple(replace(one, number=masked(one.number)) for one in known.lately),
    )


def reach_for(known: BlastFact | None, *, audience: str) -> BlastFact | None:
    """How far a trouble reaches: sums over other tenants for support and platform, nothing of the team for a member."""
    if known is None or audience == "member":
        return None
    return known if audience in {"support", "platform"} else replace(known, elsewhere=None)


def _nobodys(one: RequestFact) -> RequestFact:
    firing: FiringFact | None = None
    if one.firing is not None:
        firing = replace(one.firing, by="somebody" if one.firing.by else "", address="")
    return replace(one, who="Somebody", sent_by="somebody" if one.sent_by else "", firing=firing)


def _flowless(one: RequestFact) -> RequestFact:
    return replace(one, firing=replace(one.firing, flow_name=f"flow of {one.firing.alert_ref}")) if one.firing else one
