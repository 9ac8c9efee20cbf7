"""Whether the member's own schedule let them be paged: the window, the local time, who was tried next."""

from notifications.core.limit_facts import ScheduleFact
from notifications.core.reasons import Reason
from notifications.core.states import Purpose
from notifications.diagnosis.basis import Basis, facts_then, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.links import at_schedule
from notifications.diagnosis.words import clock, who_it_is

_REASONS = (Reason.OUTSIDE_SCHEDULE, Reason.TIME_OFF, Reason.SCHEDULE_EXCEPTION)
_ADVICE = {
    Reason.OUTSIDE_SCHEDULE: "Widen the window of {who}'s schedule, or remove the schedule.",
    Reason.TIME_OFF: "Nothing needs to be done while {who} is away; shorten the time off if not.",
    Reason.SCHEDULE_EXCEPTION: "Change or remove {who}'s exception for that date, or widen the window.",
}


def schedule(facts: Facts) -> tuple[Finding, ...]:
    """Free or not by the schedule, then beside now."""
    if facts.row.purpose is not Purpose.PAGE or facts.member is None:
        says = "A schedule is for pages to a member; this was another message."
        return (found(Code.SCHEDULE_FREE, Verdict.NOT_APPLICABLE, says),)
    seen = view(facts, *_REASONS)
    ruled = facts_then(facts, seen)
    then, now = ruled.schedule if ruled else None, facts.now.schedule if facts.now else None
    evidence = _evidence(facts, then, now)
    if seen.reason is not None:
        shown = now if seen.basis in (Basis.ONLY_NOW, Basis.WAITING) else then
        return gate_finding(
            facts,
            seen,
            says=_says(facts, seen.reason, shown),
            remedy=_remedy(facts, seen.reason),
            evidence=evidence,
            then=_word(then) if seen.basis is not Basis.ONLY_NOW or then else "not stored",
            now=_word(now),
        )
    if then is None:
        says = "How the member's schedule stood then was not stored."
        return (found(Code.SCHEDULE_FREE, Verdict.UNKNOWN, says, evidence=evidence),)
    return (found(Code.SCHEDULE_FREE, Verdict.CLEAR, _free(facts, then), evidence=evidence),)


def _says(facts: Facts, reason: Reason, fact: ScheduleFact | None) -> str:
    if fact is None:
        return f"{reason.says.rstrip('.')}; {_tried(facts)}."
    return (
        f"{who_it_is(facts)} was not to be paged at that hour: {fact.window}, and it was {fact.local} in {fact.zone}; "
        f"{_tried(facts)}."
    )


def _free(facts: Facts, fact: ScheduleFact) -> str:
    who, local = who_it_is(facts), f"it was {fact.local} in {fact.zone}"
    if fact.because == "no_schedule":
        return f"{who} had no schedule, which means that any hour is right; {local}."
    return f"{who} was to be paged at that hour: {fact.window}, and {local}."


def _tried(facts: Facts) -> str:
    return f"tried next: {facts.row.tried_next}" if facts.row.tried_next else "whom we tried next is not stored"


def _remedy(facts: Facts, reason: Reason) -> Remedy:
    who = Who.NOBODY if reason is Reason.TIME_OFF else Who.TENANT_ADMIN
    return at_schedule(_ADVICE[reason].format(who=who_it_is(facts)), facts=facts, who=who)


def _evidence(facts: Facts, then: ScheduleFact | None, now: ScheduleFact | None) -> tuple[Evidence, ...]:
    ruled_at = facts.then.at if facts.then else None
    lines = _lines("then", then, facts=facts) if facts.then else ()
    told = tuple(Evidence(name, value, ruled_at, "ruling") for name, value in lines)
    told += tuple(Evidence(name, value, facts.asked_at, "member") for name, value in _lines("now", now, facts=facts))
    if facts.row.tried_next:
        told += (Evidence("Tried next", facts.row.tried_next, facts.row.finished_at, "row", facts.row.public_id),)
    return told


def _lines(when: str, fact: ScheduleFact | None, *, facts: Facts) -> tuple[tuple[str, str], ...]:
    if fact is None:
        return ()
    lines = (
        (f"Schedule {when}", f"{_word(fact)}: {fact.window}"),
        (f"Local time {when}", f"{fact.local} in {fact.zone}"),
    )
    if fact.next_free_at is None:
        return lines
    return (*lines, (f"To be paged again, as seen {when}", clock(fact.next_free_at, facts=facts)))


def _word(fact: ScheduleFact | None) -> str:
    if fact is None:
        return "not known"
    return "to be paged" if fact.is_free else "not to be paged"
