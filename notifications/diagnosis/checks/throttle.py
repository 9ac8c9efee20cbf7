"""How often the phone was tried and the sender used of late, against the most that each bears: then, beside now."""

from notifications.core.gate_facts import GateFacts
from notifications.core.limit_facts import PaceFact
from notifications.core.reasons import Reason
from notifications.core.states import Channel, NotificationStatus
from notifications.core.throttle_gates import THROTTLED_PURPOSES, within
from notifications.diagnosis.basis import Basis, facts_then, gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.links import at_senders
from notifications.diagnosis.words import clock

_OF_PHONE = (Reason.PHONE_TEXTS, Reason.PHONE_CALLS)
_OF_SENDER = (Reason.CALLER, Reason.SENDER_TEXTS)


def throttle(facts: Facts) -> tuple[Finding, ...]:
    """One finding where a limit held it, about which limit and until when; else that there was room."""
    if facts.row.channel is Channel.EMAIL or facts.row.purpose not in THROTTLED_PURPOSES:
        says = "Only pages, direct messages and tests by SMS and voice wait for room; this was another message."
        return (found(Code.ROOM, Verdict.NOT_APPLICABLE, says),)
    seen = view(facts, *_OF_PHONE, *_OF_SENDER)
    ruled = facts_then(facts, seen)
    if seen.reason is None:
        return (_room(facts, ruled),)
    shown = facts.now if seen.basis in (Basis.WAITING, Basis.ONLY_NOW) else ruled
    of_sender = seen.reason in _OF_SENDER
    pace = _pace(shown, of_sender=of_sender)
    says = f"{seen.reason.says.rstrip('.')}{f': {_told(facts, pace, of_sender=of_sender)}' if pace else ''}."
    return gate_finding(
        facts,
        seen,
        says=says,
        remedy=_remedy(facts, seen.reason),
        evidence=_evidence(facts, ruled),
        then=_word(_pace(ruled, of_sender=of_sender)),
        now=_word(_pace(facts.now, of_sender=of_sender)),
    )


def _room(facts: Facts, ruled: GateFacts | None) -> Finding:
    if ruled is None:
        return found(Code.ROOM, Verdict.UNKNOWN, "How often the phone and the sender were used then was not stored.")
    paces = [
        _told(facts, pace, of_sender=of_sender)
        for of_sender in (False, True)
        if (pace := _pace(ruled, of_sender=of_sender)) is not None
    ]
    if not paces:
        return found(Code.ROOM, Verdict.CLEAR, "No limit held for its phone and its sender.")
    return found(Code.ROOM, Verdict.CLEAR, f"There was room: {'; '.join(paces)}.", evidence=_evidence(facts, ruled))


def _pace(ruled: GateFacts | None, *, of_sender: bool) -> PaceFact | None:
    if ruled is None:
        return None
    return ruled.sender_pace if of_sender else ruled.phone_pace


def _told(facts: Facts, pace: PaceFact, *, of_sender: bool) -> str:
    what = "calls" if facts.row.channel is Channel.VOICE else "texts"
    return (
        f"{pace.taken} {what} {'from this sender' if of_sender else 'to this phone'} in {within(pace)}, of {pace.limit}"
    )


def _remedy(facts: Facts, reason: Reason) -> Remedy:
    when = f" at {clock(facts.row.due_at, facts=facts)}" if facts.row.status is NotificationStatus.HELD else ""
    goes = f"It goes by itself{when}, when there is room again, if it is still valid then."
    if facts.row.status is NotificationStatus.EXPIRED:
        goes = "Its validity ran out before there was room: fire the flow again if it still matters."
    if reason in _OF_SENDER:
        return at_senders(
            f"{goes} A further sender adds room, or a higher limit of this one where its carrier bears it."
        )
    return Remedy(f"{goes} Reach the person another way if it cannot wait.", Who.NOBODY)


def _evidence(facts: Facts, ruled: GateFacts | None) -> tuple[Evidence, ...]:
    told: tuple[Evidence, ...] = ()
    for label, of_sender in (("Phone", False), ("Sender", True)):
        for when, source in (("then", ruled if facts.then else None), ("now", facts.now)):
            if (pace := _pace(source, of_sender=of_sender)) is not None:
                frees = f", room again {clock(pace.frees_at, facts=facts)}" if pace.is_full and pace.frees_at else ""
                at = facts.then.at if when == "then" and facts.then else facts.asked_at
                told += (Evidence(f"{label} {when}", f"{_told(facts, pace, of_sender=of_sender)}{frees}", at),)
    return told


def _word(pace: PaceFact | None) -> str:
    if pace is None:
        return "not known"
    return f"{pace.taken} of {pace.limit}"
