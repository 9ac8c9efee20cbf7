"""How often phones and senders were used of late, which decides whether there is room for one more now.

One query for all phones of a batch, and one more only where a sender in line has a limit: one for callers, one for
senders of texts. What surely never left us or was not taken is not counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from notifications.core.limit_facts import PaceFact
from notifications.core.states import Channel
from notifications.core.throttle_gates import THROTTLED_PURPOSES
from notifications.models import Attempt, Notification, Sender

MINUTE, TEN_MINUTES, HOUR = timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1)
_NOT_LEFT = [
    Attempt.Outcome.REFUSED.value,
    Attempt.Outcome.NOT_PROCESSED.value,
    Attempt.Outcome.NEVER_LEFT.value,
    Attempt.Outcome.ABSENT.value,
]
_THROTTLED = [purpose.value for purpose in THROTTLED_PURPOSES]
Phone = tuple[int, str, str]
Use = tuple[str, str]

# The conditions on number and channel are those of the indexes that were made for this. Of each phone the newest are
# read, as many as its limit: the oldest of them is the one that has to leave the window.
_OF_PHONES = """
SELECT w.tenant_id, w.number, w.channel, count(*), min(seen.committed_at)
FROM unnest(%(tenants)s::bigint[], %(numbers)s::text[], %(channels)s::text[], %(since)s::timestamptz[], %(most)s::int[])
    AS w (tenant_id, number, channel, since, most)
CROSS JOIN LATERAL (
    SELECT a.committed_at FROM notifications_attempt a JOIN notifications_notification n ON n.id = a.notification_id
    WHERE a.number = w.number AND NOT (a.number = '') AND a.committed_at > w.since AND a.tenant_id = w.tenant_id
      AND a.channel = w.channel AND a.outcome <> ALL(%(not_left)s) AND n.purpose = ANY(%(purposes)s)
    ORDER BY a.committed_at DESC LIMIT w.most
) seen GROUP BY w.tenant_id, w.number, w.channel
"""
_OF_CALLERS = """
SELECT w.sender_id, count(*), min(seen.committed_at)
FROM unnest(%(senders)s::bigint[], %(most)s::int[]) AS w (sender_id, most)
CROSS JOIN LATERAL (
    SELECT a.committed_at FROM notifications_attempt a
    WHERE a.sender_id = w.sender_id AND a.channel = 'voice' AND a.committed_at > %(since)s
      AND a.outcome <> ALL(%(not_left)s)
    ORDER BY a.committed_at DESC LIMIT w.most
) seen GROUP BY w.sender_id
"""
# Texts are indexed neither by sender nor by time alone, which would cost every attempt for the sake of a rare limit.
# Attempts are numbered in the order in which they are written: the last one before the window is found by steps that
# double, and only what follows it is read.
_OF_TEXTS = """
WITH newest AS (SELECT max(id) AS id FROM notifications_attempt), before AS (
    SELECT max(found.id) AS id FROM newest CROSS JOIN generate_series(0, 40) AS step CROSS JOIN LATERAL (
        SELECT a.id, a.committed_at FROM notifications_attempt a
        WHERE a.id <= newest.id - (1::bigint << step) ORDER BY a.id DESC LIMIT 1
    ) found WHERE found.committed_at <= %(before)s
)
SELECT w.sender_id, count(*), min(seen.committed_at)
FROM unnest(%(senders)s::bigint[], %(most)s::int[]) AS w (sender_id, most)
CROSS JOIN LATERAL (
    SELECT a.committed_at FROM notifications_attempt a
    WHERE a.id > coalesce((SELECT id FROM before), 0) AND a.sender_id = w.sender_id AND a.channel = 'sms'
      AND a.committed_at > %(since)s AND a.outcome <> ALL(%(not_left)s)
    ORDER BY a.committed_at DESC LIMIT w.most
) seen GROUP BY w.sender_id
"""
#: Clocks of workers differ, and a transaction that took longer has written its attempt with an older time.
_OUT_OF_ORDER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that is about to be committed in the same transaction, and counts like one that was."""

    tenant_id: int
    number: str
    channel: str
    purpose: str
    sender_ref: str

    @property
    def phone(self) -> Phone:
        return self.tenant_id, self.number, self.channel


