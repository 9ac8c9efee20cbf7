"""How a gate stood then and stands now, and so whether its being shut can be the cause.

The stored ruling decides for a row that was ruled; the same pure `ruling` asked again says what is so now. Only what
was shut then, or is shut while the row still waits, may be called a cause.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from notifications.core.gates import GateFacts, Opening, ruling
from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus, Purpose
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Proof, Remedy, Verdict

S = NotificationStatus

#: It was not sent, and we said so ourselves.
NOT_SENT = frozenset({S.SKIPPED, S.CANCELLED, S.HELD, S.EXPIRED, S.QUOTA_EXCEEDED})
#: It reached its person, or went out in another row: nothing can have stopped it.
REACHED = frozenset({S.DELIVERED, S.ACKNOWLEDGED, S.MERGED})
WAITING = frozenset({S.QUEUED, S.HELD})
#: Reasons that another finding explains; every other stored reason is shown in the row's own words.
EXPLAINED = frozenset(reason.value for reason in Reason) - {
    Reason.EXPIRED,
    Reason.ACKNOWLEDGED_ELSEWHERE,
    Reason.RESOLVED,
}


class Basis(StrEnum):
    """What is known of a gate; only the first three let it be a cause."""

    DECIDED = "decided"
    ALSO_THEN = "also_then"
    WAITING = "waiting"
    ONLY_NOW = "only_now"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GateView:
    """One gate, then and now. `reason` is set unless it stood open or is not known; `mended`: it is open by now."""

    basis: Basis
    reason: Reason | None = None
    mended: bool = False


def decided_reason(facts: Facts) -> str:
    """The stored reason for which the row did not go; empty where it went or was not ruled yet."""
    row = facts.row
    if row.status not in NOT_SENT:
        return ""
    if row.status is S.EXPIRED:
        # What it was held for when its time ran out says more than that it did.
        last = next((change for change in reversed(facts.transitions) if change.after == S.EXPIRED), None)
        held = [change for change in facts.transitions if change.after == S.HELD and change.reason]
        if last is not None and last.before == S.HELD and held:
            return held[-1].reason
    return row.reason or (facts.then.reason if facts.then and facts.then.verdict != "go" else "")


def shut_now(facts: Facts) -> tuple[Reason, ...] | None:
    """The reasons of all gates that are shut now for a new message of this kind; None when that is not known."""
    if facts.now is None:
        return None
    # Its own age and its alert's end are no obstacle to a new one.
    anew = replace(facts.now, expires_at=None, alert_acknowledged_at=None, acknowledged_by=None, alert_resolved_at=None)
    gates = ruling(anew, now=facts.asked_at).gates
    order = (Opening.BLOCK, Opening.HOLD)
    return tuple(gate.reason for opening in order for gate in gates if gate.opening is opening and gate.reason)


def view(facts: Facts, *reasons: Reason) -> GateView:
    """How the gate of these reasons stood when the row was decided, and whether that has changed."""
    now = shut_now(facts)
    decided = next((reason for reason in reasons if reason == decided_reason(facts)), None)
    if decided is not None:
        return GateView(Basis.DECIDED, decided, mended=now is not None and not set(reasons) & set(now))
    if facts.then is not None and facts.row.status in NOT_SENT:
        also = next((reason for reason in reasons if reason in facts.then.shut), None)
        if also is not None:
            return GateView(Basis.ALSO_THEN, also, mended=now is not None and also not in now)
    shut = next((reason for reason in reasons if reason in (now or ())), None)
    if shut is not None:
        return GateView(Basis.WAITING if facts.row.status in WAITING else Basis.ONLY_NOW, shut)
    known = facts.then is not None or (facts.row.status in WAITING and now is not None)
    return GateView(Basis.OPEN if known else Basis.UNKNOWN)


def facts_then(facts: Facts, seen: GateView) -> GateFacts | None:
    """What the row was ruled by; what waits and was never ruled stands as it stands now."""
    if facts.then is not None:
        return facts.then.facts
    return facts.now if seen.basis in (Basis.WAITING, Basis.OPEN) else None


def gate_finding(
    facts: Facts,
    seen: GateView,
    *,
    says: str,
    remedy: Remedy,
    evidence: tuple[Evidence, ...] = (),
    then: str = "",
    now: str = "",
) -> tuple[Finding, ...]:
    """The finding about a shut gate: stopped when it was shut then, notable when it is shut only now."""
    if seen.reason is None:
        return ()
    code = Code(seen.reason.value)
    if seen.basis is Basis.ONLY_NOW:
        said = f"Now, though not in the way of this message then: {says}"
        return (found(code, Verdict.NOTABLE, said, evidence=evidence, remedy=remedy, then=then, now=now),)
    if seen.mended:
        again = "fire the flow again" if facts.row.purpose is Purpose.PAGE else "send it again"
        text = f"This has been mended since: {again} if it still matters. What it needed: {remedy.text}"
        remedy = replace(remedy, text=text)
    proof = {Basis.DECIDED: Proof.STORED, Basis.ALSO_THEN: Proof.ALSO}.get(seen.basis, Proof.OBSERVED)
    return (found(code, Verdict.STOPPED, says, evidence=evidence, remedy=remedy, then=then, now=now, proof=proof),)
