"""What the row claims once a provider took it: sent, delivered, failed, acknowledged; and whether it went late."""

from datetime import datetime

from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.states import Channel, NotificationStatus
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import is_delivered
from notifications.diagnosis.checks.log_waiting import AMBER
from notifications.diagnosis.facts import Facts, SiblingFact
from notifications.diagnosis.finding import Evidence, Finding, Proof, Remedy, Verdict, Who
from notifications.diagnosis.links import at_row
from notifications.diagnosis.words import clock, plain_word, provider_name, span, who_it_is

S = NotificationStatus

CHECK_DEVICE = (
    "Check the device with the person: signal, Do Not Disturb, the sender blocked on the phone, a full inbox, and "
    "that the number shown is the phone in their hand."
)

_ASK = Remedy("Ask the person whether they heard their voicemail; the escalation went on meanwhile.", Who.PERSON)


def log_gone(facts: Facts) -> tuple[Finding, ...]:
    """One finding on what the status claims, and one more where it went late."""
    if facts.row.status is S.SENT:
        return (_sent(facts), *_late(facts))
    if facts.row.status is S.DELIVERED:
        return (_delivered(facts), *_late(facts))
    if facts.row.status is S.FAILED:
        return (_failed(facts),)
    if facts.row.status is S.ACKNOWLEDGED:
        return (_acknowledged(facts), *_late(facts))
    return ()


def _sent(facts: Facts) -> Finding:
    last = facts.last_attempt
    at = facts.row.handed_over_at or (last.answered_at if last else None)
    when = f" at {clock(at, facts=facts)}" if at else ""
    if facts.row.reason == DispatchReason.VOICEMAIL.value:
        says = (
            f"{provider_name(last)} placed the call{when}, and a voicemail answered: no person is known to have got it."
        )
        return found(Code.SENT, Verdict.UNKNOWN, says, evidence=(_status(facts, at),), remedy=_ASK)
    says = (
        f"{provider_name(last)} accepted it{when}, which is what Sent claims: nothing is known past that point, and "
        "for some carriers nothing ever will be."
    )
    remedy = Remedy(CHECK_DEVICE, Who.PERSON)
    return found(Code.SENT, Verdict.UNKNOWN, says, evidence=(_status(facts, at),), remedy=remedy)


def _delivered(facts: Facts) -> Finding:
    receipt = next(
        (one for attempt in reversed(facts.attempts) for one in attempt.receipts if is_delivered(one.word)), None
    )
    if facts.row.channel is Channel.VOICE:
        says = "The call was answered, which is all that Delivered claims of a call; nobody can say who listened."
        return found(Code.DELIVERED, Verdict.CLEAR, says, evidence=(_status(facts, facts.row.finished_at),))
    if receipt is None:
        says = "The row says Delivered, which a carrier's receipt alone may say; the receipt itself was not found here."
        return found(Code.DELIVERED, Verdict.CLEAR, says, evidence=(_status(facts, facts.row.finished_at),))
    says = (
        f"The carrier's receipt of {clock(receipt.received_at, facts=facts)} said that it reached the phone; whether "
        "anybody read it, no receipt says."
    )
    shown = Evidence("Receipt", receipt.word, receipt.received_at, receipt.door)
    return found(Code.DELIVERED, Verdict.CLEAR, says, evidence=(_status(facts, facts.row.finished_at), shown))


def _failed(facts: Facts) -> Finding:
    why = facts.row.reason_text.rstrip(".")
    evidence: tuple[Evidence, ...] = (_status(facts, facts.row.finished_at),)
    if facts.row.reason or why:
        evidence += (Evidence("Stored reason", f"{facts.row.reason} {why}".strip(), facts.row.finished_at, "row"),)
    if not facts.attempts:
        says = "It was marked as failed before anything was handed over: the portal itself failed on this row"
        remedy = Remedy("Contact support with the ID: a platform admin looks for the error.", Who.PLATFORM_ADMIN)
        said = f"{says} ({why})." if why else f"{says}."
        return found(Code.FAILED, Verdict.STOPPED, said, evidence=evidence, remedy=remedy, proof=Proof.STORED)
    remedy = Remedy("See the provider's answer below: its code says who does what.", Who.TENANT_ADMIN)
    says = f"A provider or carrier refused it{f': {why}' if why else ''}."
    return found(Code.FAILED, Verdict.STOPPED, says, evidence=evidence, remedy=remedy, proof=Proof.SYMPTOM)


def _acknowledged(facts: Facts) -> Finding:
    row = facts.row
    at = f" at {clock(row.acknowledged_at, facts=facts)}" if row.acknowledged_at else ""
    door = f" by {plain_word(row.acknowledged_via)}" if row.acknowledged_via else ""
    says = f"{who_it_is(facts)} acknowledged this one{at}{door}, so it reached them: probably not the row you want."
    others = facts.alert.siblings if facts.alert else ()
    evidence = (_status(facts, row.acknowledged_at), *(_sibling(one) for one in others))
    remedy = None
    if others:
        first = next((one for one in others if one.status != S.ACKNOWLEDGED.value), others[0])
        remedy = at_row(
            "Look at the other rows of the same alert, and diagnose the one of the person who got nothing.",
            pk=first.pk,
            label=f"Open {first.who}'s row",
        )
    return found(Code.ACKNOWLEDGED, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy)


def _late(facts: Facts) -> tuple[Finding, ...]:
    at = facts.row.handed_over_at
    if at is None or at - facts.row.created_at <= AMBER:
        return ()
    held = next((change.reason for change in facts.transitions if change.after == S.HELD and change.reason), "")
    why = f", held for {held}" if held else ""
    says = f"It was handed over {span(at - facts.row.created_at)} after it was written{why}."
    evidence = (
        Evidence("Written", clock(facts.row.created_at, facts=facts), facts.row.created_at, "row"),
        Evidence("Handed over", clock(at, facts=facts), at, "row"),
        *(
            Evidence("Status", f"{change.before or 'written'} → {change.after} {change.reason}".strip(), change.at)
            for change in facts.transitions
        ),
    )
    return (found(Code.LATE, Verdict.NOTABLE, says, evidence=evidence),)


def _status(facts: Facts, at: datetime | None) -> Evidence:
    return Evidence("Status", facts.row.status.value.capitalize(), at, "row", facts.row.public_id)


def _sibling(one: SiblingFact) -> Evidence:
    return Evidence(f"{one.who} by {one.channel}", plain_word(one.status), one.at, "sibling", one.public_id)