def phone_paces(rows: Iterable[Notification], *, going: Sequence[Gone], now: datetime) -> Mapping[int, PaceFact]:
    """How often the phone of each message was tried for its tenant, by the message's id; needs the platform's scope."""
    limits = _phone_limits()
    phones = {row.pk: phone for row in rows if (phone := _phone(row)) and limits[phone[2]][0]}
    known = _of_phones(sorted(set(phones.values())), limits, now=now)
    more = Counter(one.phone for one in going if one.purpose in THROTTLED_PURPOSES)
    return {key: _with(known[phone], more[phone], now=now) for key, phone in phones.items()}


def sender_paces(
    rows: Iterable[Notification], *, senders: Iterable[Sender], going: Sequence[Gone], now: datetime
) -> Mapping[Use, PaceFact]:
    """How often each sender with a limit was used, by its public id and channel; needs the platform's scope."""
    channels = {row.channel for row in rows if row.purpose in THROTTLED_PURPOSES}
    able = list(senders)
    found: dict[Use, PaceFact] = {}
    if Channel.VOICE.value in channels:
        limits = {one: one.calls_an_hour for one in able if one.calls_an_hour is not None and _serves(one, "voice")}
        found |= _of_senders(_OF_CALLERS, "voice", limits, window=HOUR, now=now)
    if Channel.SMS.value in channels:
        limits = {one: one.texts_a_minute for one in able if one.texts_a_minute is not None and _serves(one, "sms")}
        found |= _of_senders(_OF_TEXTS, "sms", limits, window=MINUTE, now=now)
    more = Counter((one.sender_ref, one.channel) for one in going)
    return {use: _with(pace, more[use], now=now) for use, pace in found.items()}


def _phone_limits() -> dict[str, tuple[int, timedelta]]:
    """The most of each channel, 0 where there is no limit, and the window."""
    return {
        Channel.SMS.value: (settings.RECIPIENT_TEXTS_A_MINUTE, MINUTE),
        Channel.VOICE.value: (settings.RECIPIENT_CALLS_IN_TEN_MINUTES, TEN_MINUTES),
    }


def _phone(row: Notification) -> Phone | None:
    is_throttled = row.purpose in THROTTLED_PURPOSES and row.channel != Channel.EMAIL.value
    return (row.tenant_id, row.number, row.channel) if is_throttled and row.number else None


def _serves(sender: Sender, channel: str) -> bool:
    return channel in sender.channels


def _of_phones(
    phones: Sequence[Phone], limits: Mapping[str, tuple[int, timedelta]], *, now: datetime
) -> dict[Phone, PaceFact]:
    found = {one: PaceFact(limits[one[2]][0], 0, _seconds(limits[one[2]][1]), None) for one in phones}
    if not phones:
        return found
    values: dict[str, Any] = {
        "tenants": [one[0] for one in phones],
        "numbers": [one[1] for one in phones],
        "channels": [one[2] for one in phones],
        "since": [now - limits[one[2]][1] for one in phones],
        "most": [limits[one[2]][0] for one in phones],
        "not_left": _NOT_LEFT,
        "purposes": _THROTTLED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_PHONES, values)
        for tenant_id, number, channel, taken, oldest in cursor.fetchall():
            one = (tenant_id, number, channel)
            found[one] = replace(found[one], taken=taken, frees_at=oldest + limits[channel][1])
    return found


def _of_senders(
    query: str, channel: str, limits: Mapping[Sender, int], *, window: timedelta, now: datetime
) -> dict[Use, PaceFact]:
    if not limits:
        return {}
    refs = {sender.pk: sender.public_id for sender in limits}
    found = {(one.public_id, channel): PaceFact(most, 0, _seconds(window), None) for one, most in limits.items()}
    values: dict[str, Any] = {
        "senders": list(refs),
        "most": list(limits.values()),
        "since": now - window,
        "before": now - window - _OUT_OF_ORDER,
        "not_left": _NOT_LEFT,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        for sender_id, taken, oldest in cursor.fetchall():
            use = (refs[sender_id], channel)
            found[use] = replace(found[use], taken=taken, frees_at=oldest + window)
    return found


def _with(pace: PaceFact, more: int, *, now: datetime) -> PaceFact:
    """The pace with as many more that go now."""
    if not more:
        return pace
    return replace(pace, taken=pace.taken + more, frees_at=pace.frees_at or now + timedelta(seconds=pace.seconds))


def _seconds(window: timedelta) -> int:
    return int(window.total_seconds())
