"""Pages with the same text that wait for one person at the same moment go as one, which says how many and since when.

The oldest carries the others. They end as Merged in the transaction that commits its attempt, under the same locks, and
nothing of it is written where that page does not go. A storm begins at three: two go by themselves.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.limit_facts import QuotaFact
from notifications.core.page_text import MOST_SEGMENTS, counted_text, since_in_words
from notifications.core.states import NotificationStatus, Purpose
from notifications.dispatch.ruled import Ruled, ruled
from notifications.models import Notification
from notifications.queries.facts_quota import segments_of
from notifications.queries.gate_facts import to_rule

#: Fewer than these are no storm.
STORM = 3
#: A message that was due for so long has waited, and others may wait with it.
_WAITED = timedelta(seconds=3)
#: Older pages are not looked for; nor are more than these of one text at a time: they go with the next one.
_LOOKS_BACK = timedelta(days=1)
_MOST = 500
Key = tuple[int, int, str, str, str, str]

_OTHERS = """
SELECT found.id FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS w (tenant_id, member_id, channel, number, address, body)
CROSS JOIN LATERAL (
    SELECT n.id FROM notifications_notification n
    WHERE n.tenant_id = w.tenant_id AND n.member_id = w.member_id AND n.created_at > %s
      AND n.status IN ('queued', 'held') AND (n.status = 'held' OR n.due_at <= %s) AND n.purpose = 'page'
      AND n.channel = w.channel AND n.number = w.number AND n.address = w.address AND n.body = w.body
      AND n.sent_by_id IS NULL AND n.id <> ALL(%s)
      AND NOT EXISTS (SELECT FROM notifications_attempt a WHERE a.notification_id = n.id)
    ORDER BY n.id LIMIT %s
) found
"""
# Whoever is just ruling one of them, or closing its alert, keeps it: nothing is waited for, so that the order of locks
# (numbers, alerts, messages) does not matter here.
_LOCK = """
SELECT n.id FROM notifications_notification n JOIN notifications_alert a ON a.id = n.alert_id
WHERE n.id = ANY(%s) AND n.status IN ('queued', 'held')
ORDER BY n.id FOR UPDATE OF n SKIP LOCKED FOR SHARE OF a SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A batch in which one page stands for each storm; `loads` are the pages that go inside it, by its id."""

    ruled: list[Ruled]
    loads: Mapping[int, tuple[Ruled, ...]]


def gathered(batch: Sequence[Ruled], *, now: datetime) -> Gathered:
    """Put each storm of this locked batch, and what else waits with it, into its oldest page; nothing is written yet.

    Costs nothing where nothing waited and no text comes twice; else one query, and three where others wait. Needs the
    platform's scope.
    """
    groups: defaultdict[Key, list[Ruled]] = defaultdict(list)
    for one in batch:
        if _may_merge(one):
            groups[_key(one.row)].append(one)
    stormy = [key for key, ones in groups.items() if len(ones) > 1 or _waited(ones[0].row, now=now)]
    for one in _others(stormy, besides=[one.row.pk for one in batch], now=now):
        groups[_key(one.row)].append(one)
    loads: dict[int, tuple[Ruled, ...]] = {}
    carriers: dict[int, Ruled] = {}
    for key in stormy:
        oldest, *others = sorted(groups[key], key=lambda one: one.row.pk)
        if len(others) + 1 >= STORM:
            loads[oldest.row.pk] = tuple(others)
            carriers[oldest.row.pk] = _laden(oldest, others, now=now)
    inside = {one.row.pk for load in loads.values() for one in load}
    left = [one for one in batch if one.row.pk not in inside and one.row.pk not in carriers]
    return Gathered(sorted([*left, *carriers.values()], key=lambda one: one.row.pk), loads)


def merge(found: Gathered, *, carried_by: Collection[int], ours: Collection[int], now: datetime) -> None:
    """End the pages whose carrier is committed as Merged; of the others, ours stand as the one that was to carry them.

    :param carried_by: the ids of the messages of which an attempt was just committed.
    :param ours: the ids of the batch; what was only looked at stays as it is.
    """
    going = {key: load for key, load in found.loads.items() if key in carried_by}
    carriers = [one.row for one in found.ruled if one.row.pk in going]
    _write_loads([(carrier, one) for carrier in carriers for one in going[carrier.pk]], now=now)
    _write_carriers(carriers)
    staying = ((key, one.row.pk) for key, load in found.loads.items() if key not in going for one in load)
    _stand_alike([(carrier, key) for carrier, key in staying if key in set(ours)])


def _may_merge(one: Ruled) -> bool:
    """A page of a flow that goes and was never tried; what a person sends by hand goes by itself."""
    row = one.row
    return one.goes and row.purpose == Purpose.PAGE.value and one.tries == 0 and row.sent_by_id is None


def _key(row: Notification) -> Key:
    return row.tenant_id, row.member_id or 0, row.channel, row.number, row.address, row.body


def _waited(row: Notification, *, now: datetime) -> bool:
    return row.status == NotificationStatus.HELD.value or now - row.due_at > _WAITED


def _others(keys: Sequence[Key], *, besides: list[int], now: datetime) -> Iterable[Ruled]:
    """The other pages that wait with these texts and that every gate lets go as well, locked."""
    if not keys:
        return ()
    columns = [list(column) for column in zip(*keys, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, [*columns, now - _LOOKS_BACK, now, besides, _MOST])
        waiting = [key for (key,) in cursor.fetchall()]
        if not waiting:
            return ()
        cursor.execute(_LOCK, [waiting])
        locked = [key for (key,) in cursor.fetchall()]
    # Looked at once more under the lock: another worker may have tried one of them since.
    found = list(to_rule(Notification.objects.filter(pk__in=locked, attempts=None)).order_by("pk"))
    return [one for one in ruled(found, tries=[0] * len(found), now=now, going=()) if _may_merge(one)]


def _laden(oldest: Ruled, others: Sequence[Ruled], *, now: datetime) -> Ruled:
    """The carrier with the text of all and the longest of their validities, measured anew; its row is changed."""
    row, facts = oldest.row, oldest.facts
    alerts = {one.row.alert_id: one.row.alert for one in (oldest, *others)}
    if len(alerts) > 1:
        zone = ZoneInfo(row.tenant.time_zone)
        first = min(alert.opened_at for alert in alerts.values() if alert is not None)
        since = since_in_words(first.astimezone(zone), now=now.astimezone(zone))
        row.body = counted_text(
            row.body,
            alerts=len(alerts),
            since=since,
            tenant_name=row.tenant.name,
            ack_code=row.ack_code,
            most_segments=_segments_for(facts.quota),
        )
    ends = [one.row.expires_at for one in (oldest, *others)]
    row.expires_at = None if None in ends else max(end for end in ends if end is not None)
    quota = facts.quota and replace(facts.quota, segments=segments_of(row))
    return replace(oldest, facts=replace(facts, quota=quota, expires_at=row.expires_at))


def _segments_for(month: QuotaFact | None) -> int:
    """Near the end of its month a storm takes what is left, and what one of its pages would take in any case."""
    if month is None or month.segments_limit is None:
        return MOST_SEGMENTS
    return min(MOST_SEGMENTS, max(month.segments, month.segments_limit - month.segments_taken))


def _write_loads(pairs: Sequence[tuple[Notification, Ruled]], *, now: datetime) -> None:
    if not pairs:
        return
    reason = DispatchReason.MERGED
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notification n SET status = 'merged', merged_into_id = v.carrier, reason = %s,"
            " reason_text = v.says, ruling = v.ruling, ruled_at = %s, finished_at = %s, lease_owner = '',"
            " lease_until = NULL FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::jsonb[])"
            " AS v (id, carrier, says, ruling) WHERE n.id = v.id",
            [
                *(reason.value, now, now),
                [one.row.pk for _, one in pairs],
                [carrier.pk for carrier, _ in pairs],
                [f"{reason.says} That is {carrier.public_id}." for carrier, _ in pairs],
                [json.dumps({**one.ruling.as_json(), "facts": one.facts.as_json()}) for _, one in pairs],
            ],
        )


def _write_carriers(carriers: Sequence[Notification]) -> None:
    if not carriers:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notification n SET body = v.body, expires_at = v.expires_at"
            " FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS v (id, body, expires_at) WHERE n.id = v.id",
            [[getattr(row, name) for row in carriers] for name in ("pk", "body", "expires_at")],
        )


def _stand_alike(pairs: Sequence[tuple[int, int]]) -> None:
    """What was to go inside a page that does not go after all stands as that one does: the same holds of it.

    Where there was no room in the quota for that one, with its longer text, the others are claimed again and ruled for
    themselves: of one of them less is taken.
    """
    if not pairs:
        return
    Notification.objects.filter(pk__in=[key for _, key in pairs]).update(lease_owner="", lease_until=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notification n SET status = c.status, reason = c.reason, reason_text = c.reason_text,"
            " ruling = c.ruling, ruled_at = c.ruled_at, finished_at = c.finished_at,"
            " due_at = CASE WHEN c.status = 'held' THEN c.due_at ELSE n.due_at END"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS v (carrier, id)"
            " JOIN notifications_notification c ON c.id = v.carrier AND c.status <> 'quota_exceeded'"
            " WHERE n.id = v.id",
            [list(column) for column in zip(*pairs, strict=True)],
        )
