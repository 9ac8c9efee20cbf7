"""Which pages wait for an answer on a number, and how the last one ended.

A number may carry pages of several members and tenants: these questions are asked over all of them, in a platform
scope. What is decided from the answers is pure (notifications/core/acks.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.queries import phones_with_number
from notifications.core.acks import ClosedPage, Page
from notifications.core.states import AWAITING_ANSWER, NotificationStatus, Purpose
from notifications.models import Notification
from notifications.models.notification import CLAIMABLE

#: An older page is not answered by a text any more; its alert can still be closed on its page.
ANSWERABLE_FOR = timedelta(days=7)
_MOST = 200
# A person may answer what was called failed, or what is tried again; but only by its code, since most never saw it.
_BY_CODE_ALONE = frozenset({NotificationStatus.FAILED, NotificationStatus.HELD})
_IS_OPEN = Q(alert__acknowledged_at__isnull=True, alert__resolved_at__isnull=True)
_SEEN = [status.value for status in AWAITING_ANSWER | _BY_CODE_ALONE]


@dataclass(frozen=True, slots=True)
class Closed:
    """The page that closed last on a number, and the row behind it."""

    page: ClosedPage
    row: Notification


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open pages of a number, and the row behind each."""

    pages: tuple[Page, ...]
    rows: dict[str, Notification]


def open_pages(number: str, *, code: str | None, tenant_id: int | None, at: datetime) -> Waiting:
    """The pages that an answer from `number` may acknowledge at `at`: of one alert and member one page alone.

    :param code: the code in the answer, if it has one; it prefers the page that it names.
    :param tenant_id: count this tenant's pages alone; None counts all.
    """
    rows = _of_number(number, at=at).filter(acknowledged_at__isnull=True, status__in=_SEEN)
    # A page that stands for several alerts is open as long as one of them is.
    inside = Notification.objects.filter(_IS_OPEN, merged_into=OuterRef("pk"))
    rows = rows.filter(_IS_OPEN | Exists(inside)).select_related("member")
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    chosen: dict[tuple[int | None, int | None], Notification] = {}
    for row in [*rows.order_by("-id")[:_MOST], *_carriers_named(number, code=code, tenant_id=tenant_id, at=at)]:
        named = code is not None and row.ack_code == code
        if not named and NotificationStatus(row.status) in _BY_CODE_ALONE:
            continue
        key = (row.alert_id, row.member_id)
        if named or key not in chosen:
            chosen[key] = row
    return Waiting(
        pages=tuple(_page(row) for row in chosen.values()), rows={row.public_id: row for row in chosen.values()}
    )


def _carriers_named(number: str, *, code: str | None, tenant_id: int | None, at: datetime) -> list[Notification]:
    """The page that went in place of the one that `code` names; it is then known by that code too."""
    if code is None:
        return []
    rows = _of_number(number, at=at).filter(_IS_OPEN, status=NotificationStatus.MERGED.value, ack_code=code)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    found = []
    for row in rows.filter(merged_into__status__in=_SEEN).select_related("merged_into__member")[:_MOST]:
        if (carrier := row.merged_into) is not None:
            carrier.ack_code = code
            found.append(carrier)
    return found


def last_closed(number: str, *, code: str | None, tenant_id: int | None, at: datetime) -> Closed | None:
    """The page on `number` that closed last, the one with `code` before all others; None where there was none."""
    # Through the tenants who know the number, since closed pages are indexed by tenant.
    tenants = {phone.tenant_id for phone in phones_with_number(number)} if tenant_id is None else {tenant_id}
    rows = _of_number(number, at=at).filter(tenant_id__in=tenants, handed_over_at__isnull=False)
    rows = rows.filter(
        Q(acknowledged_at__isnull=False) | Q(alert__acknowledged_at__isnull=False) | Q(alert__resolved_at__isnull=False)
    ).select_related("alert", "alert__acknowledged_by", "member")
    closed = [Closed(_closed(row), row) for row in rows.order_by("-created_at", "-id")[:_MOST]]
    return max(closed, key=lambda it: (code is not None and it.page.code == code, it.page.closed_at), default=None)


def needs_answer(page: Notification) -> bool:
    """Whether an alert that a page stands for is open: its own, or that of a page that went inside it."""
    return Notification.objects.filter(_IS_OPEN & (Q(pk=page.pk) | Q(merged_into=page.pk))).exists()


def codes_in_use(numbers: Iterable[str], *, at: datetime) -> dict[str, set[str]]:
    """The acknowledgement codes that an answer from each number could still mean; one query, in a platform scope."""
    found: dict[str, set[str]] = {number: set() for number in numbers}
    rows = Notification.objects.filter(
        purpose=Purpose.PAGE.value,
        number__in=list(found),
        acknowledged_at__isnull=True,
        created_at__gte=at - ANSWERABLE_FOR,
        status__in=[*_SEEN, *CLAIMABLE],
    )
    for number, code in rows.values_list("number", "ack_code"):
        found[number].add(code)
    return found


def _of_number(number: str, *, at: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(purpose=Purpose.PAGE.value, number=number, created_at__gte=at - ANSWERABLE_FOR)


def _page(row: Notification) -> Page:
    return Page(
        public_id=row.public_id,
        code=row.ack_code,
        tenant_id=row.tenant_id,
        member_id=row.member_id or 0,
        title=row.body,
        sent_at=row.handed_over_at or row.created_at,
    )


def _closed(row: Notification) -> ClosedPage:
    alert = row.alert
    by = row.member if row.acknowledged_at else (alert.acknowledged_by if alert else None)
    closed_at = row.acknowledged_at or (alert and (alert.acknowledged_at or alert.resolved_at)) or row.created_at
    was_acknowledged = bool(row.acknowledged_at or (alert and alert.acknowledged_at))
    return ClosedPage(
        public_id=row.public_id,
        code=row.ack_code,
        title=row.body,
        status=NotificationStatus.ACKNOWLEDGED if was_acknowledged else NotificationStatus.CANCELLED,
        closed_at=closed_at,
        closed_by=by.name if by else None,
    )
