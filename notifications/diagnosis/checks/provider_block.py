"""Whether the provider holds an opt-out of its own: for this recipient and this sender, beyond our ledger's reach."""

from notifications.core.faults import FaultKind
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed, fault_code, fault_of, weight
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Who
from notifications.diagnosis.words import clock, provider_name


def provider_block(facts: Facts) -> tuple[Finding, ...]:
    """A finding when the last attempt met the provider's own opt-out list, none otherwise."""
    last = facts.last_attempt
    if last is None or not attempt_failed(last) or not fault_code(last):
        return ()
    known = fault_of(last, facts=facts)
    if known.kind is not FaultKind.OPTED_OUT:
        return ()
    # A service's opt-out covers every number in it.
    service = last.sender_address.startswith("MG")
    scope = (
        f"every number of messaging service {last.sender_address}" if service else f"the sender {last.sender_address}"
    )
    says = (
        f"{provider_name(last)} holds its own opt-out of {last.number} for {scope}: the person answered STOP, STOPALL, "
        f"UNSUBSCRIBE, CANCEL, END or QUIT to it ({known.label})."
    )
    to = "to a number of that service" if service else f"to {last.sender_address}"
    text = (
        f"The person texts START (or YES) {to} from that very phone. Nobody can lift it for them, and no other sender "
        "or provider may be used to get around it."
    )
    verdict, proof = weight(facts)
    evidence = (
        Evidence("Code", f"{known.label}: {known.says}", last.answered_at, "attempt", last.public_id),
        Evidence("Pair", f"{last.sender_address} → {last.number}", last.committed_at, "attempt", last.public_id),
        Evidence("Handed over", clock(last.committed_at, facts=facts), last.committed_at, "attempt", last.public_id),
    )
    remedy = Remedy(text, Who.PERSON)
    return (found(Code.PROVIDER_BLOCK, verdict, says, evidence=evidence, remedy=remedy, proof=proof),)
