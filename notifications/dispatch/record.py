"""Writes down what the providers answered, a small batch at a time, so that a kill leaves little in doubt.

A row that somebody acknowledged, or whose receipt was faster than the answer, keeps what it knows.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from notifications.core.dispatch_reasons import DispatchReason, fault_reason
from notifications.core.faults import Fault, FaultKind
from notifications.core.states import NotificationStatus
from notifications.core.text import fit
from notifications.dispatch.asking import next_ask_at
from notifications.dispatch.breakers import count_after_commit
from notifications.dispatch.charging import follow
from notifications.dispatch.intent import Intent, Outcome
from notifications.dispatch.join import Answered, Report, join_reports
from notifications.dispatch.line_faults import learn_lines_after_commit, says_landline
from notifications.dispatch.opted_out import is_opt_out, learn_after_commit
from notifications.dispatch.retry import next_try_at
from notifications.models import Attempt, Notification
from notifications.providers.base import Accepted, Answer, NeverLeft, NotProcessed, OutcomeUnknown, Refused
from notifications.providers.faults import fault_of
from notifications.wake import wake_escalation
from tenants.bulk import execute_bound
from tenants.scope import platform_scope

_S = NotificationStatus
_TEXT_LIMIT = 400
_TOO_MUCH = frozenset({FaultKind.RATE_LIMITED, FaultKind.QUEUE_OVERFLOW})


@dataclass(frozen=True, slots=True)
class _RowChange:
    """What a row becomes that was not accepted; `look_at` is when it is claimed or asked about again."""

    notification_id: int
    ordinal: int
    status: NotificationStatus
    reason: str
    reason_text: str
    look_at: datetime | None
    finished_at: datetime | None


def record(outcomes: Sequence[Outcome]) -> None:
    """Write the answers of these attempts and what follows for their rows, in one transaction of its own."""
    if not outcomes:
        return
    with platform_scope():
        _lock([outcome.intent.notification_id for outcome in outcomes])
        outcomes = _still_ours(outcomes)
        if not outcomes:
            return
        # What was accepted is written together with what is joined of it.
        _write_answers([outcome for outcome in outcomes if not isinstance(outcome.answer, Accepted)])
        count_after_commit(outcomes)
        changes = [change for change in map(_row_change, outcomes) if change is not None]
        _change_rows(changes)
        accepted = [(each, each.answer) for each in outcomes if isinstance(each.answer, Accepted)]
        others = [each.intent.notification_id for each in outcomes if not isinstance(each.answer, Accepted)]
        join_reports([_report(outcome, answer) for outcome, answer in accepted], and_follow=others)
        if not accepted:
            follow(others, at=max(outcome.at for outcome in outcomes))
        if any(change.status is _S.FAILED for change in changes):
            wake_escalation()
        refused = [outcome for outcome in outcomes if isinstance(outcome.answer, Refused)]
        learn_after_commit(
            (each.intent.attempt_id for each in refused if is_opt_out(each.intent.provider, _code(each.answer))),
            at=max(outcome.at for outcome in outcomes),
        )
        learn_lines_after_commit(
            (each.intent.attempt_id for each in refused if says_landline(each.intent.provider, _code(each.answer))),
            at=max(outcome.at for outcome in outcomes),
        )


def _report(outcome: Outcome, answer: Accepted) -> Report:
    return Report(
        attempt_id=outcome.intent.attempt_id,
        word=answer.status_word,
        fault_code=answer.error_code or "",
        door="answer",
        at=outcome.at,
        provider_message_id=answer.provider_message_id,
        answered=Answered(answer.trace.response_status, answer.segments, json.dumps(answer.trace.as_json())),
    )


def _code(answer: Answer) -> str:
    return getattr(answer, "code", None) or ""


def _row_change(outcome: Outcome) -> _RowChange | None:
    intent, answer, at = outcome.intent, outcome.answer, outcome.at
    if isinstance(answer, Accepted):
        return None
    fault = fault_of(answer, provider=intent.provider, channel=intent.channel)
    if isinstance(answer, OutcomeUnknown):
        reason = DispatchReason.UNCONFIRMED
        ask_at = next_ask_at(0, unknown_at=at)
        return _change(intent, _S.UNCONFIRMED, reason=reason.value, says=reason.says, look_at=ask_at)
    if isinstance(answer, NotProcessed):
        return _later(intent, DispatchReason.THROTTLED, fault, at=at, answer=answer)
    if outcome.too_late and isinstance(answer, NeverLeft):
        return _later(intent, DispatchReason.HELD_UP, fault, at=at, answer=answer)
    if isinstance(answer, NeverLeft) and answer.unreachable:
        return _later(intent, DispatchReason.UNREACHABLE, fault, at=at, answer=answer)
    # The catalogue alone says what is worth another try: an ambiguous answer is no refusal (providers/).
    if isinstance(answer, Refused) and fault is not None and fault.retryable:
        reason = DispatchReason.THROTTLED if fault.kind in _TOO_MUCH else DispatchReason.PROVIDER_FAILED
        return _later(intent, reason, fault, at=at, answer=answer)
    return _failed(intent, fault, at=at)


def _later(
    intent: Intent,
    reason: DispatchReason,
    fault: Fault | None,
    *,
    at: datetime,
    answer: NotProcessed | NeverLeft | Refused,
) -> _RowChange:
    due_at = next_try_at(
        tries=intent.ordinal,
        asked_to_wait=answer.retry_after if isinstance(answer, NotProcessed) else None,
        at=at,
        expires_at=intent.expires_at,
        salt=intent.attempt_id,
    )
    if due_at is None:
        return _failed(intent, fault, at=at)
    return _change(intent, _S.HELD, reason=reason.value, says=reason.says, look_at=due_at)


def _failed(intent: Intent, fault: Fault | None, *, at: datetime) -> _RowChange:
    reason = fault_reason(fault) if fault else DispatchReason.BROKEN_ROW.value
    says = fault.says if fault else DispatchReason.BROKEN_ROW.says
    return _change(intent, _S.FAILED, reason=reason, says=says, finished_at=at)


def _change(
    intent: Intent,
    status: NotificationStatus,
    *,
    reason: str,
    says: str,
    look_at: datetime | None = None,
    finished_at: datetime | None = None,
) -> _RowChange:
    text = fit(says, limit=_TEXT_LIMIT)
    return _RowChange(intent.notification_id, intent.ordinal, status, reason, text, look_at, finished_at)


def _lock(notification_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM notifications_notification WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [list(notification_ids)],
        )


def _still_ours(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Without those that came too late and whose row was given up meanwhile: somebody else sees to it now."""
    late = {outcome.intent.notification_id for outcome in outcomes if outcome.too_late}
    if not late:
        return list(outcomes)
    rows = Notification.objects.filter(pk__in=late, status=_S.SENDING.value)
    leases = dict(rows.values_list("pk", "lease_until"))
    return [
        outcome
        for outcome in outcomes
        if not outcome.too_late or leases.get(outcome.intent.notification_id) == outcome.intent.lease_until
    ]


