"""What is stored of calls as facts; nothing of a row that goes another way."""

from notifications.core.states import Channel
from notifications.diagnosis.facts_calls import CallerFact, CallsFact, LastCallFact
from notifications.models import Attempt
from notifications.queries.diagnosis import DiagnosisRows


def calls_fact(rows: DiagnosisRows) -> CallsFact | None:
    """The calls beside the row's own; None where the row is no call."""
    if rows.notification.channel != Channel.VOICE.value:
        return None
    return CallsFact(
        callers=tuple(
            CallerFact(one.address, one.placed, one.unanswered, one.failed, one.busy, one.at_once)
            for one in rows.callers
        ),
        last=_last(rows.last_call) if rows.last_call else None,
        test_calling=rows.has_test_calling,
    )


def _last(attempt: Attempt) -> LastCallFact:
    return LastCallFact(
        row_ref=attempt.notification.public_id,
        at=attempt.committed_at,
        word=attempt.word,
        sip_code=attempt.sip_code,
        answered_by=attempt.answered_by,
        seconds=attempt.seconds,
    )
