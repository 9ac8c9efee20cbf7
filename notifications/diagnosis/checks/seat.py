"""Whether the member was one who may be paged at all."""

from notifications.core.reasons import Reason
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.links import at_member


def seat(facts: Facts) -> tuple[Finding, ...]:
    """Active or not, then and now."""
    if facts.member is None:
        return (found(Code.MEMBER_SEAT, Verdict.NOT_APPLICABLE, "The row belongs to no member, and needs none."),)
    member = facts.member
    seen = view(facts, Reason.MEMBER_INACTIVE)
    now = "active" if member.active else "not active"
    shown = Evidence("Member", f"{member.name}, {now}", None, "member", member.public_id)
    if seen.reason is not None:
        text = "A tenant admin activates the member if they are still with you, or takes them out of the flow."
        says = f"{member.name} was not active, so nothing is sent to them."
        remedy = at_member(text, facts=facts)
        then = "active" if seen.basis is Basis.ONLY_NOW else "not active"
        return gate_finding(facts, seen, says=says, remedy=remedy, evidence=(shown,), then=then, now=now)
    if not member.active:
        says = f"{member.name} is not active now; whether they were then was not stored."
        return (
            found(Code.MEMBER_SEAT, Verdict.NOTABLE, says, evidence=(shown,), remedy=at_member(_ACTIVATE, facts=facts)),
        )
    if seen.basis is Basis.UNKNOWN:
        says = f"{member.name} is active now; whether they were then was not stored."
        return (found(Code.MEMBER_SEAT, Verdict.UNKNOWN, says, evidence=(shown,)),)
    return (found(Code.MEMBER_SEAT, Verdict.CLEAR, f"{member.name} was active.", evidence=(shown,)),)


_ACTIVATE = "A tenant admin activates the member if they are still with you."
