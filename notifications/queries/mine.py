"""The messages that one person was sent, as that person may read them: no other recipient, no sender, no trace."""

from members.ports import OwnMessage
from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus
from notifications.models import Notification

#: Their reason is about the recipient alone; why another row ended may name other people.
_TELLS_WHY = frozenset({NotificationStatus.SKIPPED, NotificationStatus.HELD})
_SAYS: dict[NotificationStatus, str] = {
    NotificationStatus.QUEUED: "It is about to go.",
    NotificationStatus.HELD: "It waits, and goes later.",
    NotificationStatus.SENDING: "It is going at this moment.",
    NotificationStatus.SENT: "The provider took it. Whether it reached the phone is not known.",
    NotificationStatus.DELIVERED: "The carrier says that it reached the phone.",
    NotificationStatus.FAILED: "The provider or the carrier refused it.",
    NotificationStatus.QUOTA_EXCEEDED: "It was not sent: the monthly limit was reached.",
    NotificationStatus.SKIPPED: "It was not sent.",
    NotificationStatus.EXPIRED: "It was not sent: it came too late.",
    NotificationStatus.MERGED: "Its text came with another message.",
    NotificationStatus.ACKNOWLEDGED: "You acknowledged it.",
    NotificationStatus.CANCELLED: "It was not needed any more.",
    NotificationStatus.UNCONFIRMED: "Whether it went is being found out.",
}


def recent_to(member_id: int, *, newest: int) -> tuple[OwnMessage, ...]:
    """The newest messages of the log to this member, newest first; needs the tenant's scope. One query."""
    rows = Notification.objects.filter(member_id=member_id).order_by("-created_at", "-id")[:newest]
    return tuple(_message(row) for row in rows)


def _message(row: Notification) -> OwnMessage:
    status = NotificationStatus(row.status)
    return OwnMessage(
        at=row.created_at,
        channel=row.get_channel_display(),
        purpose=row.get_purpose_display(),
        number=row.number,
        text=row.body,
        status=row.get_status_display(),
        says=_says(status, row.reason),
    )


def _says(status: NotificationStatus, reason: str) -> str:
    if status in _TELLS_WHY and reason in set(Reason):
        return f"{_SAYS[status]} {Reason(reason).says}"
    return _SAYS[status]
