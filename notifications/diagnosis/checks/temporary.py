"""Whether the recipient's own service was only away for a while: then sending later helps, and nothing is to be mended.

A carrier does not tell a phone that is off from one whose prepaid credit is used up or whose line is paused. What last
arrived at the number tells whether it ever worked.
"""

from notifications.core.faults import Fault, FaultKind
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed, fault_of
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.facts_beside import ArrivalFact
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.words import channel_name, clock

#: The carrier does not know the number: given up for good, or a line that is paused or was just moved.
_NOT_KNOWN = frozenset({("twilio", "30005"), ("azure", "4004")})
_AWAY = (
    "the phone was off or out of coverage, its prepaid credit was used up, or its line was paused; carriers do not "
    "tell which"
)
_GONE = "the carrier did not know the number then: its line was paused, moved to another carrier, or given up"


def temporary(facts: Facts) -> tuple[Finding, ...]:
    """A finding where the code is one that may pass by itself, none otherwise."""
    last = facts.last_attempt
    if last is None or not attempt_failed(last):
        return ()
    known = fault_of(last, facts=facts)
    gone = (known.provider, known.code) in _NOT_KNOWN
    if known.kind is not FaultKind.UNREACHABLE and not gone:
        return ()
    return (_finding(facts, known, gone=gone),)


def _finding(facts: Facts, known: Fault, *, gone: bool) -> Finding:
    arrived, last = facts.last_arrival, facts.last_attempt
    what = channel_name(facts) if facts.row.channel.value == "sms" else "call"
    shown = (
        Evidence("Class of the code", f"{known.label}: {'may be' if gone else 'is'} temporary", None, "catalogue"),
        Evidence(
            "Last that arrived at this number",
            f"{what}, {arrived.word}" if arrived else "none in the last year",
            arrived.at if arrived else None,
            "attempt",
            arrived.row_ref if arrived else "",
        ),
    )
    says = f"This may pass by itself: {_GONE if gone else _AWAY}."
    if arrived is None:
        says += f" No {what} of yours is known to have arrived at this number, so it may never have worked."
        text = (
            "Try again later, or another channel. If that fails too, ask the person whether the number is theirs and "
            "in service, and whether it is a mobile."
        )
        return found(Code.TEMPORARY, Verdict.NOTABLE, says, evidence=shown, remedy=Remedy(text, Who.TENANT_ADMIN))
    at = clock(arrived.at, facts=facts)
    if last is not None and arrived.at > last.committed_at:
        says += f" It did: a later {what} arrived at {at}{_named(arrived)}."
        text = "The line works again: send it again if it still matters."
        return found(Code.TEMPORARY, Verdict.NOTABLE, says, evidence=shown, remedy=Remedy(text, Who.TENANT_ADMIN))
    says += f" The last {what} that arrived at this number was that of {at}{_named(arrived)}."
    text = (
        "Retry later: send it again in an hour or so, and use another channel meanwhile. If it still fails after a "
        "day, ask the person whether the line is paid and in service."
    )
    return found(Code.TEMPORARY, Verdict.NOTABLE, says, evidence=shown, remedy=Remedy(text, Who.TENANT_ADMIN))


def _named(arrived: ArrivalFact) -> str:
    """Its public id, where the reader may know it."""
    return f" ({arrived.row_ref})" if arrived.row_ref else ""
