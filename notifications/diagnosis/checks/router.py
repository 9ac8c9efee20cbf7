"""Which provider was given the message and why, and whether any was there: then, beside now."""

from notifications.core.reasons import Reason
from notifications.core.routing import CandidateFact, PassedOver, RouteFact
from notifications.core.states import Channel
from notifications.diagnosis.basis import Basis, facts_then, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import AttemptFact, Facts
from notifications.diagnosis.facts_route import RouteStandFact
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.links import at_router
from notifications.diagnosis.words import PROVIDERS, channel_name, clock, plain_word, provider_name

_WHY = {
    PassedOver.OPEN: "its circuit breaker was open after faults of its own",
    PassedOver.DRILL: "it was taken out by hand",
    PassedOver.TRYING: "its circuit breaker let one other message try it just then",
    PassedOver.FAILED: "the attempt before had failed there",
    PassedOver.FULL: "it was used as often of late as it may be",
}


def router(facts: Facts) -> tuple[Finding, ...]:
    """The provider that was chosen or that nothing was there to choose; for platform admins, every route now."""
    if facts.row.channel is Channel.EMAIL:
        return (found(Code.ROUTE_TAKEN, Verdict.NOT_APPLICABLE, "E-mail has one way out, the mail server."),)
    seen = view(facts, Reason.NO_ROUTE, Reason.ROUTES_DRILLED)
    if seen.reason is None:
        return (_taken(facts), *_routes_now(facts))
    ruled = facts.now if seen.basis in (Basis.WAITING, Basis.ONLY_NOW) else facts_then(facts, seen)
    shut = ruled.route if ruled else None
    by_hand = "A platform admin can end the drill under Router" if seen.reason is Reason.ROUTES_DRILLED else ""
    remedy = at_router(
        f"It goes by itself {_when(facts, shut)}. {by_hand or 'A platform admin sees the providers under Router'}; "
        "reach the person another way meanwhile."
    )
    says = f"Nothing was delivered: no provider that could take it worked{_each(shut)}."
    blocked = gate_finding(
        facts,
        seen,
        says=says,
        remedy=remedy,
        evidence=_line(facts, shut),
        then="no provider worked" if seen.basis is not Basis.ONLY_NOW else _in_words(_then(facts)),
        now=_in_words(facts.now.route if facts.now else None),
    )
    went = (_taken(facts),) if seen.basis is Basis.ONLY_NOW else ()
    return (*went, *blocked, *_routes_now(facts))


def _taken(facts: Facts) -> Finding:
    last, line = facts.last_attempt, _then(facts)
    now = _in_words(facts.now.route if facts.now else None)
    if last is None:
        says = "It was not handed over, so no provider was chosen."
        return found(Code.ROUTE_TAKEN, Verdict.NOT_APPLICABLE, says, now=now)
    chosen = line.by if line else None
    if line is None or chosen is None or chosen.provider != last.provider:
        says = f"{provider_name(last)} {_did(last)}; why it was chosen was not stored."
        return found(Code.ROUTE_TAKEN, Verdict.UNKNOWN, says, now=now)
    then = _in_words(line)
    passed = tuple(one for one in _by_provider(line) if one.provider != chosen.provider)
    if passed:
        reasons = "; ".join(f"{_name(one)}, since {_why(one)}" for one in passed)
        says = f"{provider_name(last)} {_did(last)} in place of {reasons}."
        return found(Code.ROUTE_TAKEN, Verdict.NOTABLE, says, evidence=_line(facts, line), then=then, now=now)
    if line.is_trial:
        says = f"{provider_name(last)} {_did(last)}: it was first in line, and this message tried it after its faults."
        return found(Code.ROUTE_TAKEN, Verdict.NOTABLE, says, evidence=_line(facts, line), then=then, now=now)
    again = " once more, as no other provider was usable" if chosen.passed_over else ""
    says = f"{provider_name(last)} {_did(last)}{again}: it was first in line, and its circuit breaker was closed."
    return found(Code.ROUTE_TAKEN, Verdict.CLEAR, says, evidence=_line(facts, line), then=then, now=now)


def _did(attempt: AttemptFact) -> str:
    return "took this attempt" if attempt.outcome == "accepted" else "was given this attempt"


def _then(facts: Facts) -> RouteFact | None:
    return facts.then.facts.route if facts.then and facts.then.facts else None


def _by_provider(line: RouteFact) -> tuple[CandidateFact, ...]:
    """Senders of one provider share its route: each provider once, in line."""
    return tuple({one.provider: one for one in reversed(line.candidates)}.values())[::-1]


def _why(one: CandidateFact) -> str:
    return _WHY[one.passed_over] if one.passed_over else "the reason was not stored"


def _line(facts: Facts, line: RouteFact | None) -> tuple[Evidence, ...]:
    told: tuple[Evidence, ...] = ()
    for one in _by_provider(line) if line else ():
        if line and one.sender_ref == line.chosen:
            said = "chosen"
        else:
            until = f", not before {clock(one.until, facts=facts)}" if one.until else ""
            said = f"passed over: {_why(one)}{until}" if one.passed_over else "not reached"
        told += (Evidence(_name(one), said, None, "sender", one.sender_ref),)
    return told


def _each(line: RouteFact | None) -> str:
    reasons = [f"{_name(one)}: {_why(one)}" for one in _by_provider(line)] if line else []
    return f" ({'; '.join(reasons)})" if reasons else ""


def _when(facts: Facts, line: RouteFact | None) -> str:
    if line is None or line.opens_at is None:
        return "as soon as one works again"
    return f"once one works again; the next try is at {clock(line.opens_at, facts=facts)}"


def _in_words(line: RouteFact | None) -> str:
    if line is None:
        return "not known"
    return _name(line.by) if line.by else "no provider works"


def _name(one: CandidateFact | RouteStandFact) -> str:
    return PROVIDERS.get(one.provider, one.provider)


def _routes_now(facts: Facts) -> tuple[Finding, ...]:
    if not facts.routes:
        return ()
    evidence = tuple(Evidence(_name(one), _stands(facts, one), one.last_fault_at, "breaker") for one in facts.routes)
    shut = [one for one in facts.routes if one.state != "closed"]
    if not shut:
        says = f"Now every route for {channel_name(facts)} that ever met a fault is closed, which means in use."
        return (found(Code.ROUTES_NOW, Verdict.CLEAR, says, evidence=evidence),)
    words = ", ".join(f"{_name(one)} is {plain_word(one.state)}" for one in shut)
    says = f"Now, of the routes for {channel_name(facts)}, {words}."
    return (found(Code.ROUTES_NOW, Verdict.NOTABLE, says, evidence=evidence, remedy=at_router("See Router.")),)


def _stands(facts: Facts, one: RouteStandFact) -> str:
    parts = [plain_word(one.state), f"{one.faults} faults counted"]
    if one.since is not None:
        parts.append(f"since {clock(one.since, facts=facts)}")
    if one.drill_until is not None:
        parts.append(f"taken out by hand until {clock(one.drill_until, facts=facts)}")
    elif one.next_try_at is not None:
        parts.append(f"next try {clock(one.next_try_at, facts=facts)}")
    return f"{', '.join(parts)}{f'; last fault {one.last_fault}' if one.last_fault else ''}"
