"""Columns of the log's lists, as small pure functions over a row that is already read."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from notifications.core.states import NotificationStatus
from notifications.models import Notification

#: Colour of the pill; the word on it says the same without colour.
TONES = {
    NotificationStatus.QUEUED: "info",
    NotificationStatus.HELD: "warning",
    NotificationStatus.SENDING: "info",
    NotificationStatus.SENT: "primary",
    NotificationStatus.DELIVERED: "success",
    NotificationStatus.FAILED: "danger",
    NotificationStatus.QUOTA_EXCEEDED: "danger",
    NotificationStatus.SKIPPED: "warning",
    NotificationStatus.EXPIRED: "warning",
    NotificationStatus.MERGED: "plain",
    NotificationStatus.ACKNOWLEDGED: "success",
    NotificationStatus.CANCELLED: "plain",
    NotificationStatus.UNCONFIRMED: "warning",
}

#: A row that is due for longer than this says that the worker may be paused.
STUCK_AFTER = timedelta(minutes=1)


def pill(word: str, *, tone: str, title: str = "") -> SafeString:
    """A word in a coloured frame."""
    return format_html('<span class="pt-pill pt-pill-{}" title="{}">{}</span>', tone, title, word)


def status_pill(row: Notification, *, now: datetime) -> SafeString:
    status = NotificationStatus(row.status)
    tone = TONES[status]
    if status is NotificationStatus.QUEUED and now - row.due_at > STUCK_AFTER:
        tone = "danger"
    return pill(row.get_status_display(), tone=tone, title=status.claims_of(row.channel))


def reason_line(row: Notification, *, now: datetime) -> str:
    """Why it stands as it stands, in words short enough for a list."""
    if row.status == NotificationStatus.QUEUED and now - row.due_at > STUCK_AFTER:
        return "Due for over a minute: the worker may be paused."
    if row.status == NotificationStatus.HELD and row.reason_text:
        return f"{row.reason_text} Until {timezone.localtime(row.due_at):%H:%M}."
    return row.reason_text


def ago(at: datetime | None, *, now: datetime) -> str:
    """Say how long ago in the largest whole unit."""
    if at is None:
        return "never"
    seconds = max(0, int((now - at).total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return f"{seconds} second{'s' if seconds != 1 else ''} ago"
