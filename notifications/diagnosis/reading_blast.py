"""How far a trouble reaches, counted from the messages around it; of other tenants only sums go into the facts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from notifications.core.trouble import ARRIVED, NOT_COMPARED, SILENT, trouble
from notifications.diagnosis.facts_blast import BlastFact, ElsewhereFact, RouteCount
from notifications.queries.around import AFTER, BEFORE, NEAREST, MessageAround
from notifications.queries.diagnosis import DiagnosisRows

#: Fewer messages than this say nothing, and where half of them met the same it is no longer chance.
ENOUGH = 3

_Seen = tuple[MessageAround, str]


def blast_fact(rows: DiagnosisRows) -> BlastFact | None:
    """What the row met and how others fared; None where it met nothing, or where that was not looked at."""
    around = rows.around
    if around is None:
        return None
    now, row = rows.read_at, rows.notification
    met = [(one, _met(one, now=now)) for one in around.messages if one.number and one.number != row.number]
    compared = [(one, word) for one, word in met if word != NOT_COMPARED]
    ours = [pair for pair in compared if pair[0].tenant_id == row.tenant_id]
    theirs = [pair for pair in compared if pair[0].tenant_id != row.tenant_id]
    alike = [one for one, word in ours if word == around.trouble]
    elsewhere = _elsewhere(theirs, around.trouble)
    return BlastFact(
        trouble=around.trouble,
        since=around.at - BEFORE,
        until=min(now, around.at + AFTER),
        messages=len(ours),
        arrived=sum(word == ARRIVED for _, word in ours),
        alike=len(alike),
        failed=sum(word not in {ARRIVED, SILENT, around.trouble} for _, word in ours),
        phones=len({one.number for one, _ in ours}),
        phones_alike=len({one.number for one in alike}),
        routes=_routes(ours, around.trouble),
        is_capped=sum(one.tenant_id == row.tenant_id for one in around.messages) >= NEAREST,
        is_wider=_is_wider(elsewhere),
        elsewhere=elsewhere,
    )


def _met(one: MessageAround, *, now: datetime) -> str:
    return trouble(
        one.status,
        reason=one.reason,
        provider=one.provider,
        fault_code=one.fault_code,
        due_at=one.due_at,
        handed_over_at=one.handed_over_at,
        now=now,
    )


def _routes(ours: Iterable[_Seen], what: str) -> tuple[RouteCount, ...]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for one, word in ours:
        key = "alike" if word == what else "arrived" if word == ARRIVED else "else"
        counted[one.provider, one.sender_address, key] += 1
    routes = sorted({(provider, sender) for provider, sender, _ in counted if provider})
    return tuple(
        RouteCount(
            provider=provider,
            sender_address=sender,
            messages=sum(counted[provider, sender, key] for key in ("alike", "arrived", "else")),
            alike=counted[provider, sender, "alike"],
            arrived=counted[provider, sender, "arrived"],
        )
        for provider, sender in routes
    )


def _elsewhere(theirs: Sequence[_Seen], what: str) -> ElsewhereFact | None:
    if not theirs:
        return None
    return ElsewhereFact(
        tenants=len({one.tenant_id for one, _ in theirs}),
        tenants_alike=len({one.tenant_id for one, word in theirs if word == what}),
        messages=len(theirs),
        alike=sum(word == what for _, word in theirs),
        arrived=sum(word == ARRIVED for _, word in theirs),
    )


def _is_wider(elsewhere: ElsewhereFact | None) -> bool | None:
    if elsewhere is None or elsewhere.messages < ENOUGH:
        return None
    return elsewhere.alike >= ENOUGH and elsewhere.alike * 2 >= elsewhere.messages
