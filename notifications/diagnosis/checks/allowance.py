"""Whether who sent it by hand had an allowance left; blank, 0, used up, and no module are told apart."""

from notifications.core.limit_facts import AllowanceFact
from notifications.core.reasons import Reason
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.links import at_billing, at_limits

_REASONS = (Reason.LIMITS_MISSING, Reason.ALLOWANCE_BLANK, Reason.ALLOWANCE_ZERO, Reason.ALLOWANCE_USED)
_REMEDIES = {
    Reason.ALLOWANCE_BLANK: "A tenant admin enters a number under SMS limits, or ticks “Unlimited”.",
    Reason.ALLOWANCE_ZERO: "A tenant admin raises it under SMS limits.",
    Reason.ALLOWANCE_USED: "Wait until tomorrow, or have a tenant admin raise it under SMS limits.",
}
_NO_MODULE = "Ask the platform's support for a plan that has SMS Limits; what flows send goes all the same."


def allowance(facts: Facts) -> tuple[Finding, ...]:
    """What stopped it, or what was left; a message that nobody sent by hand needs no allowance."""
    then = facts.then.facts.allowance if facts.then and facts.then.facts else None
    now = facts.now.allowance if facts.now else None
    seen = view(facts, *_REASONS)
    own = then or now
    evidence = _evidence(facts, then, now)
    if seen.reason is not None:
        held = now if seen.basis is Basis.ONLY_NOW and now else own
        return gate_finding(
            facts,
            seen,
            says=_says(seen.reason, held, tenant=facts.tenant.name),
            remedy=_remedy(seen.reason, facts=facts),
            evidence=evidence,
            then=_shown(then) if then else "not stored",
            now=_shown(now) if now else "not known",
        )
    if own is None:
        if facts.then is None and facts.now is None:
            says = "Whether somebody sent it by hand, and with which allowance, was not stored."
            return (found(Code.ALLOWANCE_LEFT, Verdict.UNKNOWN, says),)
        says = "Nobody sent it by hand, so no allowance was asked for."
        return (found(Code.ALLOWANCE_LEFT, Verdict.NOT_APPLICABLE, says),)
    if seen.basis is Basis.UNKNOWN:
        says = f"The allowance of {own.who} now: {_shown(own)}; what it was then was not stored."
        return (found(Code.ALLOWANCE_LEFT, Verdict.UNKNOWN, says, evidence=evidence),)
    left = "no limit" if own.kind == "unlimited" else f"{_left(own):,} of {own.daily or 0:,} left that day"
    says = f"{own.who} sent it by hand, and had {left}."
    return (found(Code.ALLOWANCE_LEFT, Verdict.CLEAR, says, evidence=evidence),)


def _says(reason: Reason, own: AllowanceFact | None, *, tenant: str) -> str:
    if own is None:
        return reason.says
    match reason:
        case Reason.LIMITS_MISSING:
            return f"Module not enabled: the plan of {tenant} does not have SMS Limits, so nobody can send by hand."
        case Reason.ALLOWANCE_BLANK:
            return f"The daily allowance of {own.who} was blank, which means cannot send, and not unlimited."
        case Reason.ALLOWANCE_ZERO:
            return f"The daily allowance of {own.who} was 0, which means cannot send."
        case _:
            return f"{own.who} had used up the daily allowance: {own.used:,} of {own.daily or 0:,}."


def _remedy(reason: Reason, *, facts: Facts) -> Remedy:
    if reason is Reason.LIMITS_MISSING:
        return at_billing(_NO_MODULE, facts=facts, who=Who.PLATFORM_ADMIN)
    return at_limits(_REMEDIES[reason])


def _evidence(facts: Facts, then: AllowanceFact | None, now: AllowanceFact | None) -> tuple[Evidence, ...]:
    own = now or then
    if own is None:
        return ()
    module = "enabled" if own.module else "module not enabled"
    lines = [Evidence("Sent by", own.who, facts.row.created_at, "notification", facts.row.public_id)]
    if then is not None:
        lines.append(Evidence("Allowance then", _shown(then), facts.then.at if facts.then else None, "ruling"))
    if now is not None:
        lines.append(Evidence("Allowance now", _shown(now), facts.asked_at, "allowance"))
    return (*lines, Evidence("SMS Limits", module, facts.asked_at if now else None, "plan"))


def _shown(own: AllowanceFact) -> str:
    """The allowance in a few words: blank, 0, or how many of how many."""
    if not own.module:
        return "module not enabled"
    if own.kind == "unlimited":
        return "unlimited"
    if own.kind == "blank" or own.daily is None:
        return "blank"
    return f"{own.used:,} of {own.daily:,} used" if own.daily else "0"


def _left(own: AllowanceFact) -> int:
    return max(0, (own.daily or 0) - own.used)
