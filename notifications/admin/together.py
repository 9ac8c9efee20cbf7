"""The rows of the log that one person wrote at one moment by hand, as a filter and as a link to it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from imes.kernel.ids import matches
from notifications.models import Notification


def written_together(row: Notification) -> str:
    """The address of the log with the rows that were written by hand with `row`, itself included."""
    return reverse("admin:notifications_notification_changelist") + f"?{TogetherFilter.parameter_name}={row.public_id}"


class TogetherFilter(admin.SimpleListFilter):
    """Offered only where it is in use: what was sent by hand together with the row that is named."""

    title = "sent together"
    parameter_name = "together"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        name = request.GET.get(self.parameter_name, "")
        row = _named(name)
        if row is None:
            # Whoever asks for what is not there, or not theirs, finds nothing rather than everything.
            return [(name, "Nothing")] if name else []
        return [(name, f"At {timezone.localtime(row.created_at):%H:%M:%S on %d %b %Y}")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        row = _named(self.value() or "")
        if row is None:
            return queryset.none()
        return queryset.filter(tenant_id=row.tenant_id, created_at=row.created_at, sent_by_id=row.sent_by_id)


def _named(name: str) -> Notification | None:
    """The row of this name, where the open scope shows it and somebody sent it by hand."""
    if not matches("ntf", name):
        return None
    return Notification.objects.filter(public_id=name, sent_by__isnull=False).first()
