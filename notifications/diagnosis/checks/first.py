"""What had to come first: the one opt-in confirmation, and a person's look at a text that may be an opt-out."""

from notifications.core.reasons import Reason
from notifications.diagnosis.basis import gate_finding, view
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Who
from notifications.diagnosis.words import clock


def review(facts: Facts) -> tuple[Finding, ...]:
    """A finding where a reply that may be an opt-out holds this up, none otherwise."""
    seen = view(facts, Reason.REVIEW_OPEN)
    if seen.reason is None:
        return ()
    text = (
        "A tenant admin reads the text under Replies to review and decides whether it was an opt-out; if it was none, "
        "this goes by itself."
    )
    says = "A text from this number may be an opt-out, and nobody had looked at it; pages went meanwhile, this did not."
    return gate_finding(facts, seen, says=says, remedy=Remedy(text, Who.TENANT_ADMIN), evidence=_ruled(facts))


def confirmation(facts: Facts) -> tuple[Finding, ...]:
    """A finding where the opt-in confirmation had not gone yet, none otherwise."""
    seen = view(facts, Reason.CONFIRMATION_FIRST)
    if seen.reason is None:
        return ()
    text = "Nothing needs to be done: it goes by itself once the confirmation went, or once that one has ended."
    says = "The one confirmation of the opt-in had to go before it, and had not gone yet."
    return gate_finding(facts, seen, says=says, remedy=Remedy(text, Who.NOBODY), evidence=_ruled(facts))


def _ruled(facts: Facts) -> tuple[Evidence, ...]:
    at = facts.then.at if facts.then else None
    shown = clock(at, facts=facts) if at else "now"
    return (Evidence("Ruled", shown, at, "gates"),)
