"""Whether it left the portal, and what the provider answered: no attempt, refused, turned away, never left, unknown."""

from notifications.core.states import NotificationStatus
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed, fault_of, remedy_of, weight, whose_fault
from notifications.diagnosis.checks.log_waiting import AMBER, waited
from notifications.diagnosis.facts import AttemptFact, Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.words import clock, plain_word, provider_name

S = NotificationStatus

_CLAIMS_HANDOVER = frozenset({S.SENT, S.DELIVERED, S.UNCONFIRMED})
#: An attempt that never left because nobody was reached; all other exceptions are our own program's.
_NETWORK = ("Connect", "Timeout", "NotReached", "NotSent", "gaierror", "SSL", "BrokenPipe", "Unreachable", "OSError")
_SENT_AGAIN = "Nothing to do if it goes again by itself; where the row says Failed, fire the flow again."


def attempts(facts: Facts) -> tuple[Finding, ...]:
    """What the last attempt met, and the list of those before it."""
    last = facts.last_attempt
    if last is None:
        return (_none(facts),)
    return (*_answer(facts, last), *_without_id(facts, last), *_earlier(facts))


def _none(facts: Facts) -> Finding:
    shown = (Evidence("Attempts", "0", None, "row", facts.row.public_id),)
    if facts.row.status in _CLAIMS_HANDOVER:
        says = "The row says that a provider took it, and no attempt is stored that shows it."
        return found(Code.NO_ATTEMPT, Verdict.UNKNOWN, says, evidence=shown)
    if facts.row.status in {S.QUEUED, S.HELD, S.SENDING} and waited(facts) <= AMBER:
        says = "No attempt was written yet: nothing has left the portal."
        return found(Code.NO_ATTEMPT, Verdict.CLEAR, says, evidence=shown)
    into = facts.row.merged_into
    if facts.row.status is S.MERGED and into is not None:
        says = f"It made no request of its own: it left inside {into.public_id}, which shows what the provider said."
        return found(Code.NO_ATTEMPT, Verdict.CLEAR, says, evidence=shown)
    says = "No attempt was ever written: nothing left the portal, and no provider knows of it."
    return found(Code.NO_ATTEMPT, Verdict.NOTABLE, says, evidence=shown)


def _answer(facts: Facts, last: AttemptFact) -> tuple[Finding, ...]:
    name = provider_name(last)
    if last.outcome == "refused":
        how = f"{name} refused it{_at(facts, last)}{_status(last)}"
        return (_fault(facts, last, Code.REFUSED, how),)
    if last.outcome == "not_processed":
        how = f"{name} turned it away unread{_at(facts, last)}{_status(last)}"
        return (_fault(facts, last, Code.NOT_PROCESSED, how),)
    if last.outcome == "never_left":
        return (_never_left(facts, last),)
    if last.outcome == "absent":
        return (_absent(facts, last),)
    if last.outcome == "in_flight" and facts.asked_at - last.committed_at <= AMBER:
        says = f"The request to {name} is on its way at this moment; it has not answered yet."
        return (found(Code.OUTCOME_UNKNOWN, Verdict.UNKNOWN, says, evidence=_exchange(last)),)
    if last.outcome in {"in_flight", "unknown"}:
        says = (
            f"The request to {name} left at {clock(last.committed_at, facts=facts)}; whether it was taken is not known."
        )
        remedy = Remedy("Wait: the portal asks the provider before anything is sent again.", Who.NOBODY)
        return (found(Code.OUTCOME_UNKNOWN, Verdict.UNKNOWN, says, evidence=_exchange(last), remedy=remedy),)
    return ()


def _fault(facts: Facts, last: AttemptFact, code: Code, how: str) -> Finding:
    known = fault_of(last, facts=facts)
    verdict, proof = weight(facts)
    link = (Evidence("About this code", known.link, None, "catalogue", known.code or ""),) if known.link else ()
    words = Evidence("Code in words", f"{known.label}: {known.says}", None, "catalogue", known.code or "")
    return found(
        code,
        verdict,
        f"{how}: {known.says}",
        evidence=(words, whose_fault(known), *_exchange(last), *link),
        remedy=remedy_of(known, facts=facts),
        proof=proof,
    )


