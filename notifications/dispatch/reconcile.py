"""What became of messages whose outcome is unknown: the provider is asked, and nothing is sent again before that.

Also asks about accepted messages of which no last word ever came, since a webhook can be lost for good.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q

from notifications.core.clock_type import Clock
from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.states import Channel, NotificationStatus
from notifications.dispatch.asking import ASK_AGAIN, ASKS, CLOCKS_DIFFER, UNHEARD, next_ask_at, ours
from notifications.dispatch.calls_asked import ShownCall, ask_call, is_call, left_unconfirmed, the_call
from notifications.dispatch.join import Report, join_reports
from notifications.dispatch.questions import Question, questions_of, with_repeats
from notifications.dispatch.repeating import SHOWS_NOTHING, Repeated, made_again, settle
from notifications.models import Attempt, Notification
from notifications.models.attempt import UNFINISHED_WORDS
from notifications.providers.base import Accepted, ProviderDidNotAnswer, Refused, Snapshot
from notifications.providers.registry import sms_provider
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

_AT_ONCE = 50
#: While a question is under way nobody else asks it.
_ASKING = timedelta(seconds=40)
#: One round is over by then, even if the provider lets every question hang; what was not asked is asked next time.
_ROUND = timedelta(seconds=20)
#: At most this long for one question, and this long in the end for writing down what was learned.
_LONGEST_QUESTION = timedelta(seconds=10)
_WRITING = timedelta(seconds=2)
#: Older ones are not asked about any more.
_OLDEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Reply:
    """`answered` is false when the provider could not be asked; `shown` are its messages among which ours may be.

    `asked` is false when the round had no time left for the question.
    """

    question: Question
    answered: bool
    shown: tuple[Snapshot, ...] = ()
    asked: bool = True
    first_answer: Accepted | Refused | None = None


def reconcile(*, clock: Clock, owner: str) -> int:
    """Ask about what is due to be asked about, for one round's time; return how many questions were asked."""
    timeout = min(timedelta(seconds=settings.PROVIDER_TIMEOUT), _LONGEST_QUESTION)
    last_moment = clock() + _ROUND - _WRITING - timeout
    let_lapse(now=clock())
    with platform_scope():
        questions = questions_of(_doubtful(now=clock(), owner=owner))
        unheard = questions_of(_unheard(now=clock()))
    questions = with_repeats(questions, owner=owner, now=clock())
    if not questions and not unheard:
        return 0
    with ThreadPoolExecutor(min(16, len(questions) + len(unheard))) as pool:
        replies = list(
            pool.map(
                lambda question: (
                    _ask(question, timeout=timeout)
                    if clock() <= last_moment
                    else _Reply(question, answered=False, asked=False)
                ),
                questions + unheard,
            )
        )
    joined = _join_found(replies, at=clock()) | _settle_repeats(replies, at=clock())
    for reply in replies[: len(questions)]:
        if reply.asked and reply.question.attempt.pk not in joined:
            _go_on(reply, now=clock())
    _leave_for_next_round([reply.question.attempt for reply in replies if not reply.asked], owner=owner, now=clock())
    return sum(reply.asked for reply in replies)


