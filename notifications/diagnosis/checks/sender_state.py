"""What the provider itself says of the sender: whether it can carry the channel, and whether texts to it come in.

It explains no message that went out: what the provider answered does. It tells why replies are missing, and what a
sender is entered for here that it cannot do there.
"""

from notifications.core.sender_state import inbound_faults, missing_channels
from notifications.core.states import Channel
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.registration import used_sender
from notifications.diagnosis.facts import Facts, SenderFact
from notifications.diagnosis.facts_beside import SenderStateFact
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.links import at_senders
from notifications.diagnosis.words import PROVIDERS, channel_name, clock, span

#: Of a service with many numbers, so many are told.
_SHOWN = 5
_ASK = "A platform admin opens the sender and uses “Ask the provider”, which reads it and changes nothing."


def sender_state(facts: Facts) -> tuple[Finding, ...]:
    """Of the sender that took it, else of the one that would; nothing where a reader sees no senders."""
    used = used_sender(facts)
    if used is None or used.state is None or facts.row.channel.value not in used.channels:
        return ()
    texts = facts.row.channel is Channel.SMS
    return (*_capability(facts, used, used.state), *((_inbound(facts, used, used.state),) if texts else ()))


def _capability(facts: Facts, used: SenderFact, state: SenderStateFact) -> tuple[Finding, ...]:
    if state.seen is None or not state.seen.numbers:
        return ()
    channel, name = channel_name(facts), PROVIDERS.get(used.provider, used.provider)
    able = ", ".join(
        f"{one.address}: {'SMS' if one.sms else 'no SMS'}, {'voice' if one.voice else 'no voice'}"
        for one in state.seen.numbers[:_SHOWN]
    )
    shown = (
        Evidence(f"{name} says", able, state.said_at, "sender", used.public_id),
        Evidence("Entered here", ", ".join(used.channels), None, "sender", used.public_id),
    )
    if facts.row.channel.value not in missing_channels(state.seen, channels=used.channels):
        says = f"{name} says that {used.address} can do {channel}, as it is entered here."
        return (found(Code.SENDER_CAPABLE, Verdict.CLEAR, says, evidence=shown),)
    says = (
        f"{used.address} is entered here for {channel}, and {name} says that it cannot do {channel} (its console shows "
        f"no {channel} icon)."
    )
    text = f"A platform admin takes {channel} off this sender, and buys or assigns a number that can do {channel}."
    return (found(Code.SENDER_CAPABLE, Verdict.NOTABLE, says, evidence=shown, remedy=at_senders(text)),)


def _inbound(facts: Facts, used: SenderFact, state: SenderStateFact) -> Finding:
    last = clock(state.last_text_at, facts=facts) if state.last_text_at else "never"
    shown: tuple[Evidence, ...] = (
        Evidence("Last text to this sender", last, state.last_text_at, "reply", used.public_id),
    )
    if used.provider != "twilio":
        return _by_feed(facts, used, state, shown)
    if state.seen is None:
        return _unread(facts, used, state, shown)
    shown += (Evidence("Texts have to go to", state.wanted, None, "portal"),)
    read = f"as read at {clock(state.said_at, facts=facts)}" if state.said_at else "as last read"
    faults = inbound_faults(state.seen, address=used.address, wanted=state.wanted)
    if not faults:
        says = f"Texts to {used.address} are posted to this portal ({read})."
        return found(Code.INBOUND, Verdict.CLEAR, says, evidence=shown)
    shown += tuple(
        Evidence(f"At the {one.level.value}", one.says, state.said_at, "sender", used.public_id)
        for one in faults[:_SHOWN]
    )
    says = f"Replies and STOP to {used.address} do not come in ({read}): {faults[0].says}"
    text = f"A platform admin mends it at Twilio, and asks the provider again afterwards: {faults[0].remedy}"
    return found(Code.INBOUND, Verdict.NOTABLE, says, evidence=shown, remedy=at_senders(text))


def _unread(facts: Facts, used: SenderFact, state: SenderStateFact, shown: tuple[Evidence, ...]) -> Finding:
    if state.last_text_at is not None:
        ago = span(facts.asked_at - state.last_text_at)
        says = f"Texts to {used.address} come in: the last one {ago} ago."
        return found(Code.INBOUND, Verdict.CLEAR, says, evidence=shown)
    says = f"No text to {used.address} ever came in here, and where Twilio posts them was not read yet."
    return found(Code.INBOUND, Verdict.UNKNOWN, says, evidence=shown, remedy=at_senders(_ASK))


def _by_feed(facts: Facts, used: SenderFact, state: SenderStateFact, shown: tuple[Evidence, ...]) -> Finding:
    """Azure has no webhook on a number: one subscription at the resource feeds receipts and texts."""
    feed = "Texts to an Azure number come by Event Grid, from a subscription at the resource, and by no webhook of it"
    if state.last_text_at is not None:
        says = f"{feed}; the last one came {span(facts.asked_at - state.last_text_at)} ago."
        return found(Code.INBOUND, Verdict.CLEAR, says, evidence=shown)
    says = f"{feed}; none ever came to {used.address}."
    text = (
        "A platform admin compares the subscription in Azure with the address that `manage.py azure_events` prints, "
        "and sees that it carries SMSReceived."
    )
    return found(Code.INBOUND, Verdict.UNKNOWN, says, evidence=shown, remedy=Remedy(text, Who.PLATFORM_ADMIN))
