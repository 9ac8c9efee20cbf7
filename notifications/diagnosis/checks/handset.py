"""What nobody here can know, and only the person can look up on their phone; after what the status claims.

Sent and Delivered claim different things: after Sent the carrier is still in question, after Delivered the phone alone.
"""

from notifications.core.states import Channel, NotificationStatus
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.words import provider_name

S = NotificationStatus

_Ask = tuple[tuple[str, str], ...]
_SIGNAL = ("Signal", "Did the phone have signal, and was it switched on at that time?")
_CARRIER: _Ask = (
    ("Roaming", "Was the phone abroad or on another carrier's network?"),
    ("Carrier", "Do texts from other companies arrive, and was the number moved to another carrier lately?"),
)
_PHONE: _Ask = (
    _SIGNAL,
    ("Do Not Disturb", "Was Do Not Disturb, a focus mode or a sleep schedule on?"),
    (
        "Blocked",
        "Is the sender's number blocked, or does the phone file texts of unknown senders or spam in another folder?",
    ),
    ("Inbox", "Is the phone's message store full?"),
    ("The right phone", "Is the number shown above the phone in their hand, and not an old or a second one?"),
)
_CALL: _Ask = (
    _SIGNAL,
    ("Do Not Disturb", "Was Do Not Disturb, a focus mode or a sleep schedule on?"),
    (
        "Unknown callers",
        "Does the phone or a service on it silence or screen callers who are not among its contacts?",
    ),
    ("Forwarded", "Are calls forwarded to another phone or to voicemail?"),
    ("The right phone", "Is the number shown above the phone in their hand, and not an old or a second one?"),
)


def handset(facts: Facts) -> tuple[Finding, ...]:
    """The questions, once a provider took it and nothing says that it failed."""
    gone = facts.row.status in {S.SENT, S.DELIVERED, S.UNCONFIRMED} and not attempt_failed(facts.last_attempt)
    if not gone or facts.row.channel is Channel.EMAIL:
        return (found(Code.HANDSET, Verdict.NOT_APPLICABLE, "The phone was not yet to be asked about."),)
    questions = _questions(facts)
    evidence = tuple(Evidence(name, question, None, "person") for name, question in questions)
    asked = " ".join(question for _, question in questions)
    remedy = Remedy(f"Ask the person: {asked}", Who.PERSON)
    return (found(Code.HANDSET, Verdict.UNKNOWN, _claims(facts), evidence=evidence, remedy=remedy),)


def _questions(facts: Facts) -> _Ask:
    if facts.row.channel is Channel.VOICE:
        return _CALL
    return _PHONE if facts.row.status is S.DELIVERED else (*_CARRIER, *_PHONE)


def _claims(facts: Facts) -> str:
    unseen = "What happened on the phone itself cannot be seen from here."
    if facts.row.channel is Channel.VOICE:
        return unseen
    if facts.row.status is S.DELIVERED:
        return (
            "Delivered claims that the carrier's receipt says it arrived, and not that anybody saw it; some carriers "
            f"say so once their own network has it. What is left is the phone. {unseen}"
        )
    if facts.row.status is S.SENT:
        return (
            f"Sent claims that {provider_name(facts.last_attempt)} took it, and nothing about the phone: no receipt of "
            f"the carrier says that it arrived. The carrier and the phone are both in question. {unseen}"
        )
    return unseen
