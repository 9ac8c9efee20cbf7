"""Whether the person had agreed: never, declined, withdrawn here, opted out everywhere; each has its own way back.

It names no other tenant: of an opt-out that was heard elsewhere it knows the date and the door alone.
"""

from datetime import datetime

from notifications.core.gate_facts import GateFacts
from notifications.core.reasons import Reason
from notifications.core.states import Channel, Purpose
from notifications.diagnosis.basis import Basis, GateView, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.crossed import crossed
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.links import at_invites, at_member
from notifications.diagnosis.words import channel_name, clock, plain_word, who_it_is

_OWN = (Reason.NEVER_CONSENTED, Reason.OPTED_OUT, Reason.DECLINED, Reason.STALE, Reason.NOT_PROVED)
_DOORS = {
    "handset": "texted from the handset",
    "keypress": "a key pressed during a call",
    "provider": "reported by a provider",
    "support": "recorded by support",
}


def consent(facts: Facts) -> tuple[Finding, ...]:
    """The suppression of the number first, then the person's own word in this tenant; else what it rested on."""
    if facts.row.channel is Channel.EMAIL:
        return (found(Code.CONSENT_STOOD, Verdict.NOT_APPLICABLE, "E-mail needed no consent to SMS or calls."),)
    if facts.row.purpose is Purpose.KEYWORD_REPLY:
        return (
            found(Code.CONSENT_STOOD, Verdict.NOT_APPLICABLE, "It answered a text of theirs, which needs no consent."),
        )
    platform, own = view(facts, Reason.SUPPRESSED), view(facts, *_OWN)
    findings = (*_suppressed(facts, platform), *_withheld(facts, own))
    if any(seen.basis in {Basis.DECIDED, Basis.ALSO_THEN, Basis.WAITING} for seen in (platform, own)):
        return findings
    return (_stood(facts, own), *findings)


def _suppressed(facts: Facts, seen: GateView) -> tuple[Finding, ...]:
    if seen.reason is None:
        return ()
    since, source = _suppression(facts, seen)
    start_to = facts.consent.start_to
    when = f" at {clock(since, facts=facts)}" if since else ""
    door = f" ({_DOORS.get(source, plain_word(source))})" if source else ""
    says = f"The number {facts.row.number or 'of this row'} opted out of every message on this platform{when}{door}."
    if seen.basis is Basis.ONLY_NOW:
        says += crossed(facts, stopped_at=since)
    to = f"to {start_to}" if start_to else "to the number that our messages come from"
    text = f"The person texts START {to} from that very phone; nobody can do it for them."
    evidence = [Evidence("Opted out, platform-wide", door.strip(" ()") or "yes", since, "suppression"), *_ledger(facts)]
    if start_to:
        evidence.insert(1, Evidence("START goes to", start_to, None, "sender"))
    still = "opted out" if facts.consent.suppressed_since else "not opted out"
    return gate_finding(
        facts,
        seen,
        says=says,
        remedy=Remedy(text, Who.PERSON),
        evidence=tuple(evidence),
        then="not opted out" if seen.basis is Basis.ONLY_NOW else "opted out",
        now=still,
    )


def _withheld(facts: Facts, seen: GateView) -> tuple[Finding, ...]:
    if seen.reason is None:
        return ()
    says, remedy = _advice(facts, seen.reason, _since(facts, seen))
    if seen.basis is Basis.ONLY_NOW and seen.reason in (Reason.OPTED_OUT, Reason.STALE):
        says += crossed(facts, stopped_at=_since(facts, seen))
    return gate_finding(
        facts,
        seen,
        says=says,
        remedy=remedy,
        evidence=_ledger(facts),
        then="consent stood" if seen.basis is Basis.ONLY_NOW else _state(_then(facts)),
        now=_state(facts.now),
    )


