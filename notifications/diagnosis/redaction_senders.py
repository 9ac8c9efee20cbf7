"""What readers may not see of senders: where an account that is not theirs points. A part of redaction.py."""

from dataclasses import replace

from notifications.core.sender_state import without_addresses
from notifications.diagnosis.facts import SenderFact


def without_foreign_addresses(senders: tuple[SenderFact, ...], *, shared_alone: bool) -> tuple[SenderFact, ...]:
    """The senders with no address but our own; with `shared_alone` a tenant's own senders stay as they are."""
    return tuple(_hidden(one) if one.shared or not shared_alone else one for one in senders)


def _hidden(sender: SenderFact) -> SenderFact:
    state = sender.state
    if state is None or state.seen is None:
        return sender
    return replace(sender, state=replace(state, seen=without_addresses(state.seen, wanted=state.wanted)))
