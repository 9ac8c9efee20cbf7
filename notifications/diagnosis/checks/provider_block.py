"""Whether the provider holds an opt-out of its own: for this recipient and this sender, beyond our ledger's reach."""

from notifications.core.faults import Fault, FaultKind
from notifications.core.reasons import Reason
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed, fault_code, fault_of, weight
from notifications.diagnosis.facts import AttemptFact, Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Who
from notifications.diagnosis.words import clock, provider_name


def provider_block(facts: Facts) -> tuple[Finding, ...]:
    """A finding when the last attempt met the provider's own opt-out list, or when a known block stood or stands."""
    last = facts.last_attempt
    if last is not None and attempt_failed(last) and fault_code(last):
        known = fault_of(last, facts=facts)
        if known.kind is FaultKind.OPTED_OUT:
            return (_met(facts, last, known),)
    return _known(facts)


def _met(facts: Facts, last: AttemptFact, known: Fault) -> Finding:
    says = (
        f"{provider_name(last)} holds its own opt-out of {last.number} for {_scope(last.sender_address)}: the person "
        f"answered STOP, STOPALL, UNSUBSCRIBE, CANCEL, END or QUIT to it ({known.label})."
    )
    verdict, proof = weight(facts)
    evidence = (
        Evidence("Code", f"{known.label}: {known.says}", last.answered_at, "attempt", last.public_id),
        Evidence("Pair", f"{last.sender_address} → {last.number}", last.committed_at, "attempt", last.public_id),
        Evidence("Handed over", clock(last.committed_at, facts=facts), last.committed_at, "attempt", last.public_id),
    )
    remedy = _start(last.sender_address)
    return found(Code.PROVIDER_BLOCK, verdict, says, evidence=evidence, remedy=remedy, proof=proof)


def _known(facts: Facts) -> tuple[Finding, ...]:
    """A block that was learned before: nothing was handed over, because it would have met it."""
    seen = view(facts, Reason.PROVIDER_BLOCK)
    if seen.reason is None:
        return ()
    then = facts.then.facts if facts.then and seen.basis is not Basis.ONLY_NOW else None
    held = then if then is not None and then.block_scope else facts.now
    scope, since = (held.block_scope or "", held.block_since) if held else ("", None)
    when = f" since {clock(since, facts=facts)}" if since else ""
    says = f"The provider was known to block {_scope(scope)} for this number{when}: an attempt would have met it."
    return gate_finding(
        facts,
        seen,
        says=says,
        remedy=_start(scope),
        evidence=(Evidence("Blocked", scope or "a sender that was not stored", since, "provider block"),),
        then="not blocked" if seen.basis is Basis.ONLY_NOW else "blocked",
        now="blocked" if facts.now and facts.now.block_scope else "not blocked",
    )


def _scope(address: str) -> str:
    """What the opt-out covers: a messaging service's opt-out covers every number in it."""
    if address.startswith("MG"):
        return f"every number of messaging service {address}"
    return f"the sender {address}" if address else "the sender"


def _start(address: str) -> Remedy:
    to = "to a number of that service" if address.startswith("MG") else f"to {address or 'that sender'}"
    text = (
        f"The person texts START (or YES) {to} from that very phone. Nobody can lift it for them, and no other sender "
        "or provider may be used to get around it."
    )
    return Remedy(text, Who.PERSON)