def let_lapse(*, now: datetime) -> int:
    """Call the rows unconfirmed whose worker was lost while it handed them over; return how many there were."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            "WITH lapsed AS (SELECT id FROM notifications_notification WHERE status = 'sending' AND lease_until <= %s"
            " ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED), rows AS ("
            " UPDATE notifications_notification n SET status = 'unconfirmed', lease_owner = '', lease_until = %s,"
            " reason = %s, reason_text = %s FROM lapsed WHERE n.id = lapsed.id RETURNING n.id)"
            " UPDATE notifications_attempt a SET outcome = 'unknown', answered_at = %s, exception_class = 'LeaseLapsed'"
            " FROM rows WHERE a.notification_id = rows.id AND a.outcome = 'in_flight' RETURNING a.id",
            [
                now,
                next_ask_at(0, unknown_at=now),
                DispatchReason.UNCONFIRMED.value,
                DispatchReason.UNCONFIRMED.says,
                now,
            ],
        )
        return len(cursor.fetchall())


def _doubtful(*, now: datetime, owner: str) -> list[Attempt]:
    """The newest attempts of the unconfirmed rows that are due to be asked about, taken for this worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH due AS (SELECT id FROM notifications_notification WHERE status = 'unconfirmed' AND lease_until <= %s"
            " ORDER BY lease_until, id LIMIT %s FOR UPDATE SKIP LOCKED)"
            " UPDATE notifications_notification n SET lease_owner = %s, lease_until = %s FROM due WHERE n.id = due.id"
            " RETURNING (SELECT max(a.id) FROM notifications_attempt a WHERE a.notification_id = n.id)",
            [now, _AT_ONCE, owner, now + _ASKING],
        )
        keys = [row[0] for row in cursor.fetchall()]
    return list(Attempt.objects.filter(pk__in=keys).select_related("sender", "notification").order_by("pk"))


def _unheard(*, now: datetime) -> list[Attempt]:
    """Accepted attempts without a last word, at the ages at which one asks; counted as asked beforehand."""
    found: list[Attempt] = []
    for asked, age in enumerate(UNHEARD):
        rows = Attempt.objects.filter(
            outcome=Attempt.Outcome.ACCEPTED,
            word__in=UNFINISHED_WORDS,
            asked_times=asked,
            committed_at__lte=now - age,
            committed_at__gte=now - _OLDEST,
        ).exclude(Q(provider_message_id="") | Q(provider__in=SHOWS_NOTHING, channel=Channel.SMS.value))
        taken = rows.select_for_update(skip_locked=True, of=("self",)).select_related("sender", "notification")
        of_this_age = list(taken.order_by("committed_at")[:_AT_ONCE])
        asked_now = Attempt.objects.filter(pk__in=[attempt.pk for attempt in of_this_age])
        asked_now.update(asked_times=asked + 1, asked_at=now)
        found += of_this_age
    return found


def _leave_for_next_round(unasked: Sequence[Attempt], *, owner: str, now: datetime) -> None:
    """Make these due again at once, as if they had not been taken up; those that waited longest then come first."""
    if not unasked:
        return
    with platform_scope():
        Notification.objects.filter(
            pk__in=[attempt.notification_id for attempt in unasked],
            status=NotificationStatus.UNCONFIRMED.value,
            lease_owner=owner,
        ).update(lease_owner="", lease_until=now)
        # An accepted attempt was counted as asked beforehand.
        accepted = [attempt for attempt in unasked if attempt.outcome == Attempt.Outcome.ACCEPTED]
        for attempt in accepted:
            Attempt.objects.filter(pk=attempt.pk, asked_times=attempt.asked_times + 1).update(
                asked_times=attempt.asked_times, asked_at=attempt.asked_at
            )


def _ask(question: Question, *, timeout: timedelta) -> _Reply:
    attempt = question.attempt
    try:
        if question.repeat is not None:
            first = made_again(
                question.repeat, provider=attempt.provider, credentials=question.credentials, timeout=timeout
            )
            return _Reply(question, answered=True, first_answer=first)
        if is_call(attempt):
            called = ask_call(attempt, credentials=question.credentials, timeout=timeout)
            return _Reply(question, answered=True, shown=called)
        provider = sms_provider(attempt.provider)
        if attempt.provider_message_id:
            one = provider.fetch(attempt.provider_message_id, credentials=question.credentials, timeout=timeout)
            return _Reply(question, answered=True, shown=() if one is None else (one,))
        after = attempt.committed_at - CLOCKS_DIFFER
        listed = provider.find(to=attempt.number, after=after, credentials=question.credentials, timeout=timeout)
        return _Reply(question, answered=True, shown=tuple(listed))
    except ProviderDidNotAnswer:
        return _Reply(question, answered=False)
    except Exception as error:
        # One question that cannot be asked must not take the answers of the others with it.
        logger.error("attempt %s cannot be asked about: %s", attempt.public_id, type(error).__name__)
        return _Reply(question, answered=False)


