"""What nobody here can know, and only the person can look up on their phone."""

from notifications.core.states import Channel, NotificationStatus
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who

S = NotificationStatus

_ASK = (
    ("Signal", "Did the phone have signal, and was it switched on at that time?"),
    ("Do Not Disturb", "Was Do Not Disturb, a focus mode or a sleep schedule on?"),
    ("Blocked", "Is the sender's number blocked on the phone, or filed under unknown senders or spam?"),
    ("Inbox", "Is the phone's message store full?"),
    ("The right phone", "Is the number shown above the phone in their hand, and not an old or a second one?"),
)


def handset(facts: Facts) -> tuple[Finding, ...]:
    """The questions, once a provider took it and nothing says that it failed."""
    gone = facts.row.status in {S.SENT, S.DELIVERED, S.UNCONFIRMED} and not attempt_failed(facts.last_attempt)
    if not gone or facts.row.channel is Channel.EMAIL:
        return (found(Code.HANDSET, Verdict.NOT_APPLICABLE, "The phone was not yet to be asked about."),)
    says = "What happened on the phone itself cannot be seen from here."
    evidence = tuple(Evidence(name, question, None, "person") for name, question in _ASK)
    asked = " ".join(question for _, question in _ASK)
    remedy = Remedy(f"Ask the person: {asked}", Who.PERSON)
    return (found(Code.HANDSET, Verdict.UNKNOWN, says, evidence=evidence, remedy=remedy),)
