"""Joins providers' words to their attempts and notifications, many at a time: late, doubled and reordered ones too.

The one writer of receipts, whichever door they came through. A word raises what is known and never lowers it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import connection

from notifications.core.dispatch_reasons import DispatchReason, fault_reason
from notifications.core.faults import fault
from notifications.core.receipts import DeliveryWord, UnknownStatus, conflict, join, reached, read_word
from notifications.core.states import NotificationStatus
from notifications.core.text import fit
from notifications.dispatch.breakers import count_late_after_commit
from notifications.dispatch.call_reports import CallFacts, raise_call, said_of_call, without_code
from notifications.dispatch.charging import follow
from notifications.dispatch.line_faults import learn_lines_after_commit, says_landline
from notifications.dispatch.opted_out import clear_after_commit, is_opt_out, learn_after_commit
from notifications.models import Attempt
from notifications.wake import wake_escalation
from tenants.bulk import execute_bound
from tenants.scope import platform_scope

Door = Literal["answer", "callback", "asked"]
_S = NotificationStatus
#: Rows of which a provider's "accepted" is news; queued and held ones were thought not to have been taken.
_NOT_KNOWN_AS_SENT = frozenset({_S.QUEUED, _S.HELD, _S.SENDING, _S.UNCONFIRMED})
_DELIVERABLE = _NOT_KNOWN_AS_SENT | {_S.SENT, _S.FAILED}
_TEXT_LIMIT = 400
#: What no word changes, and what is long to read.
_UNREAD = ("facts", "ruling", "trace", "body_digest")


@dataclass(frozen=True, slots=True)
class Answered:
    """What only the answer to our own request tells: its HTTP status, the segments it counts, and the trace as JSON."""

    http_status: int | None
    segments: int | None
    trace: str


@dataclass(frozen=True, slots=True)
class Report:
    """One word of a provider about one attempt, and the door it came through."""

    attempt_id: int
    word: str
    fault_code: str
    door: Door
    at: datetime
    provider_at: datetime | None = None
    callback_id: int | None = None
    provider_message_id: str = ""
    call: CallFacts | None = None
    answered: Answered | None = None


def join_reports(reports: Sequence[Report], *, and_follow: Iterable[int] = ()) -> None:
    """Keep these words as receipts and raise what is known of their attempts and notifications; idempotent.

    `and_follow` are messages, locked already, whose charges are followed together with theirs. Opens the platform's
    scope. Locks the notifications in order of id, then their attempts; hold no attempt's lock.
    """
    if not reports:
        return
    by_attempt: dict[int, list[Report]] = {}
    for report in reports:
        by_attempt.setdefault(report.attempt_id, []).append(report)
    with platform_scope():
        rows = _lock_notifications(by_attempt)
        attempts = Attempt.objects.filter(pk__in=by_attempt).defer(*_UNREAD).order_by("pk")
        known = [attempt for attempt in attempts if attempt.notification_id in rows]
        _keep(reports, known)
        words = {attempt.pk: attempt.word for attempt in known}
        charged = {attempt.pk: _charged_by(attempt) for attempt in known}
        for attempt in known:
            _raise(attempt, by_attempt[attempt.pk], channel=rows[attempt.notification_id].channel)
        _raise_attempts(known, {report.attempt_id: report.answered for report in reports if report.answered})
        failed = [attempt for attempt in known if attempt.fault_code and attempt.word != words[attempt.pk]]
        count_late_after_commit(
            ((attempt, rows[attempt.notification_id].channel) for attempt in failed),
            at=max(report.at for report in reports),
        )
        changes = _changes(known, by_attempt, rows)
        _raise_notifications(changes)
        if any(change.status is _S.FAILED for change in changes):
            wake_escalation()
        # What is charged of a message follows from these alone: most receipts change neither.
        moved = {change.notification_id for change in changes}
        moved |= {attempt.notification_id for attempt in known if _charged_by(attempt) != charged[attempt.pk]}
        follow([*sorted(moved), *and_follow], at=max(report.at for report in reports))
        _heed_blocks(known, at=max(report.at for report in reports))


def _charged_by(attempt: Attempt) -> tuple[str, str, int | None]:
    """What a charge knows of an attempt (core/charges.py)."""
    return attempt.outcome, attempt.fault_code, attempt.segments


def status_after(status: NotificationStatus, *, word: DeliveryWord | None, is_latest: bool) -> NotificationStatus:
    """What a row's status becomes by what is known of one of its attempts; an older attempt never fails a row."""
    if word is None:
        return status
    if word in (DeliveryWord.DELIVERED, DeliveryWord.READ):
        return _S.DELIVERED if status in _DELIVERABLE else status
    if word.is_final:
        return _S.FAILED if is_latest and status in (_S.SENDING, _S.UNCONFIRMED, _S.SENT) else status
    return _S.SENT if status in _NOT_KNOWN_AS_SENT else status


