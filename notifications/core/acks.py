"""Which page a reply of `1`, `ACK` or a code acknowledges, and what the answer to it says.

Pure over the pages that are open on the number that wrote; it writes nothing, and knows neither the ledger nor a clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from notifications.core.states import NotificationStatus
from notifications.core.text import fit

_TITLE_LIMIT = 40
_LISTED_LIMIT = 5


class Acknowledgement(Protocol):
    """A reply that was read as an acknowledgement."""

    @property
    def code(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """A page that waits for an answer on the number; `code` is what its text asks to be answered with."""

    public_id: str
    code: str
    tenant_id: int
    member_id: int
    title: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """The last page that waited on the number, and how it ended: by whom, when, as what."""

    public_id: str
    code: str
    title: str
    status: NotificationStatus
    closed_at: datetime
    closed_by: str | None


class AckBecause(StrEnum):
    """What the decision rests on."""

    ONLY = "only"
    NEWEST = "newest"
    CODE = "code"
    SEVERAL_PEOPLE = "several_people"
    UNKNOWN_CODE = "unknown_code"
    LATE = "late"
    NOTHING_OPEN = "nothing_open"


@dataclass(frozen=True, slots=True)
class AckDecision:
    """The page that is acknowledged, if one is; `others` stay open, `listed` are to be named with their codes."""

    acknowledged: Page | None
    others: tuple[Page, ...]
    listed: tuple[Page, ...]
    because: AckBecause
    late: ClosedPage | None = None


def which_page(open_pages: Sequence[Page], *, reply: Acknowledgement, last_closed: ClosedPage | None) -> AckDecision:
    """The one page that a reply acknowledges; never a guess between two people.

    :param last_closed: the page that closed last on this number, for a reply that comes too late.
    """
    waiting = tuple(sorted(open_pages, key=lambda page: (page.sent_at, page.public_id), reverse=True))
    if reply.code is not None:
        return _by_code(waiting, reply.code, last_closed)
    if not waiting:
        because = AckBecause.NOTHING_OPEN if last_closed is None else AckBecause.LATE
        return AckDecision(None, (), (), because, last_closed)
    if len({(page.tenant_id, page.member_id) for page in waiting}) > 1:
        return AckDecision(None, waiting, waiting, AckBecause.SEVERAL_PEOPLE)
    newest, *others = waiting
    because = AckBecause.NEWEST if others else AckBecause.ONLY
    return AckDecision(newest, tuple(others), tuple(others), because)


def _by_code(waiting: tuple[Page, ...], code: str, last_closed: ClosedPage | None) -> AckDecision:
    named = [page for page in waiting if page.code == code]
    if len(named) == 1:
        others = tuple(page for page in waiting if page is not named[0])
        return AckDecision(named[0], others, others, AckBecause.CODE)
    if not named and last_closed is not None and last_closed.code == code:
        return AckDecision(None, waiting, waiting, AckBecause.LATE, last_closed)
    return AckDecision(None, waiting, waiting, AckBecause.UNKNOWN_CODE)


def answer(decision: AckDecision, *, alerts: int = 1) -> str:
    """The text that goes back to the person: what was done, or what already happened, and what else waits.

    :param alerts: how many were acknowledged, where the page stood for several.
    """
    if decision.acknowledged is not None:
        what = f"Acknowledged {alerts} alerts" if alerts > 1 else "Acknowledged"
        says = _ended(f"{what}: {_title(decision.acknowledged)}")
    elif decision.because is AckBecause.LATE and decision.late is not None:
        says = _already(decision.late)
    else:
        says = _NOTHING_DONE[decision.because]
    if not decision.listed:
        return says
    listed = "; ".join(f"{page.code} = {_title(page)}" for page in decision.listed[:_LISTED_LIMIT])
    more = len(decision.listed) - _LISTED_LIMIT
    return _ended(f"{says} Still open, reply with the code: {listed}" + (f"; and {more} more" if more > 0 else ""))


_NOTHING_DONE = {
    AckBecause.SEVERAL_PEOPLE: "Nothing acknowledged yet: pages of more than one person or team wait on this number.",
    AckBecause.UNKNOWN_CODE: "Nothing acknowledged: no open page on this number has that code.",
    AckBecause.NOTHING_OPEN: "Nothing to acknowledge: no page is open on this number.",
}


def _already(page: ClosedPage) -> str:
    what = {
        NotificationStatus.ACKNOWLEDGED: "was already acknowledged",
        NotificationStatus.CANCELLED: "was not needed any more",
        NotificationStatus.EXPIRED: "had expired",
    }.get(page.status, "was already closed")
    by = f" by {fit(page.closed_by, limit=_TITLE_LIMIT)}" if page.closed_by else ""
    at = page.closed_at.astimezone(UTC)
    return f"{_title(page)} {what}{by} at {at:%H:%M} UTC on {at:%Y-%m-%d}."


def _ended(sentence: str) -> str:
    """The sentence with its full stop, unless its last words were cut or brought one along."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _title(page: Page | ClosedPage) -> str:
    return fit(" ".join(page.title.split()) or page.public_id, limit=_TITLE_LIMIT)
