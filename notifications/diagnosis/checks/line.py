"""What kind of line the number is, and whether it can take this channel."""

from notifications.core.reasons import Reason
from notifications.core.states import Channel
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts, PhoneFact
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.links import at_member
from notifications.diagnosis.words import channel_name, plain_word

_LOOK = "Ask the person what kind of phone it is, and record the line type on the member's form."


def line(facts: Facts) -> tuple[Finding, ...]:
    """Landline or incapable where that was shut; else the kind of line, with what it may mean."""
    if facts.row.channel is Channel.EMAIL or not facts.row.number:
        return (found(Code.LINE_TYPE, Verdict.NOT_APPLICABLE, "There was no line whose kind could matter."),)
    phone = _phone(facts)
    kind_then, able_then = _then(facts, phone)
    evidence = _evidence(kind_then, able_then, phone)
    seen = view(facts, Reason.LANDLINE, Reason.INCAPABLE)
    if seen.reason is not None:
        now = f"{phone.line_type}, {_able(facts, phone)}" if phone else "no such phone"
        then = f"{kind_then}, {able_then}" if seen.basis is not Basis.ONLY_NOW else "not in the way"
        if seen.reason is Reason.LANDLINE:
            says = f"{facts.row.number} was a landline, which cannot get SMS."
            text = (
                "A tenant admin adds a mobile number or pages this one by voice; if it can get SMS after all, mark it "
                "so on the member's form."
            )
        else:
            says = f"{facts.row.number} was known to be unable to get {channel_name(facts)}."
            text = "A tenant admin uses another channel or number, or corrects what is recorded of this one."
        remedy = at_member(text, facts=facts, label="Set the line type")
        return gate_finding(facts, seen, says=says, remedy=remedy, evidence=evidence, then=then, now=now)
    return (_kind(facts, kind_then, able_then, evidence),)


def _kind(facts: Facts, kind: str, able: str, evidence: tuple[Evidence, ...]) -> Finding:
    number, channel = facts.row.number, channel_name(facts)
    if able == "yes":
        says = f"{number} was recorded as able to get {channel} ({_named(kind)})."
        return found(Code.LINE_TYPE, Verdict.CLEAR, says, evidence=evidence)
    if kind == "mobile" or (kind == "landline" and facts.row.channel is Channel.VOICE):
        says = f"{number} was recorded as {_named(kind)}, which can get {channel}."
        return found(Code.LINE_TYPE, Verdict.CLEAR, says, evidence=evidence)
    if kind in {"voip", "toll_free", "landline"}:
        says = f"{number} was recorded as {_named(kind)}: some such services drop automated calls and texts."
        remedy = at_member("Ask the person for a mobile number, or try the other channel.", facts=facts)
        return found(Code.LINE_TYPE, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy)
    says = f"What kind of line {number} was, and so whether it can get {channel}, was not known."
    return found(Code.LINE_TYPE, Verdict.UNKNOWN, says, evidence=evidence, remedy=at_member(_LOOK, facts=facts))


def _phone(facts: Facts) -> PhoneFact | None:
    if facts.member is None:
        return None
    return next((one for one in facts.member.phones if one.number == facts.row.number), None)


def _then(facts: Facts, phone: PhoneFact | None) -> tuple[str, str]:
    held = facts.then.facts if facts.then else None
    if held is not None:
        return held.line_type, held.capability
    return (phone.line_type, _able(facts, phone)) if phone else ("unknown", "unknown")


def _able(facts: Facts, phone: PhoneFact) -> str:
    return phone.voice_capability if facts.row.channel is Channel.VOICE else phone.sms_capability


def _evidence(kind: str, able: str, phone: PhoneFact | None) -> tuple[Evidence, ...]:
    ref = phone.public_id if phone else ""
    origin = f", {plain_word(phone.line_type_origin)}" if phone and phone.line_type_origin else ""
    return (
        Evidence("Line type", f"{plain_word(kind)}{origin}", None, "phone", ref),
        Evidence("Can get this channel", able, None, "phone", ref),
    )


def _named(kind: str) -> str:
    return {"voip": "a VoIP line", "toll_free": "a toll-free line", "unknown": "a line of unknown kind"}.get(
        kind, f"a {plain_word(kind)}"
    )