def _settle_repeats(replies: Sequence[_Reply], *, at: datetime) -> set[int]:
    """Write down what was learned by making requests again; return the attempts of which one was."""
    repeated = [
        Repeated(reply.question.attempt, reply.question.repeat, reply.question.credentials, reply.first_answer)
        for reply in replies
        if reply.asked and reply.question.repeat is not None
    ]
    settle(repeated, at=at)
    return {one.attempt.pk for one in repeated}


def _join_found(replies: Sequence[_Reply], *, at: datetime) -> set[int]:
    """Join what the provider knows; return the attempts that it knows."""
    found = {reply.question.attempt.pk: snapshot for reply in replies if (snapshot := _found(reply)) is not None}
    join_reports(
        [
            Report(
                attempt_id=attempt_id,
                word=snapshot.status_word,
                fault_code=snapshot.error_code or "",
                door="asked",
                at=at,
                provider_at=snapshot.updated_at,
                provider_message_id=snapshot.provider_message_id,
                call=snapshot.call if isinstance(snapshot, ShownCall) else None,
            )
            for attempt_id, snapshot in found.items()
        ]
    )
    return set(found)


def _found(reply: _Reply) -> Snapshot | None:
    """Our message among those that the provider showed; one that belongs to another attempt is not it."""
    attempt = reply.question.attempt
    if attempt.provider_message_id or not reply.shown:
        return next(iter(reply.shown), None)
    if is_call(attempt):
        return the_call(reply.shown, attempt)
    with platform_scope():
        others = Attempt.objects.filter(
            provider=attempt.provider, provider_message_id__in=[shown.provider_message_id for shown in reply.shown]
        ).exclude(pk=attempt.pk)
        taken = set(others.values_list("provider_message_id", flat=True))
    digest = bytes(attempt.body_digest)
    return ours(reply.shown, sender=attempt.sender_address, to=attempt.number, body_digest=digest, not_among=taken)


def _go_on(reply: _Reply, *, now: datetime) -> None:
    """Ask again later; after the last question send once more, or give up where that was done already."""
    with platform_scope():
        attempt_id = reply.question.attempt.pk
        row = Notification.objects.select_for_update(of=("self",)).get(attempts__pk=attempt_id)
        attempt = Attempt.objects.get(pk=attempt_id)
        if row.status != NotificationStatus.UNCONFIRMED or attempt.outcome == Attempt.Outcome.ACCEPTED:
            return
        if left_unconfirmed(reply.shown, reply.question.attempt, row=row, at=now):
            return
        if reply.answered:
            attempt.asked_times, attempt.asked_at = attempt.asked_times + 1, now
        due = next_ask_at(attempt.asked_times, unknown_at=attempt.answered_at or now)
        row.lease_owner, row.lease_until = "", due if reply.answered else now + ASK_AGAIN
        if attempt.asked_times >= len(ASKS):
            attempt.outcome = Attempt.Outcome.ABSENT
            _decide(row, now=now)
        attempt.save(update_fields=["asked_times", "asked_at", "outcome"])
        row.save(
            update_fields=["status", "reason", "reason_text", "due_at", "finished_at", "lease_owner", "lease_until"]
        )


def _decide(row: Notification, *, now: datetime) -> None:
    """What an absent message becomes: held for its second try, which is due at once, and never for a third."""
    again = not row.attempts.filter(outcome=Attempt.Outcome.ABSENT).exists()
    reason = DispatchReason.SENT_ONCE_MORE if again else DispatchReason.TWICE_ABSENT
    row.status = NotificationStatus.HELD.value if again else NotificationStatus.FAILED.value
    row.reason, row.reason_text = reason.value, reason.says
    row.lease_until = None
    if again:
        row.due_at = now
    else:
        row.finished_at = now