def _never_left(facts: Facts, last: AttemptFact) -> Finding:
    verdict, proof = weight(facts)
    evidence = _exchange(last)
    if any(word in last.exception_class for word in _NETWORK):
        says = f"No connection to {provider_name(last)} could be made ({last.exception_class}), so it never left."
        remedy = Remedy(
            "The portal tries again by itself. If it lasts, a platform admin checks our outgoing network, DNS and "
            "firewall, then the provider's status page.",
            Who.PLATFORM_ADMIN,
        )
        return found(Code.NOT_REACHED, verdict, says, evidence=evidence, remedy=remedy, proof=proof)
    name = last.exception_class or "an exception that was not stored"
    says = f"Our own program raised {name} before anything left the portal; the provider never saw it."
    remedy = Remedy(
        "Contact support with the ID: a platform admin mends the portal or its settings, then it can be sent again.",
        Who.PLATFORM_ADMIN,
    )
    return found(Code.OUR_ERROR, verdict, says, evidence=evidence, remedy=remedy, proof=proof)


def _absent(facts: Facts, last: AttemptFact) -> Finding:
    verdict, proof = weight(facts)
    times = f"{last.asked_times} times" if last.asked_times != 1 else "once"
    says = f"{provider_name(last)} was asked {times} and did not know the message: it never got there."
    remedy = Remedy(_SENT_AGAIN, Who.TENANT_ADMIN)
    return found(Code.ABSENT, verdict, says, evidence=_exchange(last), remedy=remedy, proof=proof)


def _without_id(facts: Facts, last: AttemptFact) -> tuple[Finding, ...]:
    if last.outcome != "accepted" or last.provider_message_id:
        return ()
    says = f"The attempt is called accepted, and {provider_name(last)} gave no id by which it could be found there."
    remedy = Remedy(
        "A platform admin looks at the attempt's trace, and asks the provider by number and time.", Who.PLATFORM_ADMIN
    )
    return (found(Code.NO_PROVIDER_ID, Verdict.UNKNOWN, says, evidence=_exchange(last), remedy=remedy),)


def _earlier(facts: Facts) -> tuple[Finding, ...]:
    before = facts.attempts[:-1]
    if not before:
        return ()
    failed = sum(attempt_failed(one) for one in before)
    says = f"It was attempted {len(facts.attempts)} times; {failed} of the {len(before)} before the last one failed."
    evidence = tuple(
        Evidence(
            f"Attempt {one.ordinal} by {provider_name(one)}",
            f"{plain_word(one.outcome)} {one.word} {one.fault_code} {one.provider_message_id}".strip(),
            one.committed_at,
            "attempt",
            one.public_id,
        )
        for one in before
    )
    return (found(Code.EARLIER_ATTEMPTS, Verdict.NOTABLE, says, evidence=evidence),)


def _exchange(last: AttemptFact) -> tuple[Evidence, ...]:
    """The exchange as stored, without what it does not have."""
    rows = (
        ("Handed over", f"to {provider_name(last)} from {last.sender_address}", last.committed_at),
        ("Answered", plain_word(last.outcome) if last.answered_at else "", last.answered_at),
        ("HTTP status", str(last.http_status or ""), last.answered_at),
        ("Provider's code", last.fault_code, last.answered_at),
        ("Provider's text", last.fault_text, last.answered_at),
        ("Our exception", last.exception_class, last.answered_at),
        ("Provider's ID", last.provider_message_id, last.answered_at),
        ("Asked what became of it", f"{last.asked_times} times" if last.asked_at else "", last.asked_at),
    )
    return tuple(Evidence(name, value, at, "attempt", last.public_id) for name, value, at in rows if value)


def _at(facts: Facts, last: AttemptFact) -> str:
    return f" at {clock(last.answered_at, facts=facts)}" if last.answered_at else ""


def _status(last: AttemptFact) -> str:
    said = [
        f"HTTP {last.http_status}" if last.http_status else "",
        f"code {last.fault_code}" if last.fault_code else "",
    ]
    shown = ", ".join(one for one in said if one)
    return f" ({shown})" if shown else ""