_ANSWERS = (
    ("id", "bigint"), ("outcome", "text"), ("at", "timestamptz"), ("http_status", "smallint"), ("fault_code", "text"),
    ("fault_text", "text"), ("exception_class", "text"), ("segments", "smallint"), ("trace", "text"),
)  # fmt: skip
# An attempt of which a receipt spoke first is accepted, whatever became of our connection.
_WRITE_ANSWERS = f"""
UPDATE notifications_attempt a SET
    outcome = CASE WHEN a.outcome = 'accepted' THEN a.outcome ELSE v.outcome END,
    answered_at = coalesce(a.answered_at, v.at), http_status = v.http_status, exception_class = v.exception_class,
    fault_code = CASE WHEN a.outcome = 'accepted' THEN a.fault_code ELSE v.fault_code END,
    fault_text = CASE WHEN a.outcome = 'accepted' THEN a.fault_text ELSE v.fault_text END,
    segments = coalesce(v.segments, a.segments), trace = v.trace::jsonb
FROM unnest({", ".join(f"%s::{kind}[]" for _, kind in _ANSWERS)}) AS v ({", ".join(name for name, _ in _ANSWERS)})
WHERE a.id = v.id
"""  # noqa: S608 - only the names above
_OUTCOMES = {
    Accepted: Attempt.Outcome.ACCEPTED,
    Refused: Attempt.Outcome.REFUSED,
    NotProcessed: Attempt.Outcome.NOT_PROCESSED,
    NeverLeft: Attempt.Outcome.NEVER_LEFT,
    OutcomeUnknown: Attempt.Outcome.UNKNOWN,
}


def _write_answers(outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        return
    rows = [_answer_row(outcome) for outcome in outcomes]
    execute_bound(_WRITE_ANSWERS, [list(column) for column in zip(*rows, strict=True)])


def _answer_row(outcome: Outcome) -> tuple[object, ...]:
    answer = outcome.answer
    fault = fault_of(answer, provider=outcome.intent.provider, channel=outcome.intent.channel)
    says = "" if fault is None else fault.says
    said = getattr(answer, "message", "") or getattr(answer, "text", "")
    status = answer.trace.response_status if isinstance(answer, Accepted | NeverLeft) else answer.http_status
    return (
        outcome.intent.attempt_id,
        _OUTCOMES[type(answer)].value,
        outcome.at,
        status,
        (fault.code or "")[:16] if fault else "",
        fit(f"{says} ({said})" if said and says else says or said, limit=_TEXT_LIMIT),
        getattr(answer, "exception_class", "")[:120],
        answer.segments if isinstance(answer, Accepted) else None,
        json.dumps(answer.trace.as_json()),
    )


def _change_rows(changes: Sequence[_RowChange]) -> None:
    if not changes:
        return
    names = ("notification_id", "ordinal", "status", "reason", "reason_text", "look_at", "finished_at")
    execute_bound(
        "UPDATE notifications_notification n SET status = v.status, reason = v.reason, reason_text = v.says,"
        " due_at = CASE WHEN v.status = 'held' THEN v.look_at ELSE n.due_at END, lease_owner = '',"
        " lease_until = CASE WHEN v.status = 'unconfirmed' THEN v.look_at END, finished_at = v.finished_at"
        " FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],"
        " %s::timestamptz[])"
        " AS v (id, ordinal, status, reason, says, look_at, finished_at)"
        " WHERE n.id = v.id AND n.status IN ('sending', 'unconfirmed')"
        # The answer to an older attempt says nothing about the one that is under way.
        " AND NOT EXISTS"
        " (SELECT FROM notifications_attempt a WHERE a.notification_id = n.id AND a.ordinal > v.ordinal)",
        [[getattr(change, name) for change in changes] for name in names],
    )
