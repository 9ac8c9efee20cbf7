"""What a reply of `1`, `ACK` or a code does: acknowledges one page or none, and what is said back.

The decision is pure (notifications/core/acks.py). An answer is kept in one tenant's log: it names no page of another.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from members.consent.keywords import Reading
from members.models import Member
from notifications.core.acks import AckBecause, AckDecision, Page, answer, which_page
from notifications.flows.acknowledge import AckOutcome, acknowledge
from notifications.models import Notification
from notifications.queries.alerts import last_closed, open_pages

_ELSEWHERE = "another team's page"
# Somebody else may acknowledge between the look and the lock; what they did is then seen at the next look.
_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Acked:
    """What came of a reply: `says` goes back to the person, in the log of `tenant_id` (None: nobody's, so unsaid)."""

    outcome: str
    says: str
    tenant_id: int | None
    member: Member | None
    page: Notification | None


def take_acknowledgement(reading: Reading, *, number: str, only_tenant_id: int | None, at: datetime) -> Acked:
    """Acknowledge the page that a reply from `number` means, if it can mean only one; needs the platform's scope.

    :param only_tenant_id: the tenant whose own account the text came through, which speaks for no other tenant.
    """
    for _ in range(_LOOKS):
        waiting = open_pages(number, code=reading.code, tenant_id=only_tenant_id, at=at)
        named = [page for page in waiting.pages if reading.code in (None, page.code)]
        # Only a reply that meets no open page may be one that comes too late.
        closed = None if named else last_closed(number, code=reading.code, tenant_id=only_tenant_id, at=at)
        decision = which_page(waiting.pages, reply=reading, last_closed=closed.page if closed else None)
        if decision.acknowledged is None:
            shown_in = closed.row if closed and decision.late else _newest(decision, waiting.rows)
            return _said(decision, decision.because.value, shown_in, page=None)
        page = waiting.rows[decision.acknowledged.public_id]
        result = acknowledge(page, via="sms", at=at, by_member=page.member)
        if result.outcome is AckOutcome.ACKNOWLEDGED:
            left = _without_closed(decision, waiting.rows, closed=result.closed)
            return _said(left, "acknowledged", page, page=page, alerts=len(result.closed))
    return Acked("not_acknowledged", "", None, None, None)


def _said(
    decision: AckDecision, outcome: str, shown_in: Notification | None, *, page: Notification | None, alerts: int = 1
) -> Acked:
    if shown_in is None:
        return Acked(outcome, answer(decision), None, None, page)
    listed = tuple(_as_seen_in(shown_in.tenant_id, other) for other in decision.listed)
    says = answer(replace(decision, listed=listed), alerts=alerts)
    members = {other.member_id for other in decision.listed}
    told = shown_in.member if page or decision.late or len(members) == 1 else None
    return Acked(outcome, says, shown_in.tenant_id, told, page)


def _newest(decision: AckDecision, rows: dict[str, Notification]) -> Notification | None:
    if decision.because is AckBecause.NOTHING_OPEN or not decision.listed:
        return None
    return rows[decision.listed[0].public_id]


def _without_closed(decision: AckDecision, rows: dict[str, Notification], *, closed: Collection[int]) -> AckDecision:
    """The decision without the other pages of the alerts that are closed now."""
    open_still = tuple(other for other in decision.others if rows[other.public_id].alert_id not in closed)
    return replace(decision, others=open_still, listed=open_still)


def _as_seen_in(tenant_id: int, page: Page) -> Page:
    return page if page.tenant_id == tenant_id else replace(page, title=_ELSEWHERE)