def _advice(facts: Facts, reason: Reason, since: datetime | None) -> tuple[str, Remedy]:
    who, channel = who_it_is(facts), channel_name(facts)
    when = f" at {clock(since, facts=facts)}" if since else ""
    if reason is Reason.NEVER_CONSENTED:
        text = f"A tenant admin invites them, so that they tick the {channel} box themselves; nobody ticks it for them."
        return f"{who} never agreed to {channel} at this number, which is not the same as opting out.", at_invites(text)
    if reason is Reason.DECLINED:
        text = (
            f"Use another channel. If they change their mind, they agree to {channel} on their own page; do not ask "
            "them again and again."
        )
        return f"{who} was asked{when} and left the {channel} box unticked.", at_member(
            text, facts=facts, who=Who.PERSON
        )
    if reason is Reason.STALE:
        text = "The person agrees anew for this number on their own page: consent does not travel to another number."
        says = f"The consent was given for this number before it changed hands or lost its proof{when}."
        return says, at_member(text, facts=facts, who=Who.PERSON)
    if reason is Reason.NOT_PROVED:
        text = (
            "The person enters the code on their own page, or has a new one sent; where the number is suppressed, "
            "they text the code that the page shows. Nobody can prove it for them."
        )
        says = f"{who} ticked the {channel} box{when}, and the number was not yet proved to be theirs."
        return says, at_member(text, facts=facts, who=Who.PERSON)
    text = (
        "Only the person can agree again: on their own page, or by a recorded re-consent of their own that a second "
        "person approves. A manual switch is not allowed."
    )
    return f"{who} withdrew their consent to {channel} in this tenant{when}.", at_member(
        text, facts=facts, who=Who.PERSON
    )


def _stood(facts: Facts, own: GateView) -> Finding:
    then = _then(facts)
    if then is None or own.basis is Basis.UNKNOWN:
        says = "Whether consent stood when it was handed over was not stored with it."
        return found(Code.CONSENT_STOOD, Verdict.UNKNOWN, says, evidence=_ledger(facts))
    word = then.standing
    if facts.row.purpose is Purpose.VERIFICATION_CODE and word.state != "opted_in":
        says = "It carried a code that the person asked for on the form on which they consent, which needs no consent."
        return found(Code.CONSENT_STOOD, Verdict.NOT_APPLICABLE, says, evidence=_ledger(facts))
    if word.state != "opted_in":
        says = f"The stored facts say {plain_word(word.state)}, and it was handed over all the same."
        return found(Code.CONSENT_STOOD, Verdict.UNKNOWN, says, evidence=_ledger(facts))
    since = f" since {clock(word.since, facts=facts)}" if word.since else ""
    says = f"{who_it_is(facts)} had agreed to {channel_name(facts)} at this number{since}."
    rests = Evidence("Rests on", word.source or "the ledger", word.since, "ledger", word.event_ref or "")
    return found(Code.CONSENT_STOOD, Verdict.CLEAR, says, evidence=(rests, *_ledger(facts)))


def _then(facts: Facts) -> GateFacts | None:
    if facts.then is not None:
        return facts.then.facts
    return facts.now if not facts.attempts and facts.row.status.is_open else None


def _suppression(facts: Facts, seen: GateView) -> tuple[datetime | None, str]:
    held = facts.now if seen.basis is Basis.ONLY_NOW else _then(facts)
    if held is not None and held.suppressed_since is not None:
        return held.suppressed_since, held.suppression_source or ""
    return facts.consent.suppressed_since, facts.consent.suppression_source or ""


def _since(facts: Facts, seen: GateView) -> datetime | None:
    held = facts.now if seen.basis is Basis.ONLY_NOW else _then(facts)
    return held.standing.since if held else None


def _state(held: GateFacts | None) -> str:
    if held is None:
        return "not known"
    return (
        "suppressed" if held.suppressed_since and held.standing.state != "opted_in" else plain_word(held.standing.state)
    )


def _ledger(facts: Facts) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            f"{plain_word(line.act).capitalize()} {line.channel}",
            f"{line.source}, {line.method}" + (", platform-wide" if line.reach == "platform" else ""),
            line.effective_at,
            "ledger",
            line.ref,
        )
        for line in facts.consent.lines
    )
