"""Requests with the same text as facts: which message each carried, and what fired that one."""

from typing import Any

from notifications.core.states import Channel
from notifications.diagnosis.facts_duplicates import DuplicatesFact, FiringFact, RecordFact, RequestFact
from notifications.queries.copies import DAYS_BACK
from notifications.queries.diagnosis import DiagnosisRows


def duplicates_fact(rows: DiagnosisRows) -> DuplicatesFact | None:
    """What went out beside the row's own requests; None where that was not looked at."""
    if rows.copies is None:
        return None
    requests = [_request(one) for one in rows.copies]
    own = [one for one in requests if one.row_pk == rows.notification.pk]
    return DuplicatesFact(
        own=own[-1] if own else None,
        copies=tuple(one for one in requests if one.row_pk != rows.notification.pk),
        lately=tuple(
            RecordFact(
                attempt_ref=one.attempt_ref,
                number=one.number,
                provider=one.provider,
                sender_address=one.sender_address,
                provider_message_id=one.provider_message_id,
                at=one.at,
                word=one.word,
            )
            for one in rows.doubled_lately
        ),
        lately_since=rows.read_at - DAYS_BACK if rows.doubled_lately else None,
    )


def _request(attempt: Any) -> RequestFact:
    row = attempt.notification
    step = row.alert_step
    return RequestFact(
        row_ref=row.public_id,
        row_pk=row.pk,
        attempt_ref=attempt.public_id,
        channel=Channel(attempt.channel),
        provider=attempt.provider,
        sender_address=attempt.sender_address,
        committed_at=attempt.committed_at,
        outcome=attempt.outcome,
        provider_message_id=attempt.provider_message_id,
        word=attempt.word,
        member_ref=row.member.public_id if row.member else "",
        who=row.member.name if row.member else "",
        sent_by=(row.sent_by.name or row.sent_by.email) if row.sent_by else "",
        resend_of=row.resend_of.public_id if row.resend_of else "",
        step=step.position + 1 if step else None,
        place=step.place + 1 if step else None,
        round=step.round + 1 if step else None,
        firing=_firing(attempt) if row.alert else None,
    )


def _firing(attempt: Any) -> FiringFact:
    alert = attempt.notification.alert
    by = alert.opened_by
    return FiringFact(
        alert_ref=alert.public_id,
        at=alert.opened_at,
        flow_pk=alert.flow_id,
        flow_name=alert.flow.name,
        source=alert.source,
        by=(by.name or by.email) if by else "",
        request_ref=attempt.request_ref or "",
        has_key=bool(attempt.request_key),
        address=attempt.request_address or "",
    )
