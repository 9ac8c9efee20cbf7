"""What became of one attempt, and what its code means; shared by the checks on the row, the provider and receipts."""

from notifications.core.faults import Fault, FaultKind, Whose, fault
from notifications.core.receipts import DeliveryWord, read_word
from notifications.core.states import NotificationStatus
from notifications.diagnosis.basis import REACHED
from notifications.diagnosis.facts import AttemptFact, Facts, ReceiptFact
from notifications.diagnosis.finding import Evidence, Proof, Remedy, Verdict, Who
from notifications.diagnosis.links import at_flow, at_member, at_senders

S = NotificationStatus

_BAD_WORDS = frozenset(
    {
        DeliveryWord.FAILED,
        DeliveryWord.UNDELIVERED,
        DeliveryWord.CANCELED,
        DeliveryWord.BUSY,
        DeliveryWord.NO_ANSWER,
    }
)
_GOOD_WORDS = frozenset({DeliveryWord.DELIVERED, DeliveryWord.READ})
_BAD_OUTCOMES = frozenset({"refused", "not_processed", "never_left", "absent"})
_WHO = {
    Whose.MEMBER: Who.PERSON,
    Whose.TENANT_ADMIN: Who.TENANT_ADMIN,
    Whose.PLATFORM_ADMIN: Who.PLATFORM_ADMIN,
    Whose.PROVIDER: Who.NOBODY,
    Whose.CARRIER: Who.NOBODY,
    Whose.UNKNOWN: Who.PLATFORM_ADMIN,
}
_WHOSE = {
    Whose.MEMBER: "the number's or its phone's",
    Whose.TENANT_ADMIN: "what was sent: the text, or when it was sent",
    Whose.PLATFORM_ADMIN: "the portal's set-up at the provider",
    Whose.PROVIDER: "the provider's",
    Whose.CARRIER: "the recipient's carrier's",
    Whose.UNKNOWN: "not known",
}
#: Kinds in which who has to act is not who did it.
_WHOSE_OF_KIND = {
    FaultKind.CARRIER_BLOCKED: "the recipient's carrier's, or a block on the recipient's side: it did leave the portal",
    FaultKind.CONTENT_FILTERED: "a filter's of the carrier or provider, over the text or how the sender is registered",
    FaultKind.REGISTRATION_A2P: "the carrier's rule over the sender's registration; the text is not at fault",
}
_ACTS = {"A tenant admin": Who.TENANT_ADMIN, "A platform admin": Who.PLATFORM_ADMIN, "Wait": Who.NOBODY}
_AT_MEMBER = frozenset(
    {FaultKind.INVALID_NUMBER, FaultKind.NOT_MOBILE, FaultKind.UNREACHABLE, FaultKind.OPTED_OUT, FaultKind.CALL_FAILED}
)
_AT_FLOW = frozenset({FaultKind.CONTENT_FILTERED, FaultKind.QUIET_HOURS})
_AT_SENDER = frozenset(
    {FaultKind.SENDER_MISCONFIGURED, FaultKind.REGISTRATION_A2P, FaultKind.GEO_PERMISSION, FaultKind.CARRIER_BLOCKED}
)


def is_delivered(word: str) -> bool:
    """Whether a provider's word says that the message reached the phone."""
    return read_word(word) in _GOOD_WORDS


def bad_receipt(attempt: AttemptFact) -> ReceiptFact | None:
    """The receipt that says most loudly that it did not arrive; none where a better word stands."""
    if any(is_delivered(one.word) for one in attempt.receipts):
        return None
    bad = [(word.rank, one) for one in attempt.receipts if (word := _bad(one.word)) is not None]
    return max(bad, key=lambda pair: pair[0])[1] if bad else None


def attempt_failed(attempt: AttemptFact | None) -> bool:
    """Whether it is known of this attempt that it did not get through."""
    if attempt is None:
        return False
    return attempt.outcome in _BAD_OUTCOMES or _bad(attempt.word) is not None or bad_receipt(attempt) is not None


def fault_code(attempt: AttemptFact) -> str:
    """The code of the receipt that failed it, else that of the answer."""
    receipt = bad_receipt(attempt)
    return (receipt.fault_code if receipt else "") or attempt.fault_code


def fault_of(attempt: AttemptFact, *, facts: Facts) -> Fault:
    """The catalogue's words for what this attempt met."""
    code = fault_code(attempt) or None
    return fault(attempt.provider, code, channel=facts.row.channel.value, http_status=attempt.http_status)


def whose_fault(known: Fault) -> Evidence:
    """Whose fault it was, in words."""
    return Evidence("Whose fault", _WHOSE_OF_KIND.get(known.kind, _WHOSE[known.whose]), None, "catalogue")


def weight(facts: Facts) -> tuple[Verdict, Proof]:
    """What a failed last attempt means for this row: the proof, one fault among others, or a thing of the past."""
    if facts.row.status in REACHED:
        return Verdict.NOTABLE, Proof.NONE
    if facts.row.status in {S.SKIPPED, S.CANCELLED, S.QUOTA_EXCEEDED}:
        return Verdict.STOPPED, Proof.ALSO
    return Verdict.STOPPED, Proof.STORED


def remedy_of(known: Fault, *, facts: Facts) -> Remedy:
    """Who does what about a fault, on the form that mends it."""
    # The sentence names who acts; the catalogue's own word is about whose the fault is.
    who = next((who for begins, who in _ACTS.items() if known.remedy.startswith(begins)), _WHO[known.whose])
    if known.kind in _AT_MEMBER:
        return at_member(known.remedy, facts=facts, who=who)
    if known.kind in _AT_FLOW:
        return at_flow(known.remedy, facts=facts, who=who)
    return at_senders(known.remedy, who=who) if known.kind in _AT_SENDER else Remedy(known.remedy, who)


def _bad(raw: str) -> DeliveryWord | None:
    word = read_word(raw) if raw else None
    return word if isinstance(word, DeliveryWord) and word in _BAD_WORDS else None
