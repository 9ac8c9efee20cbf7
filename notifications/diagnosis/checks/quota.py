"""Whether the month's limits had room for the message; what was used then, and what is left now."""

from notifications.core.limit_facts import QuotaFact
from notifications.core.limit_gates import day_in_words
from notifications.core.reasons import Reason
from notifications.core.states import Channel
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Verdict, Who
from notifications.diagnosis.links import at_billing

_REASONS = (Reason.QUOTA_REACHED, Reason.SEGMENTS_REACHED, Reason.CALLS_REACHED)
_WORDS = {
    Reason.QUOTA_REACHED: "notifications",
    Reason.SEGMENTS_REACHED: "SMS segments",
    Reason.CALLS_REACHED: "calls",
}
_WORTH_A_LOOK = 80
_REMEDY = "Have the limit raised by a top-up under Billing, then resend this message; or wait until the month is anew."


def quota(facts: Facts) -> tuple[Finding, ...]:
    """The limit that stopped it, or how much was left; what does not count needs no quota."""
    then = facts.then.facts.quota if facts.then and facts.then.facts else None
    now = facts.now.quota if facts.now else None
    seen = view(facts, *_REASONS)
    if seen.reason is not None:
        month = (now if seen.basis is Basis.ONLY_NOW else then) or then or now
        return gate_finding(
            facts,
            seen,
            says=_says(seen.reason, month),
            remedy=at_billing(_REMEDY, facts=facts, who=Who.TENANT_ADMIN),
            evidence=_evidence(facts, then, now, seen.reason),
            then=_figures(then, seen.reason) if then else "not stored",
            now=_figures(now, seen.reason) if now else "not known",
        )
    month = then or now
    if month is None:
        return (_without_figures(facts),)
    evidence = _evidence(facts, then, now, *_tightest(facts, month))
    if then is None and seen.basis is Basis.UNKNOWN:
        says = f"What was used then was not stored; now it is {_all(facts, month)}."
        return (found(Code.QUOTA_LEFT, Verdict.UNKNOWN, says, evidence=evidence),)
    present = now or month
    if any(_percent(present, reason) >= _WORTH_A_LOOK for reason in _of(facts)):
        says = f"The month's limits had room: {_all(facts, month)}. Little is left: the limit may be reached soon."
        remedy = at_billing("Have it topped up before it runs out.", facts=facts, who=Who.TENANT_ADMIN)
        return (found(Code.QUOTA_LEFT, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy),)
    return (
        found(Code.QUOTA_LEFT, Verdict.CLEAR, f"The month's limits had room: {_all(facts, month)}.", evidence=evidence),
    )


def _without_figures(facts: Facts) -> Finding:
    if facts.then is None and facts.now is None:
        return found(Code.QUOTA_LEFT, Verdict.UNKNOWN, "What was used of the month's limits was not stored.")
    says = "It needed no quota: it does not count against the month's limits, or it was counted before."
    return found(Code.QUOTA_LEFT, Verdict.NOT_APPLICABLE, says)


def _of(facts: Facts) -> tuple[Reason, ...]:
    """The limits that a message of this channel meets."""
    own = Reason.CALLS_REACHED if facts.row.channel is Channel.VOICE else Reason.SEGMENTS_REACHED
    return Reason.QUOTA_REACHED, own


def _tightest(facts: Facts, month: QuotaFact) -> tuple[Reason, ...]:
    limited = [reason for reason in _of(facts) if _limit(month, reason) is not None]
    return tuple(sorted(limited, key=lambda reason: -_percent(month, reason)))


def _limit(month: QuotaFact, reason: Reason) -> int | None:
    match reason:
        case Reason.SEGMENTS_REACHED:
            return month.segments_limit
        case Reason.CALLS_REACHED:
            return month.calls_limit
        case _:
            return month.notifications_limit


def _taken(month: QuotaFact, reason: Reason) -> int:
    match reason:
        case Reason.SEGMENTS_REACHED:
            return month.segments_taken
        case Reason.CALLS_REACHED:
            return month.calls_taken
        case _:
            return month.notifications_taken


def _percent(month: QuotaFact, reason: Reason) -> int:
    limit = _limit(month, reason)
    if limit is None:
        return 0
    return _taken(month, reason) * 100 // limit if limit else 100


def _says(reason: Reason, month: QuotaFact | None) -> str:
    if month is None:
        return reason.says
    needs = f", and this text takes {month.segments}" if reason is Reason.SEGMENTS_REACHED else ""
    return (
        f"The monthly limit of {_limit(month, reason) or 0:,} {_WORDS[reason]} was reached: "
        f"{_taken(month, reason):,} were used{needs}. It starts anew on {day_in_words(month.resets_on)}."
    )


def _all(facts: Facts, month: QuotaFact) -> str:
    shown = [f"{_figures(month, reason)} {_WORDS[reason]}" for reason in _of(facts)]
    return f"{' and '.join(shown)}; the month starts anew on {day_in_words(month.resets_on)}"


def _figures(month: QuotaFact, reason: Reason) -> str:
    limit = _limit(month, reason)
    taken = f"{_taken(month, reason):,}"
    return f"{taken} without limit" if limit is None else f"{taken} of {limit:,} used"


def _evidence(facts: Facts, then: QuotaFact | None, now: QuotaFact | None, *reasons: Reason) -> tuple[Evidence, ...]:
    at_then = facts.then.at if facts.then else None
    lines: list[Evidence] = []
    for reason in reasons:
        name = _WORDS[reason]
        if then is not None:
            lines.append(Evidence(f"Used of the limit of {name} then", _figures(then, reason), at_then, "ruling"))
        if now is not None:
            lines.append(Evidence(f"Used of the limit of {name} now", _figures(now, reason), facts.asked_at, "month"))
    month = now or then
    if lines and month is not None:
        lines.append(Evidence("Starts anew on", day_in_words(month.resets_on), None, "month"))
    return tuple(lines)
