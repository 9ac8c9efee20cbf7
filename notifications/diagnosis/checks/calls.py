"""How a call ended and what that proves; how the calls of the same calling number end; and where to try it again.

A call that nobody answered is explained by its code where the receipts are (PROVIDER-3): here stands what it points at.
"""

from notifications.core.receipts import is_machine
from notifications.core.spoken import ACKNOWLEDGE
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import AttemptFact, Facts
from notifications.diagnosis.facts_calls import CallerFact, LastCallFact
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.links import at_test_call
from notifications.diagnosis.words import clock, provider_name

S = NotificationStatus

_ANSWERED = frozenset({"in-progress", "completed"})
_UNANSWERED = frozenset({"busy", "no-answer", "failed", "canceled"})
#: Fewer than this say nothing about the calling number.
_ENOUGH = 3
_FLAGGED = frozenset({403, 603, 607, 608})
_PARTIES = {
    "human": "a person",
    "unknown": "somebody or something that could not be told from a person",
    "fax": "a fax",
}


def calls(facts: Facts) -> tuple[Finding, ...]:
    """Nothing of rows that go another way."""
    if facts.row.channel is not Channel.VOICE:
        return ()
    return (*_ended(facts), *_callers(facts), *_test_calling(facts))


def _ended(facts: Facts) -> tuple[Finding, ...]:
    last = facts.last_attempt
    if last is None or last.word not in _ANSWERED | _UNANSWERED:
        return ()
    evidence = (
        Evidence("How it ended", said(last.word, last.sip_code, last.answered_by), None, "attempt", last.public_id),
        Evidence(
            "Seconds", "not known" if last.seconds is None else str(last.seconds), None, "attempt", last.public_id
        ),
        Evidence("Keys pressed", last.keys or "none", None, "attempt", last.public_id),
    )
    then = said(last.word, last.sip_code, last.answered_by)
    now = _now(facts)
    if last.word == "failed" and last.answered_by:
        return (_mute(last, evidence, now),)
    if last.word in _UNANSWERED:
        says = (
            f"The portal placed the call and {provider_name(last)} took it; it ended at the number or its carrier, "
            f"{then}. That points at the number, the phone or the carrier, and not at the portal. A setting or a "
            "service that lets only known callers through (silenced unknown callers, call screening, a filter for "
            "mobile callers alone) looks just like this."
        )
        remedy = Remedy(
            "See what its code says below the receipts, and try another of the member's channels. Ask the person to "
            "save the calling number among their contacts and to take it off any filter of unknown callers.",
            Who.PERSON,
        )
        return (
            found(Code.CALL_UNANSWERED, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy, then=then, now=now),
        )
    if is_machine(last.answered_by):
        says = (
            "Voicemail answered, and a short message was left on it. A message there is no acknowledgement, so the "
            "escalation went on."
        )
        remedy = Remedy("Ask the person to take calls from this number, or to answer by SMS or the link.", Who.PERSON)
        return (found(Code.VOICEMAIL, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy, then=then, now=now),)
    return (_answered(facts, last, evidence, now),)


def _mute(last: AttemptFact, evidence: tuple[Evidence, ...], now: str) -> Finding:
    """Azure reads texts aloud through a service that may be missing, wrong or out of its quota."""
    then = said(last.word, last.sip_code, last.answered_by)
    says = (
        f"Somebody answered, and {provider_name(last)} could not say anything to them. That points at the account at "
        "the provider, and not at the number."
    )
    remedy = Remedy(
        "A platform admin looks at the account's speech endpoint, and at the link between the two at the provider; the "
        "code below the receipts says which of them failed.",
        Who.PLATFORM_ADMIN,
    )
    return found(Code.CALL_ANSWERED, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy, then=then, now=now)


