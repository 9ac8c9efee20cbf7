"""Turns what a provider answered into the catalogue's fault; an accepted message has none."""

from notifications.core.faults import Fault, fault, our_own_fault, unreachable_fault
from notifications.providers.base import Accepted, Answer, NeverLeft


def fault_of(answer: Answer, *, provider: str, channel: str) -> Fault | None:
    """The fault behind an answer: its kind, whether it may be retried, and whether it counts against the route."""
    if isinstance(answer, Accepted):
        return fault(provider, answer.error_code, channel=channel) if answer.error_code else None
    if isinstance(answer, NeverLeft):
        return unreachable_fault(provider) if answer.unreachable else our_own_fault(provider)
    return fault(provider, answer.code, channel=channel, http_status=answer.http_status)