@dataclass(frozen=True, slots=True)
class _Change:
    """A new status of a notification."""

    notification_id: int
    status: NotificationStatus
    reason: str
    reason_text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    """A locked notification: what it claims, over which channel it goes, and the ordinal of its newest attempt."""

    status: NotificationStatus
    channel: str
    newest: int


def _lock_notifications(attempt_ids: Iterable[int]) -> dict[int, _Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.id, n.status, n.channel FROM notifications_notification n WHERE n.id IN"
            " (SELECT a.notification_id FROM notifications_attempt a WHERE a.id = ANY(%s)) ORDER BY n.id FOR UPDATE",
            [list(attempt_ids)],
        )
        locked = {key: (NotificationStatus(status), channel) for key, status, channel in cursor.fetchall()}
        cursor.execute(
            "SELECT notification_id, max(ordinal) FROM notifications_attempt"
            " WHERE notification_id = ANY(%s) GROUP BY notification_id",
            [list(locked)],
        )
        return {key: _Row(*locked[key], newest) for key, newest in cursor.fetchall()}


def _keep(reports: Sequence[Report], attempts: Sequence[Attempt]) -> None:
    tenants = {attempt.pk: attempt.tenant_id for attempt in attempts}
    # One statement may meet each receipt once: the same word twice in a batch is counted beforehand.
    first: dict[tuple[int, str, str], Report] = {}
    times: dict[tuple[int, str, str], int] = {}
    for report in reports:
        key = (report.attempt_id, report.word[:24], report.fault_code[:16])
        if report.attempt_id in tenants:
            first.setdefault(key, report)
            times[key] = times.get(key, 0) + 1
    rows = [(tenants[key[0]], *key, times[key], report) for key, report in first.items()]
    if not rows:
        return
    execute_bound(
        "INSERT INTO notifications_receipt"
        " (tenant_id, attempt_id, word, fault_code, times, door, received_at, provider_at, callback_id)"
        " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::smallint[], %s::text[],"
        " %s::timestamptz[], %s::timestamptz[], %s::bigint[])"
        " ON CONFLICT (attempt_id, word, fault_code) DO UPDATE"
        " SET times = least(32767, notifications_receipt.times::int + EXCLUDED.times::int)",
        [
            *(list(column) for column in list(zip(*rows, strict=True))[:5]),
            [row[5].door for row in rows],
            [row[5].at for row in rows],
            [row[5].provider_at for row in rows],
            [row[5].callback_id for row in rows],
        ],
    )


def _raise(attempt: Attempt, reports: Sequence[Report], *, channel: str) -> None:
    """Raise what is known of the attempt; it is not saved here."""
    words: list[DeliveryWord | UnknownStatus] = [] if not attempt.word else [read_word(attempt.word)]
    for report in reports:
        before, said = join(None, read_word(attempt.word)) if attempt.word else None, read_word(report.word)
        words.append(said)
        after = join(before, said)
        if after is not before and after is not None:
            attempt.word = after.value
            attempt.fault_code = report.fault_code[:16] if after.is_final else attempt.fault_code
            attempt.fault_text = _fault_words(attempt, channel=channel) if attempt.fault_code else ""
        if report.call is not None:
            raise_call(attempt, report.call)
        attempt.provider_message_id = attempt.provider_message_id or report.provider_message_id
        attempt.answered_at = attempt.answered_at or report.at
        if report.answered and report.answered.segments is not None:
            attempt.segments = report.answered.segments
    attempt.has_conflict = attempt.has_conflict or conflict(words) is not None
    # Whoever reports on it has taken it, whatever we made of the answer to our request.
    attempt.outcome = Attempt.Outcome.ACCEPTED


def _fault_words(attempt: Attempt, *, channel: str) -> str:
    return fit(fault(attempt.provider, attempt.fault_code, channel=channel).says, limit=_TEXT_LIMIT)