def _answered(facts: Facts, last: AttemptFact, evidence: tuple[Evidence, ...], now: str) -> Finding:
    then = said(last.word, last.sip_code, last.answered_by)
    who = _PARTIES.get(last.answered_by, "somebody")
    if facts.row.status is S.ACKNOWLEDGED or _proved_by_test(facts, last):
        says = f"The call was answered by {who}, who pressed {last.keys or 'no key'}."
        return found(Code.CALL_ANSWERED, Verdict.CLEAR, says, evidence=evidence, then=then, now=now)
    pressed = (
        f"the keys {', '.join(last.keys)}" if len(last.keys) > 1 else f"key {last.keys}" if last.keys else "no key"
    )
    were = "were" if len(last.keys) > 1 else "was"
    says = (
        f"The call was answered by {who}, and {pressed} {were} pressed. That somebody listened is not proved: only a "
        "pressed 1 proves it."
    )
    remedy = Remedy("Ask the person whether they heard it, and whether their keypad works in a call.", Who.PERSON)
    return found(Code.CALL_ANSWERED, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy, then=then, now=now)


def _callers(facts: Facts) -> tuple[Finding, ...]:
    last, known = facts.last_attempt, facts.calls
    if known is None or not known.callers:
        return ()
    evidence = tuple(Evidence(one.address, _counted(one), None, "sender") for one in known.callers)
    own = next((one for one in known.callers if last is not None and one.address == last.sender_address), None)
    own = own or known.callers[0]
    says = f"Calls from {own.address} in the last 7 days: {_counted(own)}."
    flagged = last is not None and last.sip_code in _FLAGGED
    if not flagged and (own.unanswered < _ENOUGH or own.unanswered * 2 < own.placed):
        return (found(Code.CALLER_NUMBER, Verdict.CLEAR, says, evidence=evidence),)
    says += " A carrier that takes this caller for spam drops its calls before they ring."
    remedy = Remedy(
        "A platform admin checks the calling number's reputation with the provider (Voice Integrity, SHAKEN/STIR), and "
        "uses another calling number or SMS until it is cleared.",
        Who.PLATFORM_ADMIN,
    )
    return (found(Code.CALLER_NUMBER, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy),)


def _test_calling(facts: Facts) -> tuple[Finding, ...]:
    if facts.calls is None or facts.member is None:
        return ()
    shown = (Evidence("Test Calling", "in the plan" if facts.calls.test_calling else "not in the plan", None, "plan"),)
    if not facts.calls.test_calling:
        says = "A test call would show whether the number takes calls; the tenant's plan does not have Test Calling."
        remedy = Remedy(
            "Ask a platform admin for a plan with Test Calling, or call the person by hand.", Who.TENANT_ADMIN
        )
        return (found(Code.TEST_CALLING, Verdict.UNKNOWN, says, evidence=shown, remedy=remedy),)
    last = facts.last_attempt
    if facts.row.status is S.ACKNOWLEDGED or (last is not None and _proved_by_test(facts, last)):
        return (
            found(Code.TEST_CALLING, Verdict.CLEAR, "No test call is needed: this one was answered.", evidence=shown),
        )
    says = "A test call shows whether the number takes calls now; one that fails points at the number or its carrier."
    remedy = at_test_call("Place a test call to this member, and look at what becomes of it.", facts=facts)
    return (found(Code.TEST_CALLING, Verdict.UNKNOWN, says, evidence=shown, remedy=remedy),)


def _proved_by_test(facts: Facts, last: AttemptFact) -> bool:
    """A test in which somebody pressed 1: the number rings, is heard, and its keys arrive."""
    return facts.row.purpose is Purpose.TEST and ACKNOWLEDGE in last.keys


def said(word: str, sip_code: int | None, answered_by: str) -> str:
    """How a call ended, in a few words."""
    if word in _ANSWERED:
        return "voicemail answered" if is_machine(answered_by) else "answered"
    words = {"no-answer": "nobody answered", "busy": "busy", "failed": "failed", "canceled": "canceled"}
    return words.get(word, word or "nothing known") + (f" (SIP {sip_code})" if sip_code else "")


def _now(facts: Facts) -> str:
    last: LastCallFact | None = facts.calls.last if facts.calls else None
    if last is None:
        return ""
    if last.row_ref == facts.row.public_id:
        return "no call to this number since"
    return f"{said(last.word, last.sip_code, last.answered_by)} at {clock(last.at, facts=facts)} ({last.row_ref})"


def _counted(one: CallerFact) -> str:
    return (
        f"{one.placed} placed, {one.unanswered} not answered ({one.failed} failed, {one.busy} busy), "
        f"{one.at_once} ended after 0 seconds"
    )
