"""What kind of line the number is, whence that is known and since when, and whether it can take this channel."""

from notifications.core.reasons import Reason
from notifications.core.states import Channel
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts, PhoneFact
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.links import at_number
from notifications.diagnosis.words import channel_name, clock, plain_word

_LOOK = "Look the line up, or ask the person what kind of phone it is and record it."
_BY_PROVIDERS = frozenset({"fault", "lookup"})


def line(facts: Facts) -> tuple[Finding, ...]:
    """Landline or incapable where that was shut; else the kind of line, with what it may mean."""
    if facts.row.channel is Channel.EMAIL or not facts.row.number:
        return (found(Code.LINE_TYPE, Verdict.NOT_APPLICABLE, "There was no line whose kind could matter."),)
    phone = _phone(facts)
    kind_then, able_then = _then(facts, phone)
    evidence = _evidence(facts, kind_then, able_then, phone)
    seen = view(facts, Reason.LANDLINE, Reason.INCAPABLE)
    if seen.reason is None:
        return (_kind(facts, kind_then, able_then, evidence, phone),)
    if seen.basis is Basis.ONLY_NOW and _was_stored_wrong(facts, phone):
        return (_stored_wrong(facts, kind_then, able_then, evidence, phone),)
    now = f"{plain_word(phone.line_type)}, {_able(facts, phone)}" if phone else "no such phone"
    then = f"{plain_word(kind_then)}, {able_then}" if seen.basis is not Basis.ONLY_NOW else "not in the way"
    source = _source_then(facts, phone, kind_then)
    if seen.reason is Reason.LANDLINE:
        says = f"{facts.row.number} was a landline, which cannot get SMS{f': {source}' if source else ''}."
        text = (
            "A tenant admin adds a mobile number or pages this one by voice; if it can get SMS after all, correct the "
            "line with “Correct the line” and send the message again."
        )
    else:
        says = (
            f"{facts.row.number} was known to be unable to get {channel_name(facts)}{f': {source}' if source else ''}."
        )
        text = "A tenant admin uses another channel or number, or corrects what is recorded of this one."
    remedy = at_number(text, facts=facts, phone=phone, label="Correct the line")
    return gate_finding(facts, seen, says=says, remedy=remedy, evidence=evidence, then=then, now=now)


def _kind(facts: Facts, kind: str, able: str, evidence: tuple[Evidence, ...], phone: PhoneFact | None) -> Finding:
    number, channel = facts.row.number, channel_name(facts)
    source = _source_then(facts, phone, kind)
    known = f"{_named(kind)}, {source}" if source else _named(kind)
    if able == "yes":
        says = f"{number} was recorded as able to get {channel}, whatever its type ({known})."
        return found(Code.LINE_TYPE, Verdict.CLEAR, says, evidence=evidence)
    if kind == "mobile" or (kind == "landline" and facts.row.channel is Channel.VOICE):
        says = f"{number} was recorded as {_named(kind)}, which can get {channel}{f': {source}' if source else ''}."
        return found(Code.LINE_TYPE, Verdict.CLEAR, says, evidence=evidence)
    if kind in {"voip", "toll_free", "landline"}:
        drops = "some such services drop automated calls and texts"
        if kind == "voip" and facts.row.channel is Channel.VOICE:
            drops = "services such as Google Voice may block automated calls, and let texts through"
        says = f"{number} was recorded as {known}: {drops}."
        text = "Ask the person for a mobile number, or try the other channel."
        remedy = at_number(text, facts=facts, phone=phone, label="Open the number")
        return found(Code.LINE_TYPE, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy)
    says = f"What kind of line {number} was, and so whether it can get {channel}, was not known."
    remedy = at_number(_LOOK, facts=facts, phone=phone, label="Look the line up")
    return found(Code.LINE_TYPE, Verdict.UNKNOWN, says, evidence=evidence, remedy=remedy)


def _was_stored_wrong(facts: Facts, phone: PhoneFact | None) -> bool:
    """It went out, as far as its line is concerned, and a provider has called the line one without texts since."""
    return phone is not None and facts.then is not None and phone.line_type_origin in _BY_PROVIDERS


def _stored_wrong(
    facts: Facts, kind: str, able: str, evidence: tuple[Evidence, ...], phone: PhoneFact | None
) -> Finding:
    number = facts.row.number
    now = _named(phone.line_type) if phone else ""
    source = _source(facts, phone) if phone else ""
    says = f"{number} was stored as {_named(kind)} when this was decided, and is {now}: {source}."
    text = (
        "A tenant admin adds a mobile number of theirs, and keeps this one for calls. No text goes to it any more; if "
        "it gets SMS after all, correct the line."
    )
    return found(
        Code.STORED_AS_ANOTHER,
        Verdict.NOTABLE,
        says,
        evidence=evidence,
        remedy=at_number(text, facts=facts, phone=phone, label="Correct the line"),
        then=f"{plain_word(kind)}, {able}",
        now=f"{plain_word(phone.line_type)}, {_able(facts, phone)}" if phone else "",
    )


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


def _source_then(facts: Facts, phone: PhoneFact | None, kind: str) -> str:
    """Whence the type was known then; empty where what stands now was said later, or is another type."""
    if phone is None or phone.line_type != kind:
        return ""
    decided_at = facts.then.at if facts.then else None
    is_later = decided_at is not None and phone.line_type_at is not None and phone.line_type_at > decided_at
    return "" if is_later else _source(facts, phone)


def _source(facts: Facts, phone: PhoneFact) -> str:
    """Whence the type that stands now is known, and when; empty where nobody said it or no date was kept."""
    at = f" at {clock(phone.line_type_at, facts=facts)}" if phone.line_type_at else ""
    if phone.line_type_origin == "fault":
        return f"learned from {phone.line_type_said}{at}"
    if phone.line_type_origin == "lookup":
        return f"looked up{at}, and the provider says {phone.line_type_said}"
    by = {"admin": "entered by an admin", "member": "given by the member", "import": "imported"}
    return f"{by.get(phone.line_type_origin, plain_word(phone.line_type_origin))}{at}" if at else ""


def _evidence(facts: Facts, kind: str, able: str, phone: PhoneFact | None) -> tuple[Evidence, ...]:
    ref = phone.public_id if phone else ""
    shown = [
        Evidence("Line type", plain_word(kind), None, "phone", ref),
        Evidence("Can get this channel", able, None, "phone", ref),
    ]
    if phone is None:
        return tuple(shown)
    if source := _source(facts, phone):
        shown.append(Evidence(f"Now {plain_word(phone.line_type)}", source, phone.line_type_at, "phone", ref))
    if phone.looked_up_at is not None and phone.line_type_origin not in _BY_PROVIDERS and phone.line_type_said:
        shown.append(Evidence("Looked up", phone.line_type_said, phone.looked_up_at, "phone", ref))
    return tuple(shown)


def _named(kind: str) -> str:
    return {"voip": "a VoIP line", "toll_free": "a toll-free line", "unknown": "a line of unknown kind"}.get(
        kind, f"a {plain_word(kind)}"
    )
