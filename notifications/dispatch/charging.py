"""What messages are charged: reserved before they go, settled or given back by what became of them.

The counters are billing's (billing/metering); which message counts, and when it never counts, is said here and in
core/charges.py.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby

from billing.operations import Taken, Want, end, reserve
from notifications.core.charges import COUNTED_CHANNELS, COUNTED_PURPOSES, ChargeWord, Try, charge_word, counts
from notifications.core.charges import taken_segments as segments_of_first
from notifications.core.gates import GateFacts
from notifications.core.states import Channel, NotificationStatus
from notifications.dispatch.opted_out import is_opt_out
from notifications.models import Notification
from notifications.queries.facts_quota import segments_of


def admitted(going: Mapping[Notification, GateFacts], *, now: datetime) -> frozenset[int]:
    """Reserve for these messages, which every gate lets go; the ids of those for which there is room.

    The last lock of the transaction: numbers, alerts, notifications, and then the quota.
    """
    counted = {row: facts for row, facts in going.items() if counts(row.purpose, row.channel)}
    free = frozenset(row.pk for row in going if row not in counted)
    return free | reserve([_want(row, facts) for row, facts in counted.items()], at=now)


def follow(notification_ids: Iterable[int], *, at: datetime) -> None:
    """Settle or give back what these messages were charged, by what is known of them now; idempotent.

    Whatever was not charged is passed by. Needs the platform's scope and the messages' locks. Once a transaction, for
    all of them: the months are locked in order.
    """
    taken: list[Taken] = []
    given_back: dict[int, str] = {}
    for key, status, tries in _read(list(notification_ids)):
        word = charge_word(status, tries, at=at)
        if word is ChargeWord.SETTLED:
            taken.append(Taken(key, segments_of_first(tries)))
        elif word is ChargeWord.RELEASED:
            given_back[key] = "opted_out" if any(one.opted_out for one in tries) else status.value
    end(taken, given_back=given_back, at=at)


def _want(row: Notification, facts: GateFacts) -> Want:
    by_voice = row.channel == Channel.VOICE
    segments = facts.quota.segments if facts.quota else segments_of(row)
    return Want(
        notification_id=row.pk,
        tenant_id=row.tenant_id,
        time_zone=row.tenant.time_zone,
        channel="voice" if by_voice else "sms",
        segments=0 if by_voice else segments,
        calls=int(by_voice),
        by_user_id=row.sent_by_id,
    )


def _read(notification_ids: list[int]) -> Iterable[tuple[int, NotificationStatus, list[Try]]]:
    """Each message that counts, with its hand-overs in order. One query."""
    rows = Notification.objects.filter(
        pk__in=notification_ids, purpose__in=list(COUNTED_PURPOSES), channel__in=list(COUNTED_CHANNELS)
    )
    names = ("outcome", "provider", "fault_code", "segments", "committed_at")
    lines = rows.order_by("pk", "attempts__ordinal").values_list(
        "pk", "status", *(f"attempts__{name}" for name in names)
    )
    for (key, status), group in groupby(lines, key=lambda line: line[:2]):
        tries = [
            Try(outcome, is_opt_out(provider, code), segments, committed_at)
            for _, _, outcome, provider, code, segments, committed_at in group
            if outcome is not None
        ]
        yield key, NotificationStatus(status), tries
