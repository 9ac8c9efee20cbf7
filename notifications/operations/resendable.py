"""Why a row of the log is not sent again, in a sentence for whoever asked; over rows that are read already.

Times are said in the zone of whoever reads, which is named.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.core.states import NotificationStatus, Purpose
from notifications.models import Alert, Notification

#: Where the first row had no end of validity.
RESENT_FOR = timedelta(hours=24)
PURPOSES = frozenset({Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST})

_S = NotificationStatus
_STATUSES = {
    _S.QUEUED: "It has not gone yet, and will by itself.",
    _S.HELD: "It waits, and goes by itself when its time comes.",
    _S.SENDING: "It is being handed to a provider at this moment.",
    _S.UNCONFIRMED: "Its outcome is unknown and the provider is being asked: sent again, it might arrive twice.",
    _S.DELIVERED: "The carrier says that it reached the phone.",
    _S.ACKNOWLEDGED: "The recipient acknowledged it.",
    _S.CANCELLED: "It was not needed any more.",
    _S.MERGED: "Its text went out inside another notification.",
}
_OTHER_PURPOSES = {
    Purpose.VERIFICATION_CODE: "A code is good for a few minutes; the person has a new one sent on their own page.",
    Purpose.CONSENT_CONFIRMATION: "The confirmation of an opt-in goes once; the portal sends it by itself.",
    Purpose.KEYWORD_REPLY: "An answer to a text goes once, within minutes of that text.",
}


_LATER = {
    _S.UNCONFIRMED: "whose outcome is unknown: it might arrive twice",
    _S.DELIVERED: "which reached the phone",
    _S.ACKNOWLEDGED: "which the recipient acknowledged",
}


def why_not(row: Notification, *, later: Sequence[Notification], chosen: Collection[int]) -> str | None:
    """Why `row` is not sent again, None where it may be.

    :param later: its second sendings so far.
    :param chosen: the ids of all rows that were chosen with it.
    """
    purpose, status = Purpose(row.purpose), NotificationStatus(row.status)
    if purpose not in PURPOSES:
        return _OTHER_PURPOSES[purpose]
    if not status.is_resendable:
        return _STATUSES[status]
    if row.member is None:
        return "It belongs to no member, so that there is no number to send it to."
    for copy in later:
        if (known := _LATER.get(NotificationStatus(copy.status))) is not None:
            return f"It was sent again as {copy.public_id}, {known}."
        if copy.pk in chosen:
            return f"It was sent again as {copy.public_id}, which is chosen too."
    return _closed(row.alert) if row.alert else None


def _closed(alert: Alert) -> str | None:
    """A page of an alert that is over would be cancelled at once."""
    if alert.acknowledged_at is not None:
        by = alert.acknowledged_by.name if alert.acknowledged_by else "Somebody"
        return f"{by} acknowledged its alert at {_moment(alert.acknowledged_at)}: it would be cancelled."
    if alert.resolved_at is not None:
        return f"Its alert was resolved at {_moment(alert.resolved_at)}: it would be cancelled."
    return None


def _moment(at: datetime) -> str:
    said = timezone.localtime(at)
    return f"{said:%H:%M} ({timezone.get_current_timezone_name()}) on {said.day} {said:%B}"
