"""The gate of the providers: of the senders in line, one has a provider that works. Pure like the others (gates.py)."""

from datetime import datetime, timedelta

from notifications.core.gate_facts import GateFacts
from notifications.core.gate_reading import GateReading, Opening
from notifications.core.reasons import Reason
from notifications.core.routing import PassedOver, RouteFact

#: How soon it is ruled again where nothing says when a route may be tried.
ROUTE_WAIT = timedelta(seconds=60)

_SHUT_BECAUSE = {
    PassedOver.OPEN: "{provider} fails",
    PassedOver.TRYING: "{provider} is being tried with one message",
    PassedOver.DRILL: "{provider} was taken out by hand",
}


def route(facts: GateFacts, now: datetime) -> GateReading:
    """A provider can take it; where none can, it waits until the first of them may be tried."""
    line = facts.route
    if line is None or not line.candidates:
        return GateReading("route", Opening.NOT_APPLICABLE)
    if line.chosen is not None:
        return GateReading("route", Opening.OPEN)
    by_hand = all(one.passed_over == PassedOver.DRILL for one in line.candidates)
    reason = Reason.ROUTES_DRILLED if by_hand else Reason.NO_ROUTE
    until = line.opens_at or now + ROUTE_WAIT
    return GateReading("route", Opening.HOLD, reason, until=until, says=f"{reason.says} {_why_shut(line)}".strip())


def _why_shut(line: RouteFact) -> str:
    by_provider = {one.provider: one.passed_over for one in line.candidates}
    parts = [
        _SHUT_BECAUSE[why].format(provider=provider.capitalize())
        for provider, why in by_provider.items()
        if why in _SHUT_BECAUSE
    ]
    return f"{', '.join(parts)}." if parts else ""
