"""Whether there was a number, whether it could be paged as written, whether it changed, and whose it may be."""

from imes.kernel.phone_defects import PhoneDefect
from notifications.core.reasons import Reason
from notifications.core.states import Channel
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.recent_change import recent_change
from notifications.diagnosis.facts import Facts, PhoneFact, ReadingFact
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.links import at_member
from notifications.diagnosis.words import channel_name, clock, listed, who_it_is


def number(facts: Facts) -> tuple[Finding, ...]:
    """Missing, defective, changed since, and the number that must be confirmed with the person."""
    if facts.row.channel is Channel.EMAIL:
        return _address(facts)
    return (*_missing(facts), *_defects(facts), *_changed(facts), *recent_change(facts), *_confirm(facts))


def primary(facts: Facts) -> PhoneFact | None:
    """The phone to which the channel goes now."""
    if facts.member is None:
        return None
    voice = facts.row.channel is Channel.VOICE
    return next((one for one in facts.member.phones if (one.takes_calls if voice else one.takes_sms)), None)


def _address(facts: Facts) -> tuple[Finding, ...]:
    seen = view(facts, Reason.ADDRESS_MISSING)
    text = "A tenant admin adds an e-mail address on the member's form, or pages them over another channel."
    return gate_finding(
        facts,
        seen,
        says=f"{who_it_is(facts)} had no e-mail address.",
        remedy=at_member(text, facts=facts, label="Add an address"),
        then="no address",
        now="none yet" if seen.basis is not Basis.OPEN and not seen.mended else "an address",
    )


def _missing(facts: Facts) -> tuple[Finding, ...]:
    seen = view(facts, Reason.NUMBER_MISSING)
    if seen.reason is None:
        return ()
    channel, phones = channel_name(facts), facts.member.phones if facts.member else ()
    held = "none"
    says = f"{who_it_is(facts)} had no phone number for {channel}."
    if phones and primary(facts) is None:
        held = listed(tuple(one.number for one in phones))
        says = f"{who_it_is(facts)} had no phone number for {channel}: of the phones stored, none is marked for it."
    text = f"A tenant admin adds a number with + and country code, and marks it as the one for {channel}."
    current = primary(facts)
    return gate_finding(
        facts,
        seen,
        says=says,
        remedy=at_member(text, facts=facts, label="Add a number"),
        evidence=(
            Evidence("Number on the row", facts.row.number or "none", facts.row.created_at, "row"),
            Evidence("Phones of the member now", held, None, "member"),
        ),
        then=facts.row.number or "no number",
        now=current.number if current else "no number",
    )


def _defects(facts: Facts) -> tuple[Finding, ...]:
    then, now = facts.reading_then, facts.reading_now
    seen = view(facts, Reason.NUMBER_DEFECT)
    reading = then if seen.basis is not Basis.ONLY_NOW else (now or then)
    if seen.reason is not None and reading is not None:
        return gate_finding(
            facts,
            seen,
            says=f"The number {reading.number} could not be paged as it was written: {_named(reading)}.",
            remedy=at_member(_advice(reading), facts=facts, label="Correct the number"),
            evidence=_defect_evidence(reading),
            then=then.number if then else "",
            now=now.number if now else "",
        )
    if then is None:
        return ()
    if then.defects and PhoneDefect.MISSING.value not in then.defects:
        says = f"The number {then.number} was handed over, although it has defects: {_named(then)}."
        remedy = at_member(_advice(then), facts=facts, label="Correct the number")
        return (found(Code.NUMBER_DEFECT, Verdict.NOTABLE, says, evidence=_defect_evidence(then), remedy=remedy),)
    if then.defects:
        return ()
    says = f"The number {then.number} was written as it must be: +, country code and digits, without extension."
    return (found(Code.NUMBER_DEFECT, Verdict.CLEAR, says, evidence=(_exact(then.number),)),)


def _changed(facts: Facts) -> tuple[Finding, ...]:
    current = primary(facts)
    if not facts.row.number or current is None or current.number == facts.row.number:
        return ()
    changes = facts.member.changes if facts.member else ()
    change = next((one for one in reversed(changes) if one.after == current.number), None)
    when = f" at {clock(change.at, facts=facts)}" if change else ", at a time that was not stored"
    when += f" ({change.door.lower()})" if change and change.door else ""
    says = f"The number was {facts.row.number} for this message and became {current.number}{when}."
    text = "Confirm with the person which number is theirs; consent counts per number and does not travel with it."
    evidence = tuple(
        Evidence("Changed", f"{one.before or 'none'} → {one.after or 'none'}", one.at, "history", one.ref)
        for one in changes
    )
    remedy = at_member(text, facts=facts)
    return (
        found(
            Code.NUMBER_CHANGED,
            Verdict.NOTABLE,
            says,
            evidence=evidence,
            remedy=remedy,
            then=facts.row.number,
            now=current.number,
        ),
    )


def _confirm(facts: Facts) -> tuple[Finding, ...]:
    if not facts.row.number:
        return ()
    says = (
        f"It was addressed to {facts.row.number}; that this is {who_it_is(facts)}'s phone cannot be proved from here."
        if facts.member
        else f"It was addressed to {facts.row.number}, which belongs to no member on this row."
    )
    remedy = at_member(f"Confirm with the person that {facts.row.number} is their number.", facts=facts)
    evidence: tuple[Evidence, ...] = (_exact(facts.row.number),)
    phone = next((one for one in facts.member.phones if one.number == facts.row.number), None) if facts.member else None
    if phone and phone.proved_at:
        shown = clock(phone.proved_at, facts=facts)
        evidence += (Evidence("Proved to be theirs", shown, phone.proved_at, "phone", phone.public_id),)
    return (found(Code.NUMBER_CONFIRM, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy),)


def _named(reading: ReadingFact) -> str:
    words = tuple(_words(defect)[0].rstrip(".") for defect in reading.defects)
    return "; ".join(word[:1].lower() + word[1:] for word in words) or "what is wrong was not stored"


def _advice(reading: ReadingFact) -> str:
    if reading.suggestion:
        return f"A tenant admin corrects the number; {reading.suggestion} is what it seems to mean. Confirm it first."
    advice = dict.fromkeys(_words(defect)[1] for defect in reading.defects)
    return " ".join(advice) or "A tenant admin corrects the number on the member's form."


def _defect_evidence(reading: ReadingFact) -> tuple[Evidence, ...]:
    lines = (_exact(reading.number), *(Evidence("Defect", _words(one)[0], None, "number") for one in reading.defects))
    return (*lines, Evidence("Suggestion", reading.suggestion, None, "number")) if reading.suggestion else lines


def _exact(text: str) -> Evidence:
    return Evidence("Exact number", text, None, "row")


def _words(defect: str) -> tuple[str, str]:
    try:
        known = PhoneDefect(defect)
    except ValueError:
        return defect, "Compare it with the number that the person gives you."
    return known.says, known.remedy
