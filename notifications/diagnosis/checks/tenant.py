"""Whether the tenant's standing let messages go, and whether the flow was enabled; then and now."""

from notifications.core.gate_facts import GateFacts
from notifications.core.reasons import Reason
from notifications.core.states import Purpose
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.links import at_billing, at_flow
from notifications.diagnosis.words import clock, plain_word

_PAY = {
    Reason.PAST_DUE: "A tenant admin settles the payment under Billing; then fire the flow again.",
    Reason.SUSPENDED: "Contact support: only a platform admin lifts a suspension.",
    Reason.CANCELLED: "A tenant admin subscribes again under Billing, or asks support.",
}


def tenant(facts: Facts) -> tuple[Finding, ...]:
    """The standing that stopped it, or that did not; a grace that runs out is worth a look."""
    now = plain_word(facts.tenant.standing)
    held = _then(facts)
    then = plain_word(held.tenant_standing) if held else "not stored"
    evidence: tuple[Evidence, ...] = (
        Evidence("Standing then", then, facts.then.at if facts.then else None, "ruling"),
        Evidence("Standing now", now, facts.tenant.standing_until, "tenant", facts.tenant.public_id),
    )
    seen = view(facts, *_PAY)
    if seen.reason is not None:
        word = plain_word(seen.reason.name.lower())
        says = f"{facts.tenant.name} was {word}, so everything outbound was blocked."
        who = Who.PLATFORM_ADMIN if seen.reason is Reason.SUSPENDED else Who.TENANT_ADMIN
        remedy = at_billing(_PAY[seen.reason], facts=facts, who=who)
        shown_then = then if seen.basis is not Basis.ONLY_NOW or held else "not blocked"
        return gate_finding(facts, seen, says=says, remedy=remedy, evidence=evidence, then=shown_then, now=now)
    if facts.tenant.standing == "payment_due":
        until = facts.tenant.standing_until
        end = f" until {clock(until, facts=facts)}" if until else ""
        says = f"Payment is due; in this grace everything still goes{end}, and nothing after it."
        remedy = at_billing(
            "A tenant admin settles the payment before the grace ends.", facts=facts, who=Who.TENANT_ADMIN
        )
        return (found(Code.TENANT_SENDS, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy, then=then, now=now),)
    if seen.basis is Basis.UNKNOWN:
        says = f"The tenant is {now} now; its standing then was not stored."
        return (found(Code.TENANT_SENDS, Verdict.UNKNOWN, says, evidence=evidence),)
    says = f"The tenant's standing ({then if held else now}) let messages go."
    return (found(Code.TENANT_SENDS, Verdict.CLEAR, says, evidence=evidence),)


def flow(facts: Facts) -> tuple[Finding, ...]:
    """The flow, where it was or is disabled."""
    seen = view(facts, Reason.FLOW_DISABLED)
    if seen.reason is None or facts.row.purpose is not Purpose.PAGE:
        return ()
    name = facts.alert.flow_name if facts.alert else "of this page"
    enabled = bool(facts.alert and facts.alert.flow_enabled)
    remedy: Remedy = at_flow(
        "A tenant admin enables the flow, and fires it again if the alert still matters.", facts=facts
    )
    return gate_finding(
        facts,
        seen,
        says=f"The flow {name} was disabled.",
        remedy=remedy,
        evidence=(Evidence("Flow", name, facts.row.ruled_at, "flow"),),
        then="enabled" if seen.basis is Basis.ONLY_NOW else "disabled",
        now="enabled" if enabled else "disabled",
    )


def _then(facts: Facts) -> GateFacts | None:
    return facts.then.facts if facts.then else None
