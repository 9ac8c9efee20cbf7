"""What the row claims when we ended it ourselves: skipped, expired, cancelled, merged, over quota."""

from notifications.core.escalation import DEAD
from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus
from notifications.diagnosis.basis import EXPLAINED, decided_reason
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Proof, Remedy, Verdict, Who
from notifications.diagnosis.links import at_row
from notifications.diagnosis.words import clock, span

S = NotificationStatus


def log_ended(facts: Facts) -> tuple[Finding, ...]:
    """One finding for a row that we ended, none for any other."""
    if facts.row.status is S.SKIPPED:
        return (_skipped(facts),)
    if facts.row.status is S.QUOTA_EXCEEDED:
        return (_over_quota(facts),)
    if facts.row.status is S.EXPIRED:
        return (_expired(facts),)
    if facts.row.status is S.MERGED:
        return (_merged(facts),)
    if facts.row.status is S.CANCELLED:
        return (_cancelled(facts),)
    return ()


def _skipped(facts: Facts) -> Finding:
    why = decided_reason(facts)
    known = _reason_of(why)
    text = facts.row.reason_text or (known.says if known else "") or "no reason was stored"
    says = f"We did not hand it over, for good: {text.rstrip('.')}."
    if why in EXPLAINED:
        remedy = Remedy(f"See {why} below: it says what stopped it and who mends it.", Who.TENANT_ADMIN)
        return _stopped(facts, Code.SKIPPED, says, remedy, Proof.SYMPTOM)
    remedy = Remedy("Contact support with the ID, unless the reason itself says what to do.", Who.TENANT_ADMIN)
    return _stopped(facts, Code.SKIPPED, says, remedy, Proof.STORED)


def _over_quota(facts: Facts) -> Finding:
    text = facts.row.reason_text.rstrip(".") or "the limit and what was used were not stored on the row"
    says = f"The tenant's monthly limit was reached, so it was not sent: {text}."
    why = decided_reason(facts)
    if why in EXPLAINED:
        remedy = Remedy(f"See {why} below: it shows the figures of then and of now.", Who.TENANT_ADMIN)
        return _stopped(facts, Code.QUOTA_EXCEEDED, says, remedy, Proof.SYMPTOM)
    remedy = Remedy("Raise the limit or wait for its reset, then send it again.", Who.TENANT_ADMIN)
    return _stopped(facts, Code.QUOTA_EXCEEDED, says, remedy, Proof.STORED)


def _expired(facts: Facts) -> Finding:
    row = facts.row
    at = f" at {clock(row.expires_at, facts=facts)}" if row.expires_at else ""
    end = row.expires_at or row.finished_at
    life = span(end - row.created_at) if end else "all its life"
    if decided_reason(facts) in EXPLAINED or attempt_failed(facts.last_attempt):
        says = f"Its validity ran out{at} while it was held up for another reason, which is shown below."
        remedy = Remedy("See below what held it up; fire the flow again if it still matters.", Who.TENANT_ADMIN)
        return _stopped(facts, Code.EXPIRED, says, remedy, Proof.SYMPTOM)
    if not facts.attempts and not any(change.after == S.HELD for change in facts.transitions):
        says = f"It waited in the queue for {life}, no worker took it, and its validity ran out{at}."
        remedy = Remedy(
            "Contact support: a platform admin finds out why no worker ran then. Fire the flow again if it still "
            "matters.",
            Who.PLATFORM_ADMIN,
        )
        return _stopped(facts, Code.EXPIRED, says, remedy, Proof.STORED)
    says = f"Its validity ran out{at} before it could go."
    remedy = Remedy("Fire the flow again if it still matters; a longer validity is set on the flow.", Who.TENANT_ADMIN)
    return _stopped(facts, Code.EXPIRED, says, remedy, Proof.STORED)


def _merged(facts: Facts) -> Finding:
    into = facts.row.merged_into
    if into is None:
        return found(Code.MERGED, Verdict.NOTABLE, "Its text went out inside another row, which was not stored.")
    stands = into.status.replace("_", " ").capitalize()
    says = (
        "Several pages with this text waited for the person at the same moment, so that one went for all of them: this "
        f"one went out inside {into.public_id}, which stands at {stands}."
    )
    if into.status in DEAD:
        says += " As that one reached nobody, this one counts as not delivered either, and its alert moved on."
    remedy = at_row("Diagnose that row: it carried this text.", pk=into.pk, label=f"Open {into.public_id}")
    shown = Evidence("Went out in", f"{into.public_id}, {stands}", into.at, "row", into.public_id)
    return found(Code.MERGED, Verdict.NOTABLE, says, evidence=(shown,), remedy=remedy)


def _cancelled(facts: Facts) -> Finding:
    why = decided_reason(facts)
    if why in EXPLAINED:
        says = f"It was not needed any more before it was sent: {facts.row.reason_text.rstrip('.') or why}."
        remedy = Remedy(f"See {why} below.", Who.TENANT_ADMIN)
        return _stopped(facts, Code.CANCELLED, says, remedy, Proof.SYMPTOM)
    sibling, alert = facts.row.cancelled_by, facts.alert
    at = (sibling.at if sibling else None) or (alert.acknowledged_at if alert else None)
    who = (sibling.who if sibling else None) or (alert.acknowledged_by if alert else None)
    if not who and not at:
        why = facts.row.reason_text.rstrip(".") or "why is not stored"
        says = f"It was not needed any more before it was sent: {why}."
        remedy = Remedy("Nothing needs to be done: the alert shows how it ended.", Who.NOBODY)
        return _stopped(facts, Code.CANCELLED, says, remedy, Proof.STORED)
    whose = f"{who or 'Somebody'} acknowledged {f'sibling {sibling.public_id}' if sibling else 'the alert'}"
    when = f" at {clock(at, facts=facts)}" if at else ""
    says = f"{whose}{when}, before this one was sent, so it was not needed any more."
    text = "Nothing needs to be done: somebody had already answered the alert."
    remedy = at_row(text, pk=sibling.pk, label=f"Open {who}'s row") if sibling else Remedy(text, Who.NOBODY)
    named = Evidence("Acknowledged by", who or "not stored", at, "sibling", sibling.public_id if sibling else "")
    return _stopped(facts, Code.CANCELLED, says, remedy, Proof.STORED, named)


def _stopped(facts: Facts, code: Code, says: str, remedy: Remedy, proof: Proof, *more: Evidence) -> Finding:
    row = facts.row
    status = Evidence(
        "Status", row.status.value.replace("_", " ").capitalize(), row.finished_at or row.ruled_at, "row", row.public_id
    )
    reason = Evidence("Stored reason", f"{row.reason} {row.reason_text}".strip() or "none", row.ruled_at, "row")
    return found(code, Verdict.STOPPED, says, evidence=(status, reason, *more), remedy=remedy, proof=proof)


def _reason_of(code: str) -> Reason | None:
    try:
        return Reason(code)
    except ValueError:
        return None
