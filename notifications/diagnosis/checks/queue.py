"""Whether workers and the clock behind them are alive, and how long the oldest due row has waited.

Only the present is known: heartbeats are not kept, so this explains rows that still wait and no others.
"""

from datetime import datetime, timedelta

from notifications.diagnosis.basis import WAITING
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.log_waiting import AMBER, RED, waited
from notifications.diagnosis.facts import Facts, PulseFact
from notifications.diagnosis.finding import Evidence, Finding, Proof, Remedy, Verdict, Who
from notifications.diagnosis.words import clock, span

#: A row clears in seconds: one that is due for longer while no worker is there waits for that worker.
_AT_ONCE = timedelta(seconds=20)

_NAMES = {Code.WORKER: "worker", Code.BEAT: "beat, which finds what a lost wake-up missed,"}
_START = Remedy(
    "Contact support: a platform admin looks at /health and starts the worker; waiting rows then go by themselves.",
    Who.PLATFORM_ADMIN,
)


def queue(facts: Facts) -> tuple[Finding, ...]:
    """Worker, beat and backlog, as far as they are known."""
    if facts.pulse is None:
        return (found(Code.WORKER, Verdict.UNKNOWN, "Whether the worker is alive could not be read."),)
    return (
        _part(facts, Code.WORKER, facts.pulse.worker_at, alive=facts.pulse.worker_alive, waits=_AT_ONCE),
        # Wake-ups come without it; only a row whose wake-up was lost waits for it.
        _part(facts, Code.BEAT, facts.pulse.beat_at, alive=facts.pulse.beat_alive, waits=AMBER),
        _backlog(facts, facts.pulse),
    )


def _part(facts: Facts, code: Code, at: datetime | None, *, alive: bool, waits: timedelta) -> Finding:
    name = _NAMES[code]
    if at is None:
        says = f"No {name} was there: none has reported, or the last one ended."
        evidence: tuple[Evidence, ...] = (Evidence("Last seen", "not at all", None, "heartbeat"),)
    else:
        says = f"The {name} was last seen {span(facts.asked_at - at)} ago."
        evidence = (Evidence("Last seen", clock(at, facts=facts), at, "heartbeat"),)
    if alive:
        return found(code, Verdict.CLEAR, says, evidence=evidence)
    if _overdue(facts, waits):
        said = f"{says} This row is due and waits for it."
        return found(code, Verdict.STOPPED, said, evidence=evidence, remedy=_START, proof=Proof.OBSERVED)
    said = f"{says} Whether it was there when this row went is not kept."
    return found(code, Verdict.NOTABLE, said, evidence=evidence, remedy=_START)


def _backlog(facts: Facts, pulse: PulseFact) -> Finding:
    if pulse.oldest_due_at is None:
        return found(Code.BACKLOG, Verdict.CLEAR, "Nothing due was waiting in the queue.")
    age = facts.asked_at - pulse.oldest_due_at
    shown = (Evidence("Oldest due", clock(pulse.oldest_due_at, facts=facts), pulse.oldest_due_at, "queue"),)
    if age <= AMBER:
        return found(Code.BACKLOG, Verdict.CLEAR, f"The oldest due row has waited {span(age)}.", evidence=shown)
    says = f"The oldest due row has waited {span(age)}: the queue does not move as it should."
    behind = pulse.oldest_due_at < facts.row.due_at
    if _overdue(facts, AMBER) and behind and age > RED:
        return found(Code.BACKLOG, Verdict.STOPPED, says, evidence=shown, remedy=_START, proof=Proof.OBSERVED)
    return found(Code.BACKLOG, Verdict.NOTABLE, says, evidence=shown, remedy=_START)


def _overdue(facts: Facts, by: timedelta) -> bool:
    """Whether this row itself waits and is due for longer than `by`."""
    return facts.row.status in WAITING and waited(facts) > by
