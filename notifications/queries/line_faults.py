"""What lately became of texts to one number, as far as it says something of the number's line."""

from collections.abc import Iterable

from members.ports import LineFault
from notifications.core.line_codes import is_doubtful, is_landline
from notifications.core.receipts import DeliveryWord
from notifications.core.states import Channel
from notifications.models import Attempt, Notification

#: The newest messages to it are enough.
_NEWEST = 20
_ARRIVED = (DeliveryWord.DELIVERED.value, DeliveryWord.READ.value)


def line_faults(number: str, *, tenant_ids: Iterable[int]) -> tuple[LineFault, ...]:
    """The faults that texts of these tenants to the number met since one arrived, newest first. Needs a scope.

    A tenant is told of its own messages alone: whose others are is nobody's business, and when they failed neither.
    """
    rows = Notification.objects.filter(tenant_id__in=set(tenant_ids), number=number, channel=Channel.SMS.value)
    newest = list(rows.order_by("-created_at").values_list("pk", flat=True)[:_NEWEST])
    found: list[LineFault] = []
    for attempt in Attempt.objects.filter(notification_id__in=newest).order_by("-committed_at", "-pk"):
        if attempt.word in _ARRIVED:
            break
        landline = is_landline(attempt.provider, attempt.fault_code)
        if landline or is_doubtful(attempt.provider, attempt.fault_code):
            says = f"{attempt.get_provider_display()} {attempt.fault_code}"
            found.append(LineFault(says, attempt.committed_at, landline))
    return tuple(found)
