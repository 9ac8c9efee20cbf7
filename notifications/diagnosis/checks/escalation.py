"""Where in its alert's escalation the page stood: which step, place and round, and who or what came after it."""

from notifications.core.escalation import DEAD
from notifications.core.states import Purpose
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import EscalationFact, Facts, RungFact
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.words import clock


def escalation(facts: Facts) -> tuple[Finding, ...]:
    """One finding for a page whose escalation is known, none for any other message."""
    known = facts.alert.escalation if facts.alert else None
    if known is None or facts.row.purpose is not Purpose.PAGE:
        return ()
    stopped = facts.row.status in DEAD
    says = f"This page belonged to {_where(known)}. {_after(facts, known, stopped=stopped)}"
    verdict = Verdict.NOTABLE if stopped else Verdict.CLEAR
    return (found(Code.ESCALATION, verdict, says, evidence=_evidence(facts, known)),)


def _where(known: EscalationFact) -> str:
    rung = known.rung
    place = f", place {rung.place} of {known.places} in turn" if known.places else ""
    number = f", round {rung.round} of {known.rounds}" if known.rounds > 1 else ""
    return f"step {rung.step} of {known.steps}{place}{number}"


def _after(facts: Facts, known: EscalationFact, *, stopped: bool) -> str:
    tried = facts.row.tried_next
    if stopped and tried.startswith("nobody"):
        return "It did not go, and no other step was left."
    if stopped and tried:
        return f"It did not go, and {tried} {'were' if ' and ' in tried else 'was'} tried next."
    following, alert = known.following, facts.alert
    if following is not None and following.fired_at is not None:
        return f"After it, {_next(known, following)} fired at {clock(following.fired_at, facts=facts)}."
    if alert is not None and alert.acknowledged_at is not None:
        return f"Nothing came after it: the alert was acknowledged at {clock(alert.acknowledged_at, facts=facts)}."
    if alert is not None and alert.resolved_at is not None:
        return f"Nothing came after it: the alert was resolved at {clock(alert.resolved_at, facts=facts)}."
    if following is not None and following.outcome == "cancelled":
        return "Nothing came after it: the flow was disabled."
    if following is not None and following.due_at is not None:
        return f"Next is {_next(known, following)}, at {clock(following.due_at, facts=facts)} if nobody answers."
    if known.ended_at is not None:
        return f"Nobody answered, and nothing was left at {clock(known.ended_at, facts=facts)}."
    return "No other step comes after it."


def _next(known: EscalationFact, following: RungFact) -> str:
    if following.round != known.rung.round:
        return f"round {following.round}"
    return f"place {following.place}" if following.step == known.rung.step else f"step {following.step}"


def _evidence(facts: Facts, known: EscalationFact) -> tuple[Evidence, ...]:
    rung, following = known.rung, known.following
    shown = [
        Evidence("Step", f"{rung.step} of {known.steps}", rung.fired_at, "alert step"),
        Evidence("Round", f"{rung.round} of {known.rounds}", rung.fired_at, "alert step"),
        Evidence("Its outcome", rung.outcome, rung.fired_at, "alert step"),
    ]
    if known.places:
        shown.insert(1, Evidence("Place", f"{rung.place} of {known.places}", rung.fired_at, "alert step"))
    if facts.row.tried_next:
        shown.append(Evidence("Tried next", facts.row.tried_next, facts.row.finished_at, "row", facts.row.public_id))
    if following is not None:
        at = following.fired_at or following.due_at
        shown.append(Evidence("Next", f"{_next(known, following)}: {following.outcome}", at, "alert step"))
    return tuple(shown)
