"""Filters of the log that answer an operator's question. Each is served by an index; none counts or uses DISTINCT."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from notifications.core.states import NotificationStatus as Status
from notifications.core.states import Purpose

#: What the dashboard counts, each with the name of the question that lists the same rows. Pages alone: a reply to STOP
#: tells nobody of an alert.
COUNTED: dict[str, Q] = {
    name: Q(purpose=Purpose.PAGE, status__in=statuses)
    for name, statuses in {
        "told": [Status.SENT, Status.DELIVERED, Status.ACKNOWLEDGED],
        "page-answered": [Status.ACKNOWLEDGED],
        "page-waiting": [Status.QUEUED, Status.HELD, Status.SENDING],
        "not-told": [Status.FAILED, Status.SKIPPED, Status.EXPIRED, Status.QUOTA_EXCEEDED, Status.UNCONFIRMED],
    }.items()
}

_QUESTIONS: dict[str, tuple[str, Callable[[datetime], Q]]] = {
    "stuck": (
        "Stuck for over a minute?",
        lambda now: Q(status__in=[Status.QUEUED, Status.SENDING], due_at__lt=now - timedelta(minutes=1)),
    ),
    "waiting": ("Still to go?", lambda _: Q(status__in=[Status.QUEUED, Status.HELD, Status.SENDING])),
    "did-not-go": (
        "Did not go, or was refused?",
        lambda _: Q(status__in=[Status.FAILED, Status.SKIPPED, Status.EXPIRED, Status.QUOTA_EXCEEDED]),
    ),
    "silent": (
        "Sent, and never heard back?",
        lambda now: Q(status=Status.SENT, created_at__lt=now - timedelta(minutes=5)),
    ),
    "unknown": ("Outcome unknown?", lambda _: Q(status=Status.UNCONFIRMED)),
    "no-consent": (
        "Stopped for want of consent?",
        lambda _: Q(status=Status.SKIPPED, reason__gte="CONSENT-", reason__lt="CONSENT."),
    ),
    "answered": ("Answered?", lambda _: Q(status=Status.ACKNOWLEDGED)),
    "told": ("Page: told?", lambda _: COUNTED["told"]),
    "page-answered": ("Page: answered?", lambda _: COUNTED["page-answered"]),
    "page-waiting": ("Page: still to go?", lambda _: COUNTED["page-waiting"]),
    "not-told": ("Page: did not arrive, or outcome unknown?", lambda _: COUNTED["not-told"]),
}


class QuestionFilter(admin.SimpleListFilter):
    """What people ask of the log, in their words."""

    title = "question"
    parameter_name = "q_"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, words) for name, (words, _) in _QUESTIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        question = _QUESTIONS.get(self.value() or "")
        return queryset.filter(question[1](timezone.now())) if question else queryset


class SinceFilter(admin.SimpleListFilter):
    """How far back; ranges of time, so that the index on it serves."""

    title = "since"
    parameter_name = "since"
    field = "created_at"
    _spans = {
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(weeks=1),
        "month": timedelta(days=30),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("hour", "Last hour"), ("day", "Last 24 hours"), ("week", "Last 7 days"), ("month", "Last 30 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        span = self._spans.get(self.value() or "")
        return queryset.filter(**{f"{self.field}__gte": timezone.now() - span}) if span else queryset


def since(field: str) -> type[SinceFilter]:
    """Return the filter over another column of time."""
    return type("SinceFilter", (SinceFilter,), {"field": field})
