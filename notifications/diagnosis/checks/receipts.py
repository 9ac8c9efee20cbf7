"""What the provider said after it took the message: delivered, undelivered and why, two last words, or nothing."""

from notifications.core.receipts import UnknownStatus, read_word
from notifications.core.states import Channel, NotificationStatus
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import (
    attempt_failed,
    bad_receipt,
    fault_of,
    is_delivered,
    remedy_of,
    weight,
    whose_fault,
)
from notifications.diagnosis.facts import AttemptFact, Facts, ReceiptFact
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.words import FEEDS, clock, plain_word, provider_name, span

S = NotificationStatus


def receipts(facts: Facts) -> tuple[Finding, ...]:
    """What came back for the attempts that a provider took."""
    last = facts.last_attempt
    if last is None:
        return ()
    return (*_undelivered(facts, last), *_delivered(facts), *_conflict(facts), *_silence(facts, last), *_unknown(facts))


def _undelivered(facts: Facts, last: AttemptFact) -> tuple[Finding, ...]:
    receipt = bad_receipt(last)
    word = receipt.word if receipt else last.word
    if last.outcome != "accepted" or not attempt_failed(last):
        return ()
    known = fault_of(last, facts=facts) if receipt is None or receipt.fault_code or last.fault_code else None
    at = f" at {clock(receipt.received_at, facts=facts)}" if receipt else ""
    said = known.says if known else "it gave no code, so the reason is not known."
    says = f"{provider_name(last)} reported {word}{at}{f' (code {known.code})' if known and known.code else ''}: {said}"
    remedy = (
        remedy_of(known, facts=facts)
        if known
        else Remedy(
            "A platform admin asks the provider's support with its ID; try another channel meanwhile.",
            Who.PLATFORM_ADMIN,
        )
    )
    evidence = [_line(one, last) for one in last.receipts]
    evidence.append(Evidence("Provider's ID", last.provider_message_id or "none", None, "attempt", last.public_id))
    if known:
        evidence.insert(
            0, Evidence("Code in words", f"{known.label}: {known.says}", None, "catalogue", known.code or "")
        )
        evidence.insert(1, whose_fault(known))
        if known.link:
            evidence.append(Evidence("About this code", known.link, None, "catalogue", known.code or ""))
    verdict, proof = weight(facts)
    return (found(Code.UNDELIVERED, verdict, says, evidence=tuple(evidence), remedy=remedy, proof=proof),)


def _delivered(facts: Facts) -> tuple[Finding, ...]:
    good = [(one, attempt) for attempt in facts.attempts for one in attempt.receipts if is_delivered(one.word)]
    if not good:
        return ()
    receipt, attempt = good[-1]
    says = f"The carrier's receipt of {clock(receipt.received_at, facts=facts)} said {receipt.word}."
    evidence = tuple(_line(one, attempt) for one in attempt.receipts)
    return (found(Code.RECEIPT_DELIVERED, Verdict.CLEAR, says, evidence=evidence),)


def _conflict(facts: Facts) -> tuple[Finding, ...]:
    torn = next((attempt for attempt in facts.attempts if attempt.has_conflict), None)
    if torn is None:
        return ()
    says = f"Two different last words came for the same attempt; {torn.word or 'the better one'} is the one believed."
    remedy = Remedy(
        "A platform admin takes the provider's ID to its support; ask the person whether the message is there.",
        Who.PLATFORM_ADMIN,
    )
    evidence = tuple(_line(one, torn) for one in torn.receipts)
    return (found(Code.CONFLICT, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy),)


def _silence(facts: Facts, last: AttemptFact) -> tuple[Finding, ...]:
    heard = any(is_delivered(one.word) for attempt in facts.attempts for one in attempt.receipts)
    was_answered = facts.row.channel is Channel.VOICE and last.word in {"in-progress", "completed"}
    if last.outcome != "accepted" or heard or was_answered or attempt_failed(last):
        return ()
    since = last.answered_at or last.committed_at
    word = f" beyond “{last.word}”" if last.word else ""
    says = f"{provider_name(last)} accepted it {span(facts.asked_at - since)} ago, and nothing was heard{word}."
    remedy = Remedy(
        "Check the device with the person: we can prove that it left, not that the phone got it. Some carriers never "
        "send a receipt.",
        Who.PERSON,
    )
    shown = Evidence("Provider's ID", last.provider_message_id or "none", last.answered_at, "attempt", last.public_id)
    feed = Evidence("Receipts come", FEEDS.get(last.provider, "not at all"), None, "provider", last.provider)
    evidence = (shown, feed, *(_line(one, last) for one in last.receipts))
    return (found(Code.SILENCE, Verdict.UNKNOWN, says, evidence=evidence, remedy=remedy),)


def _unknown(facts: Facts) -> tuple[Finding, ...]:
    odd = tuple(
        _line(one, attempt)
        for attempt in facts.attempts
        for one in attempt.receipts
        if isinstance(read_word(one.word), UnknownStatus)
    )
    if not odd:
        return ()
    says = "The provider used a status word that no list of ours has; it was kept, and moved nothing."
    remedy = Remedy("A platform admin reports the word, so that it can be read.", Who.PLATFORM_ADMIN)
    return (found(Code.UNKNOWN_WORD, Verdict.NOTABLE, says, evidence=odd, remedy=remedy),)


def _line(one: ReceiptFact, attempt: AttemptFact) -> Evidence:
    code = f", code {one.fault_code}" if one.fault_code else ""
    times = f", {one.times} times" if one.times > 1 else ""
    return Evidence(
        f"Receipt, {plain_word(one.door)}", f"{one.word}{code}{times}", one.received_at, "receipt", attempt.public_id
    )
