"""Every row that a diagnosis looks at, for one notification or for many, in the same number of queries.

It reads and concludes nothing. Who may see the notifications was decided by whoever names them; nothing of another
tenant is read, save what counts everywhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from billing.queries import has_test_calling, seat_histories
from members.models import ConsentEvent, NumberChange, SmsSwitch
from members.queries import consent_lines
from members.sms_story import number_changes, sms_turn_histories
from notifications.core.gate_facts import GateFacts
from notifications.core.states import Channel
from notifications.models import AlertStep, Attempt, Breaker, Notification, Sender, Transition
from notifications.queries.around import Around, around
from notifications.queries.arrivals import ARRIVALS_BACK, last_arrivals, that_failed
from notifications.queries.calls import CallerCount, callers_of, last_calls
from notifications.queries.copies import DoubledRecord, copies_of, doubled_lately
from notifications.queries.gate_facts import RELATED, facts_of
from notifications.queries.pulse import Pulse, pulse
from notifications.queries.sender_state import with_last_text
from tenants.scope import platform_scope

#: Of these, the newest or first are enough to show what happened.
MOST_SIBLINGS, MOST_CONSENT_LINES, MOST_TRANSITIONS, MOST_CHANGES = 10, 20, 50, 20
#: How far back the calls of a number are counted.
CALLS_BACK = timedelta(days=7)
_NAMED = ("cancelled_by__member", "merged_into__member", "resend_of__member")


@dataclass(frozen=True, slots=True)
class DiagnosisRows:
    """What one notification's diagnosis rests on; `gate_facts` is None where a row holds a word that nobody knows.

    `copies` and `around` are None where several are diagnosed together: what lies beside a row is read for one alone.
    """

    notification: Notification
    read_at: datetime
    gate_facts: GateFacts | None
    attempts: list[Attempt]
    transitions: list[Transition]
    number_changes: list[NumberChange]
    turns: list[SmsSwitch]
    seats: list[Any]
    consent_lines: list[ConsentEvent]
    siblings: list[Notification]
    sibling_counts: list[tuple[str, int]]
    steps: list[AlertStep]
    carries: int
    senders: list[Sender]
    pulse: Pulse
    breakers: list[Breaker]
    callers: list[CallerCount]
    last_call: Attempt | None
    has_test_calling: bool
    last_arrival: Attempt | None
    copies: list[Any] | None
    doubled_lately: list[DoubledRecord]
    around: Around | None


def diagnosis_rows(notification_ids: Iterable[int], *, now: datetime) -> dict[int, DiagnosisRows]:
    """The rows of each notification by its id; opens the platform's scope itself, and keeps to each one's tenant."""
    with platform_scope():
        wanted = list(notification_ids)
        found = Notification.objects.filter(pk__in=wanted).select_related(*RELATED, *_NAMED)
        rows = list(found.prefetch_related("member__phones"))
        gate_facts = _gate_facts(rows, now=now)
        attempts = _by(Attempt.objects.filter(notification__in=rows).prefetch_related("receipts"), "notification_id")
        transitions = _transitions(rows)
        members = {row.member_id for row in rows if row.member_id is not None}
        changes = number_changes(members, newest=MOST_CHANGES)
        turns, seats = sms_turn_histories(members, newest=MOST_CHANGES), seat_histories(members, newest=MOST_CHANGES)
        lines = consent_lines(((row.tenant_id, row.number) for row in rows), newest=MOST_CONSENT_LINES)
        siblings, counts = _siblings(rows)
        steps, carried = _steps(rows), _carried(rows)
        senders = list(_senders())
        beat = pulse(now=now)
        arrivals = last_arrivals(that_failed(rows, attempts=attempts), since=now - ARRIVALS_BACK)
        breakers = list(Breaker.objects.order_by("provider"))
        voice = [row for row in rows if row.channel == Channel.VOICE.value]
        calling = {row.tenant_id for row in voice}
        callers = callers_of(calling, since=now - CALLS_BACK)
        last = last_calls(((row.tenant_id, row.number) for row in voice if row.number), since=now - CALLS_BACK)
        testing = {tenant_id: has_test_calling(tenant_id) for tenant_id in calling}
        copies = copies_of(rows[0], attempts[rows[0].pk]) if len(rows) == 1 else None
        doubled = any(one.notification_id != rows[0].pk for one in copies or [])
        lately = doubled_lately(rows[0].tenant_id, now=now) if doubled else []
        return {
            row.pk: DiagnosisRows(
                notification=row,
                read_at=now,
                gate_facts=gate_facts.get(row.pk),
                attempts=attempts[row.pk],
                transitions=sorted(transitions[row.pk], key=lambda change: change.pk),
                number_changes=[one for one in changes.get(row.member_id or 0, []) if one.channel == row.channel],
                turns=turns.get(row.member_id or 0, []),
                seats=seats.get(row.member_id or 0, []),
                consent_lines=lines.get((row.tenant_id, row.number), []),
                siblings=[one for one in siblings[row.alert_id] if one.pk != row.pk],
                sibling_counts=counts[row.alert_id],
                steps=steps[row.alert_id],
                carries=carried.get(row.pk, 0),
                senders=[one for one in senders if one.tenant_id in (row.tenant_id, None)],
                pulse=beat,
                breakers=[one for one in breakers if one.channel == row.channel],
                callers=callers.get(row.tenant_id, []),
                last_call=last.get((row.tenant_id, row.number)),
                has_test_calling=testing.get(row.tenant_id, False),
                last_arrival=arrivals.get((row.tenant_id, row.number, row.channel)),
                copies=copies,
                doubled_lately=lately,
                around=around(row, attempts[row.pk], now=now) if len(rows) == 1 else None,
            )
            for row in rows
        }


def _senders() -> QuerySet[Sender]:
    rows = Sender.objects.select_related("account").defer("account__secret")
    return with_last_text(rows).order_by("priority", "id")


def _gate_facts(rows: list[Notification], *, now: datetime) -> Mapping[int, GateFacts]:
    try:
        return facts_of(rows, now=now, under_lock=False)
    except ValueError:
        # A row with a word that nobody knows: what would be decided now is then not known, and said so.
        return {}


def _transitions(rows: list[Notification]) -> defaultdict[Any, list[Transition]]:
    place = Window(RowNumber(), partition_by=[F("notification_id")], order_by=F("id").desc())
    keys = [row.pk for row in rows]
    newest = Transition.objects.filter(notification_id__in=keys).annotate(place=place)
    return _by(newest.filter(place__lte=MOST_TRANSITIONS), "notification_id")


def _siblings(
    rows: list[Notification],
) -> tuple[defaultdict[Any, list[Notification]], defaultdict[Any, list[tuple[str, int]]]]:
    alerts = {row.alert_id for row in rows if row.alert_id is not None}
    counts: defaultdict[Any, list[tuple[str, int]]] = defaultdict(list)
    if not alerts:
        return defaultdict(list), counts
    place = Window(RowNumber(), partition_by=[F("alert_id")], order_by=F("id").asc())
    # One more than is shown: the row itself is among them.
    first = Notification.objects.filter(alert__in=alerts).annotate(place=place).filter(place__lte=MOST_SIBLINGS + 1)
    several = Notification.objects.filter(alert__in=alerts).order_by().values_list("alert_id", "status")
    for alert_id, status, number in several.annotate(number=Count("id")).order_by("alert_id", "status"):
        counts[alert_id].append((status, number))
    return _by(first.select_related("member").order_by("id"), "alert_id"), counts


def _steps(rows: list[Notification]) -> defaultdict[Any, list[AlertStep]]:
    """The rungs of each row's alert, in their order; a flow's steps and repeats bound how many there are."""
    alerts = {row.alert_id for row in rows if row.alert_id is not None}
    found = AlertStep.objects.filter(alert__in=alerts) if alerts else AlertStep.objects.none()
    return _by(found.order_by("round", "position", "place"), "alert_id")


def _carried(rows: list[Notification]) -> dict[int, int]:
    """How many pages went out inside each page."""
    pages = [row.pk for row in rows if row.alert_id is not None]
    inside = Notification.objects.filter(merged_into__in=pages).order_by().values_list("merged_into_id")
    return dict(inside.annotate(number=Count("id"))) if pages else {}


def _by(rows: Iterable[Any], key: str) -> defaultdict[Any, list[Any]]:
    grouped: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return grouped
