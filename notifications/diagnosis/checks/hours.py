"""Whether messaging hours let it go: which rule held, its hours, and what the clocks showed where the phone is."""

from notifications.core.limit_facts import HoursFact
from notifications.core.limit_gates import told_in
from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus, Purpose
from notifications.diagnosis.basis import Basis, facts_then, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.links import at_flow, at_member
from notifications.diagnosis.words import clock

_RULES = {
    "urgent_exempt": "urgent pages are exempt",
    "tenant": "the tenant's messaging hours",
    "direct_messages": "the tenant's hours for direct messages",
    "flow": "the flow's own hours",
}
_FROM = {
    "member": "the member's own time zone",
    "number": "every time zone of the number's range",
    "tenant": "the tenant's time zone",
    "nowhere": "time zones of the number's range that share none of these hours",
}


def hours(facts: Facts) -> tuple[Finding, ...]:
    """Within the hours or not at the time of the attempt or of the ruling, then beside now."""
    if facts.row.purpose not in (Purpose.PAGE, Purpose.DIRECT_MESSAGE):
        says = "Messaging hours are for direct messages and routine flows; this was another message."
        return (found(Code.HOURS_MET, Verdict.NOT_APPLICABLE, says),)
    seen = view(facts, Reason.OUTSIDE_HOURS)
    ruled = facts_then(facts, seen)
    then, now = ruled.hours if ruled else None, facts.now.hours if facts.now else None
    evidence = _evidence(facts, then, now)
    if seen.reason is not None:
        shown = now if seen.basis in (Basis.ONLY_NOW, Basis.WAITING) else then
        return gate_finding(
            facts,
            seen,
            says=_says(shown),
            remedy=_remedy(facts, shown),
            evidence=evidence,
            then=_word(then) if seen.basis is not Basis.ONLY_NOW or then else "not stored",
            now=_word(now),
        )
    if then is None:
        says = "Which messaging hours held for it then was not stored."
        return (found(Code.HOURS_MET, Verdict.UNKNOWN, says, evidence=evidence),)
    return (found(Code.HOURS_MET, Verdict.CLEAR, _met(then), evidence=evidence),)


def _says(fact: HoursFact | None) -> str:
    if fact is None:
        return Reason.OUTSIDE_HOURS.says
    return f"It was outside {_rule(fact)} ({fact.hours}): it was {told_in(fact)}, by {_zone_from(fact)}."


def _met(fact: HoursFact) -> str:
    if fact.rule == "urgent_exempt":
        return f"The flow was urgent, which is exempt from messaging hours ({fact.hours}); it was {told_in(fact)}."
    return f"It was within {_rule(fact)} ({fact.hours}): it was {told_in(fact)}, by {_zone_from(fact)}."


def _remedy(facts: Facts, fact: HoursFact | None) -> Remedy:
    if fact is not None and fact.zone_from == "nowhere":
        text = "Enter the member's own time zone on their page: their number may be anywhere."
        return at_member(text, facts=facts)
    if facts.row.purpose is Purpose.PAGE:
        wait = _goes(facts, fact)
        text = f"{wait} Make the flow urgent if its pages must not wait for the morning."
        return at_flow(text, facts=facts, who=Who.NOBODY)
    return Remedy(f"{_goes(facts, fact)} Call the person if it cannot wait.", Who.NOBODY)


def _goes(facts: Facts, fact: HoursFact | None) -> str:
    if facts.row.status is NotificationStatus.EXPIRED:
        return "Its validity ran out before the hours began: fire it again if it matters, and lengthen the validity."
    if fact is None or fact.opens_at is None:
        return "It goes by itself when the hours begin."
    return f"It goes by itself at {clock(fact.opens_at, facts=facts)}, when the hours begin there."


def _evidence(facts: Facts, then: HoursFact | None, now: HoursFact | None) -> tuple[Evidence, ...]:
    ruled_at = facts.then.at if facts.then else None
    told: tuple[Evidence, ...] = ()
    for when, fact, at in (("then", then if facts.then else None, ruled_at), ("now", now, facts.asked_at)):
        if fact is not None:
            told += (
                Evidence(f"Rule {when}", f"{_rule(fact)}, {fact.hours}", at, "ruling" if when == "then" else "tenant"),
                Evidence(f"Local time {when}", f"{told_in(fact)}, by {_zone_from(fact)}", at),
            )
    return told


def _rule(fact: HoursFact) -> str:
    return _RULES.get(fact.rule, fact.rule)


def _zone_from(fact: HoursFact) -> str:
    return _FROM.get(fact.zone_from, "the recipient's time zone")


def _word(fact: HoursFact | None) -> str:
    if fact is None:
        return "not known"
    return "within the hours" if fact.is_open else "outside the hours"
