"""Whether the administrators had SMS switched on for the member: for this very number, resting on a seat of the plan.

"Was on, now is not" is told as a transition: what changed, when, by whom and through which door.
"""

from notifications.core.reasons import Reason
from notifications.core.states import Channel, Purpose
from notifications.diagnosis.basis import Basis, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts, SeatFact, TurnFact
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict
from notifications.diagnosis.links import at_member
from notifications.diagnosis.words import clock, plain_word, who_it_is

_SWITCH = (
    Reason.SMS_OFF,
    Reason.SMS_NEVER_ON,
    Reason.SMS_NUMBER_CHANGED,
    Reason.SMS_SEAT_CHANGED,
    Reason.SMS_NO_SEAT,
)
_WITHOUT = {
    Purpose.KEYWORD_REPLY: "It answered a text of theirs, which needs no switch.",
    Purpose.VERIFICATION_CODE: "It carried a code that the person asked for on their own form, which needs no switch.",
}


def switch(facts: Facts) -> tuple[Finding, ...]:
    """The switch then and now, with its last turn, its seats, and each change of the number."""
    if facts.row.channel is not Channel.SMS or facts.member is None:
        return (found(Code.SMS_ON, Verdict.NOT_APPLICABLE, "The switch is for a member's SMS alone."),)
    if facts.row.purpose in _WITHOUT:
        return (found(Code.SMS_ON, Verdict.NOT_APPLICABLE, _WITHOUT[facts.row.purpose]),)
    seen = view(facts, *_SWITCH)
    evidence = _evidence(facts)
    if seen.reason is not None:
        then = "on" if seen.basis is Basis.ONLY_NOW else _then(facts)
        now = _word(facts.now.sms_switch if facts.now else None)
        return gate_finding(
            facts,
            seen,
            says=_says(facts, seen.reason),
            remedy=_remedy(facts, seen.reason),
            evidence=evidence,
            then=then,
            now=now,
        )
    if seen.basis is Basis.UNKNOWN:
        says = "Whether SMS was switched on for the member then was not stored."
        return (found(Code.SMS_ON, Verdict.UNKNOWN, says, evidence=evidence),)
    says = f"SMS was switched on for {who_it_is(facts)} by an administrator."
    return (found(Code.SMS_ON, Verdict.CLEAR, says, evidence=evidence),)


def _says(facts: Facts, reason: Reason) -> str:
    who, turn = who_it_is(facts), _turn(facts)
    if turn is None:
        return reason.says
    told = f"at {clock(turn.at, facts=facts)}{_by(turn.by)}"
    if reason is Reason.SMS_OFF and not turn.is_on:
        return f"SMS was switched off for {who} {told}: {turn.why}."
    if reason is Reason.SMS_NUMBER_CHANGED and turn.is_on:
        return f"SMS was on for {turn.number} since {_bare(told)}; {_change(facts, turn)}."
    if reason is Reason.SMS_SEAT_CHANGED and turn.is_on:
        return f"SMS was on for {turn.number} since {_bare(told)}; {_seat(facts, turn)}."
    if reason is Reason.SMS_NO_SEAT:
        return f"{who} held no SMS seat of the tenant's plan: {_seat(facts, turn)}."
    return reason.says


def _change(facts: Facts, turn: TurnFact) -> str:
    changes = facts.member.changes if facts.member else ()
    after = next((one for one in changes if one.at > turn.at), None)
    if after is None:
        return "the number was another one than that"
    door = f" ({after.door.lower()})" if after.door else ""
    return f"the number became {after.after or 'none'} at {clock(after.at, facts=facts)}{_by(after.by)}{door}"


def _seat(facts: Facts, turn: TurnFact) -> str:
    seat = next((one for one in _seats(facts) if one.ref == turn.seat_ref), None)
    if seat is None or seat.removed_at is None:
        return "the seat was not the one that it rested on"
    why = f" ({seat.why_removed})" if seat.why_removed else ""
    return (
        f"the seat that it rested on was taken back at {clock(seat.removed_at, facts=facts)}{_by(seat.removed_by)}{why}"
    )


def _remedy(facts: Facts, reason: Reason) -> Remedy:
    seat = " Where none is free, take one back from somebody, or have the plan changed." if _needs_seat(reason) else ""
    text = f"An administrator switches SMS on, on the member's page; it is no consent and replaces none.{seat}"
    if reason is Reason.SMS_NUMBER_CHANGED:
        text += " Consent for the new number is asked for separately: it does not travel with the person."
    return at_member(text, facts=facts, label="Switch SMS on")


def _needs_seat(reason: Reason) -> bool:
    return reason in {Reason.SMS_NO_SEAT, Reason.SMS_NEVER_ON}


def _evidence(facts: Facts) -> tuple[Evidence, ...]:
    turns = facts.member.turns if facts.member else ()
    changes = facts.member.changes if facts.member else ()
    lines = [
        Evidence(
            "Switched on" if turn.is_on else "Switched off",
            f"{turn.number or 'no number'}{_by(turn.by)}: {turn.why}",
            turn.at,
            "switch",
            turn.ref,
        )
        for turn in turns
    ]
    lines += [
        Evidence(
            "Number changed",
            f"{one.before or 'none'} → {one.after or 'none'}{_by(one.by)}, {one.door.lower()}",
            one.at,
            "history",
            one.ref,
        )
        for one in changes
        if one.door
    ]
    for seat in _seats(facts):
        lines.append(Evidence("Seat given", seat.ref + _by(seat.given_by), seat.given_at, "seat", seat.ref))
        if seat.removed_at is not None:
            said = f"{seat.ref}{_by(seat.removed_by)}: {seat.why_removed or 'no reason stored'}"
            lines.append(Evidence("Seat taken back", said, seat.removed_at, "seat", seat.ref))
    return tuple(sorted(lines, key=lambda line: line.at or facts.asked_at))


def _turn(facts: Facts) -> TurnFact | None:
    """The turn that counted when the row was decided, else the newest."""
    turns = facts.member.turns if facts.member else ()
    decided_at = facts.row.ruled_at or (facts.then.at if facts.then else None) or facts.asked_at
    return next((turn for turn in reversed(turns) if turn.at <= decided_at), turns[-1] if turns else None)


def _seats(facts: Facts) -> tuple[SeatFact, ...]:
    return facts.member.seats if facts.member else ()


def _then(facts: Facts) -> str:
    held = facts.then.facts if facts.then else None
    return _word(held.sms_switch if held else None)


def _word(word: str | None) -> str:
    return plain_word(word) if word else "not known"


def _by(name: str) -> str:
    return f" by {name}" if name else ""


def _bare(told: str) -> str:
    return told.removeprefix("at ")