def _heed_blocks(attempts: Sequence[Attempt], *, at: datetime) -> None:
    """An opt-out list spoke, a message got past one, or a line is no mobile: followed up where no message is locked."""
    words = {attempt.pk: join(None, read_word(attempt.word)) for attempt in attempts}
    arrived = {key for key, word in words.items() if word in (DeliveryWord.DELIVERED, DeliveryWord.READ)}
    clear_after_commit(arrived, at=at)
    failed = [each for each in attempts if each.pk not in arrived]
    learn_after_commit((each.pk for each in failed if is_opt_out(each.provider, each.fault_code)), at=at)
    learn_lines_after_commit((each.pk for each in failed if says_landline(each.provider, each.fault_code)), at=at)


def _raise_attempts(attempts: Sequence[Attempt], answered: Mapping[int, Answered]) -> None:
    """In one statement, with what was answered: each version of an attempt is written to all of its indexes."""
    names = (
        *("pk", "word", "fault_code", "fault_text", "has_conflict", "outcome", "provider_message_id", "answered_at"),
        *("answered_by", "sip_code", "seconds", "keys", "segments"),
    )
    answers = [answered.get(attempt.pk) for attempt in attempts]
    execute_bound(
        "UPDATE notifications_attempt a SET word = v.word, fault_code = v.fault_code, fault_text = v.fault_text,"
        " has_conflict = v.has_conflict, outcome = v.outcome, provider_message_id = v.message_id,"
        " answered_at = v.answered_at, answered_by = v.answered_by, sip_code = v.sip_code, seconds = v.seconds,"
        " keys = v.keys, segments = v.segments, http_status = coalesce(v.http_status, a.http_status),"
        " trace = coalesce(v.trace::jsonb, a.trace)"
        " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::text[], %s::text[],"
        " %s::timestamptz[], %s::text[], %s::smallint[], %s::int[], %s::text[], %s::smallint[], %s::smallint[],"
        " %s::text[]) AS v"
        " (id, word, fault_code, fault_text, has_conflict, outcome, message_id, answered_at, answered_by, sip_code,"
        " seconds, keys, segments, http_status, trace)"
        " WHERE a.id = v.id",
        [
            *([getattr(attempt, name) for attempt in attempts] for name in names),
            [one and one.http_status for one in answers],
            [one and one.trace for one in answers],
        ],
    )


def _changes(
    attempts: Sequence[Attempt], reports: Mapping[int, Sequence[Report]], rows: Mapping[int, _Row]
) -> list[_Change]:
    now = {key: row.status for key, row in rows.items()}
    changes: dict[int, _Change] = {}
    for attempt in attempts:
        key, word = attempt.notification_id, join(None, read_word(attempt.word))
        word = reached(word, answered_by=attempt.answered_by)
        status = status_after(now[key], word=word, is_latest=attempt.ordinal == rows[key].newest)
        told = said_of_call(attempt, status)
        if status is not now[key] or told is DispatchReason.VOICEMAIL:
            now[key] = status
            reason, text = (told.value, told.says) if told else ("", "")
            if status is _S.FAILED:
                reason, text = _why(attempt, channel=rows[key].channel)
            changes[key] = _Change(key, status, reason, text, max(report.at for report in reports[attempt.pk]))
    return list(changes.values())


def _why(attempt: Attempt, *, channel: str) -> tuple[str, str]:
    if attempt.fault_code:
        known = fault(attempt.provider, attempt.fault_code, channel=channel)
        return fault_reason(known), fit(known.says, limit=_TEXT_LIMIT)
    return f"{attempt.provider}-{attempt.word}".upper()[:24], without_code(attempt.word)


def _raise_notifications(changes: Sequence[_Change]) -> None:
    if not changes:
        return
    # The reason of a second sending stays on the row as long as the row goes on.
    execute_bound(
        "UPDATE notifications_notification n SET status = v.status, lease_owner = '', lease_until = NULL,"
        " reason = CASE WHEN v.reason = '' AND n.reason LIKE 'RESEND%%' THEN n.reason ELSE v.reason END,"
        " reason_text = CASE WHEN v.reason = '' AND n.reason LIKE 'RESEND%%' THEN n.reason_text ELSE v.says END,"
        " handed_over_at = coalesce(n.handed_over_at, v.at),"
        " finished_at = CASE WHEN v.status = 'sent' THEN n.finished_at ELSE v.at END"
        " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])"
        " AS v (id, status, reason, says, at) WHERE n.id = v.id",
        [
            [getattr(change, name) for change in changes]
            for name in ("notification_id", "status", "reason", "reason_text", "at")
        ],
    )
