"""What it was sent from, whether anything was there to send from, and whether that sender is registered."""

from notifications.core.reasons import Reason
from notifications.core.states import Channel
from notifications.diagnosis.basis import gate_finding, view
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.registration import registration
from notifications.diagnosis.facts import Facts, SenderFact
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.links import at_senders
from notifications.diagnosis.words import PROVIDERS, channel_name, provider_name


def sender(facts: Facts) -> tuple[Finding, ...]:
    """The shut gate of the sender, the sender that took it, and its registration."""
    if facts.row.channel is Channel.EMAIL:
        return (found(Code.SENDER_USED, Verdict.NOT_APPLICABLE, "E-mail leaves without a sender's number."),)
    seen = view(facts, Reason.NO_SENDER, Reason.SENDER_LACKS_CHANNEL)
    if seen.reason is not None:
        channel = channel_name(facts)
        says = (
            f"No active sender was there for {channel}."
            if seen.reason is Reason.NO_SENDER
            else f"The sender could not send {channel}."
        )
        text = f"A platform admin activates a sender that can send {channel}, or adds one; the row then goes by itself."
        fits = tuple(one for one in facts.senders if one.active and facts.row.channel.value in one.channels)
        shown = _all(facts.senders)
        now = f"{len(fits)} active for {channel}"
        return gate_finding(
            facts, seen, says=says, remedy=at_senders(text), evidence=shown, then="none that fits", now=now
        )
    return (_used(facts), *registration(facts))


def _used(facts: Facts) -> Finding:
    last = facts.last_attempt
    if last is None:
        says = "It was not handed over, so no sender was used."
        return found(Code.SENDER_USED, Verdict.UNKNOWN, says, evidence=_all(facts.senders))
    says = f"{provider_name(last)} was asked to send it from {last.sender_address or 'a sender that was not stored'}."
    shown = Evidence(
        "Sender", f"{last.sender_address} at {provider_name(last)}", last.committed_at, "attempt", last.public_id
    )
    return found(Code.SENDER_USED, Verdict.CLEAR, says, evidence=(shown,))


def _all(senders: tuple[SenderFact, ...]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            one.address,
            f"{PROVIDERS.get(one.provider, one.provider)}, {'active' if one.active else 'not active'}, "
            f"{', '.join(one.channels)}",
            None,
            "sender",
            one.public_id,
        )
        for one in senders
    )
