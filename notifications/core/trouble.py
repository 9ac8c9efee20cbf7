"""What a message met, in one word by which messages are compared: those that meet the same may share a cause.

Pure. It says nothing of whose fault it is.
"""

from datetime import datetime, timedelta

from notifications.core.dispatch_reasons import FAILED_AT_PROVIDER, DispatchReason
from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus

S = NotificationStatus

ARRIVED = "arrived"
#: Too new to say, or ended for a reason of its own recipient's or tenant's: it is compared with nothing.
NOT_COMPARED = ""
SILENT, QUEUED, UNCONFIRMED, EXPIRED = "silent", "queue", "unconfirmed", "expired"

#: A row clears in seconds, and a receipt comes within a minute or two, where one comes at all.
_WAITED, _HEARD = timedelta(minutes=1), timedelta(minutes=2)
#: Held for one of these it is no rule that holds it, but something that does not work.
_HELD_BY_TROUBLE = FAILED_AT_PROVIDER | {
    DispatchReason.HELD_UP.value,
    DispatchReason.ACCOUNT_SEALED.value,
    Reason.NO_ROUTE.value,
    Reason.ROUTES_DRILLED.value,
    Reason.NO_SENDER.value,
}


def trouble(
    status: str,
    *,
    reason: str,
    provider: str,
    fault_code: str,
    due_at: datetime,
    handed_over_at: datetime | None,
    now: datetime,
) -> str:
    """`ARRIVED`, `NOT_COMPARED`, or what it met: a provider's code, the reason that holds it, or where it is stuck."""
    if status in {S.DELIVERED, S.ACKNOWLEDGED}:
        return ARRIVED
    if status == S.FAILED:
        return f"{provider} {fault_code}" if fault_code else reason or "failed"
    if status == S.SENT:
        return SILENT if handed_over_at is not None and now - handed_over_at > _HEARD else NOT_COMPARED
    if status == S.HELD:
        return reason if reason in _HELD_BY_TROUBLE else NOT_COMPARED
    if status == S.QUEUED:
        return QUEUED if now - due_at > _WAITED else NOT_COMPARED
    return {S.UNCONFIRMED.value: UNCONFIRMED, S.EXPIRED.value: EXPIRED}.get(status, NOT_COMPARED)
