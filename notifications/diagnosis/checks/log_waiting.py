"""What the row claims while it still waits: queued, held, in hand, or unconfirmed; and for how long."""

from datetime import timedelta

from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.states import NotificationStatus
from notifications.diagnosis.basis import EXPLAINED
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Proof, Remedy, Verdict, Who
from notifications.diagnosis.words import clock, span

S = NotificationStatus

#: A queued row clears in seconds: over one minute is worth a look, over five something is wrong.
AMBER, RED = timedelta(minutes=1), timedelta(minutes=5)

_WORKER = Remedy(
    "Contact support: a platform admin checks that a worker is running and starts it; the row then goes by itself.",
    Who.PLATFORM_ADMIN,
)


def log_waiting(facts: Facts) -> tuple[Finding, ...]:
    """One finding for a row that is open, none for one that is not."""
    if facts.row.status is S.QUEUED:
        return (_queued(facts),)
    if facts.row.status is S.HELD:
        return (_held(facts),)
    if facts.row.status is S.SENDING:
        return (_sending(facts),)
    if facts.row.status is S.UNCONFIRMED:
        return (_unconfirmed(facts),)
    return ()


def waited(facts: Facts) -> timedelta:
    """How long a waiting row has been due; negative while it is not due yet."""
    return facts.asked_at - facts.row.due_at


def _queued(facts: Facts) -> Finding:
    age = waited(facts)
    evidence = (_status(facts), Evidence("Due", clock(facts.row.due_at, facts=facts), facts.row.due_at, "row"))
    if age > RED:
        says = f"It was due {span(age)} ago and no worker has taken it: the worker may be paused."
        return found(Code.QUEUED, Verdict.STOPPED, says, evidence=evidence, remedy=_WORKER, proof=Proof.SYMPTOM)
    if age > AMBER:
        says = f"It has been queued for {span(age)}, which should take seconds: the worker may be paused."
        return found(Code.QUEUED, Verdict.NOTABLE, says, evidence=evidence, remedy=_WORKER)
    says = f"It was queued {span(age)} ago, which is normal: it was due and not yet handed to a provider."
    return found(Code.QUEUED, Verdict.CLEAR, says, evidence=evidence)


def _held(facts: Facts) -> Finding:
    row = facts.row
    why = row.reason_text or row.reason or "a reason that was not stored"
    evidence = (_status(facts), _reason(facts), Evidence("Not before", clock(row.due_at, facts=facts), row.due_at))
    late = waited(facts)
    if late > AMBER:
        says = f"It was held until {clock(row.due_at, facts=facts)}, {span(late)} ago, and was not taken up again."
        return found(Code.HELD, Verdict.STOPPED, says, evidence=evidence, remedy=_WORKER, proof=Proof.SYMPTOM)
    says = f"It was held on purpose until {clock(row.due_at, facts=facts)}: {_bare(why)}."
    if row.reason in EXPLAINED or attempt_failed(facts.last_attempt):
        return found(Code.HELD, Verdict.NOTABLE, says, evidence=evidence)
    remedy = Remedy(f"It goes by itself at {clock(row.due_at, facts=facts)}, if all gates are open then.", Who.NOBODY)
    return found(Code.HELD, Verdict.STOPPED, says, evidence=evidence, remedy=remedy, proof=Proof.STORED)


def _sending(facts: Facts) -> Finding:
    until = facts.row.lease_until
    evidence: tuple[Evidence, ...] = (_status(facts),)
    if until is not None:
        evidence += (Evidence("In one worker's hand until", clock(until, facts=facts), until, "row"),)
    if until is not None and until < facts.asked_at:
        says = f"A worker had it in hand until {clock(until, facts=facts)} and never said how it ended."
        remedy = Remedy(
            "Wait: another worker takes it up, and asks the provider before anything is sent again.", Who.NOBODY
        )
        return found(Code.SENDING, Verdict.UNKNOWN, says, evidence=evidence, remedy=remedy)
    return found(Code.SENDING, Verdict.CLEAR, "It was being handed to a provider at this moment.", evidence=evidence)


def _unconfirmed(facts: Facts) -> Finding:
    last = facts.last_attempt
    evidence: tuple[Evidence, ...] = (_status(facts),)
    asked = "and the provider has not been asked yet"
    if last is not None and last.asked_at is not None:
        asked = f"and the provider was asked {last.asked_times} times, last at {clock(last.asked_at, facts=facts)}"
        evidence += (
            Evidence("Last asked", clock(last.asked_at, facts=facts), last.asked_at, "attempt", last.public_id),
        )
    if facts.row.lease_until is None and facts.row.reason not in {"", DispatchReason.UNCONFIRMED.value}:
        return _given_up(facts, evidence=evidence)
    says = f"The request left and no answer came, so that its outcome was not known, {asked}."
    remedy = Remedy(
        "Wait: the portal asks the provider before it sends anything again, so that nobody is paged twice. "
        "Reach the person another way meanwhile.",
        Who.NOBODY,
    )
    return found(Code.UNCONFIRMED, Verdict.UNKNOWN, says, evidence=evidence, remedy=remedy)


def _given_up(facts: Facts, *, evidence: tuple[Evidence, ...]) -> Finding:
    """Nobody asks any more: the row says why, and only what the provider tells by itself can still settle it."""
    remedy = Remedy(
        "Reach the person another way, and ask whether it came. The portal does not send it again, so that nobody is "
        "paged twice; a late report still counts.",
        Who.PERSON,
    )
    evidence += (_reason(facts),)
    says = facts.row.reason_text or "Its outcome is unknown, nobody asks any more, and why was not stored."
    return found(Code.UNCONFIRMED, Verdict.UNKNOWN, says, evidence=evidence, remedy=remedy)


def _status(facts: Facts) -> Evidence:
    since = facts.transitions[-1].at if facts.transitions else None
    return Evidence("Status", facts.row.status.value.capitalize(), since, "row", facts.row.public_id)


def _reason(facts: Facts) -> Evidence:
    return Evidence("Stored reason", f"{facts.row.reason} {facts.row.reason_text}".strip(), facts.row.ruled_at, "row")


def _bare(text: str) -> str:
    return (text[:1].lower() + text[1:]).rstrip(".") if text[1:2].islower() else text.rstrip(".")
