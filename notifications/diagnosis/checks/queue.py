"""Whether workers and the clock behind them are alive, and how long the oldest due row has waited; then, and now.

Heartbeats are not kept. What is known of then is what the row itself shows, that a worker took it up, and since when
the workers of now have run; so a silence of now explains rows that still wait, and no others.
"""

from datetime import datetime, timedelta

from notifications.core.states import NotificationStatus
from notifications.diagnosis.basis import WAITING
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.log_waiting import AMBER, RED, waited
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.facts_pulse import PulseFact
from notifications.diagnosis.finding import Evidence, Finding, Proof, Remedy, Verdict, Who
from notifications.diagnosis.words import clock, span

#: A row clears in seconds: one that is due for longer while no worker is there waits for that worker.
_AT_ONCE = timedelta(seconds=20)

_NAMES = {Code.WORKER: "worker", Code.BEAT: "beat, which finds what a lost wake-up missed,"}
#: A tick goes from beat through the broker to a worker, which notes it.
_THROUGH = Evidence("What a tick shows", "beat, the broker and a worker: each tick passes all three")
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
    is_worker = code is Code.WORKER
    evidence += () if is_worker else (_THROUGH,)
    then = _then(facts) if is_worker else ""
    now = ("alive" if alive else "silent" if at else "none there") if then else ""
    if alive:
        return found(code, Verdict.CLEAR, says, evidence=evidence, then=then, now=now)
    if _overdue(facts, waits):
        said = f"{says} This row is due and waits for it."
        return found(
            code, Verdict.STOPPED, said, evidence=evidence, remedy=_START, then=then, now=now, proof=Proof.OBSERVED
        )
    kept = f"When this row was due, {then}." if then else "Whether it was there when this row went is not kept."
    said = f"{says} {kept}"
    return found(code, Verdict.NOTABLE, said, evidence=evidence, remedy=_START, then=then, now=now)


def _then(facts: Facts) -> str:
    """What is stored of workers at the time of the row: that one took it up, or that those of now ran already."""
    row, pulse = facts.row, facts.pulse
    taken = next((one.at for one in facts.transitions if one.before == NotificationStatus.QUEUED), None)
    taken = taken or (facts.attempts[0].committed_at if facts.attempts else None)
    if taken is not None:
        after = f"{span(taken - row.due_at)} after it was due" if taken >= row.due_at else "when it was due"
        return f"a worker took it up at {clock(taken, facts=facts)}, {after}"
    if pulse is None or pulse.worker_since is None or not pulse.worker_alive:
        return ""
    if pulse.worker_since <= row.due_at:
        return f"a worker was running, since {clock(pulse.worker_since, facts=facts)}"
    return f"no worker of now was running: the first of them started at {clock(pulse.worker_since, facts=facts)}"


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
