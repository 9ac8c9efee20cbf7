"""Which sender each of a batch of messages would leave from, and why others before it were passed over.

One query over the breakers for the whole batch, one more only where a message comes back from a fault, and one where a
sender has a limit of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notifications.core.breaker import Stand
from notifications.core.dispatch_reasons import FAILED_AT_PROVIDER, DispatchReason
from notifications.core.faults import fault
from notifications.core.limit_facts import PaceFact
from notifications.core.routing import RouteFact, route
from notifications.core.states import Channel
from notifications.core.throttle_gates import THROTTLED_PURPOSES
from notifications.models import Attempt, Notification, Sender
from notifications.queries.breakers import breaker_stands
from notifications.queries.facts_throttle import Gone, Use, sender_paces
from notifications.queries.senders import candidates_for

Taken = tuple[Sender | None, RouteFact | None, tuple[Sender, ...]]
_NONE: Taken = (None, None, ())


@dataclass(frozen=True, slots=True)
class Routes:
    """What was read for a batch; rows that stand alike share one answer."""

    senders: Sequence[Sender]
    stands: Mapping[tuple[str, str], Stand]
    failed_at: Mapping[int, str]
    paces: Mapping[Use, PaceFact]
    now: datetime
    _known: dict[tuple[int, str, int | None, str | None, bool], Taken] = field(default_factory=dict)

    def of(self, row: Notification) -> Taken:
        """The sender of a message, its route, and the senders up to that one, whose opt-out lists count."""
        if row.channel == Channel.EMAIL.value:
            return _NONE
        key = (row.tenant_id, row.channel, row.reply_from_id, self.failed_at.get(row.pk), _waits_for_room(row))
        if key not in self._known:
            self._known[key] = self._taken(row, failed_at=key[3])
        return self._known[key]

    def pace_of(self, row: Notification, sender: Sender | None) -> PaceFact | None:
        """How often the sender was used of late, where it has a limit and the message heeds one."""
        return self.paces.get((sender.public_id, row.channel)) if sender and _waits_for_room(row) else None

    def _taken(self, row: Notification, *, failed_at: str | None) -> Taken:
        line = candidates_for(row, among=self.senders)
        if not line or row.channel not in line[0].channels:
            return (line[0], None, tuple(line)) if line else _NONE
        stands = {provider: stand for (provider, channel), stand in self.stands.items() if channel == row.channel}
        full = {ref: pace for (ref, channel), pace in self.paces.items() if channel == row.channel and pace.is_full}
        found = route(
            [(one.public_id, one.provider) for one in line],
            stands=stands,
            failed_at=failed_at,
            at=self.now,
            full={ref: pace.frees_at or self.now for ref, pace in full.items()} if _waits_for_room(row) else {},
        )
        place = next((place for place, one in enumerate(line) if one.public_id == found.chosen), 0)
        return line[place], found, tuple(line[: place + 1])


def read_routes(
    rows: Sequence[Notification], *, senders: Sequence[Sender], going: Sequence[Gone], now: datetime
) -> Routes:
    """What routes the messages of a batch may take; needs the platform's scope."""
    stands = breaker_stands() if any(row.channel != Channel.EMAIL.value for row in rows) else {}
    paces = sender_paces(rows, senders=senders, going=going, now=now)
    return Routes(senders, stands, _failed_at(rows), paces, now)


def _waits_for_room(row: Notification) -> bool:
    """Answers, codes and confirmations never wait for a sender's limit."""
    return row.purpose in THROTTLED_PURPOSES


def _failed_at(rows: Sequence[Notification]) -> dict[int, str]:
    """The provider of the last attempt of each message that surely did not leave there and may go by another."""
    back = [row.pk for row in rows if row.reason in FAILED_AT_PROVIDER]
    if not back:
        return {}
    last = Attempt.objects.filter(notification_id__in=back).order_by("notification_id", "-ordinal")
    found = last.distinct("notification_id").values_list("notification_id", "provider", "fault_code", "http_status")
    channels = {row.pk: row.channel for row in rows}
    unreached = {row.pk for row in rows if row.reason == DispatchReason.UNREACHABLE.value}
    return {
        key: provider
        for key, provider, code, status in found
        if key in unreached or fault(provider, code, channel=channels[key], http_status=status).failover_allowed
    }
