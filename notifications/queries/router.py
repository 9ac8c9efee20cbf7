"""The router as platform admins see it: every route, which of them is in use, and what changed; and one sentence of it
for a tenant. Opens the platform's scope itself; who may read what is for the caller to decide."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.core.breaker import BreakerState, Stand, Way, is_drilled, next_try_at, shown_state, untouched, way
from notifications.core.routing import route
from notifications.core.states import Channel
from notifications.models import Breaker, BreakerChange, ProviderAccount, Sender
from notifications.models.sender import PROVIDERS
from notifications.queries.breakers import Route, breaker_stands, stand_of
from notifications.queries.senders import active_senders
from tenants.scope import platform_scope

NAMES = dict(PROVIDERS)
CHANNELS = {Channel.SMS.value: "SMS", Channel.VOICE.value: "voice"}
#: Names of channels as a tenant reads them at the start of a sentence.
_TOLD = {Channel.SMS.value: "Texts", Channel.VOICE.value: "Calls"}
MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class RouteNow:
    """One route at an instant. `in_use`: a message over a shared sender would leave by it now.

    `since` is None for a route that was never out; `shared` counts those of its senders that every tenant may use.
    """

    pk: int | None
    provider: str
    channel: str
    state: BreakerState
    since: datetime | None
    faults: int
    answers: int
    last_fault_code: str
    last_fault_text: str
    last_fault_at: datetime | None
    last_answer_at: datetime | None
    open_until: datetime | None
    next_try_at: datetime | None
    drill_until: datetime | None
    drill_by: str
    senders: int
    shared: int
    in_use: bool

    @property
    def name(self) -> str:
        return f"{NAMES.get(self.provider, self.provider)} {CHANNELS.get(self.channel, self.channel)}"

    def as_json(self) -> dict[str, Any]:
        """As `GET /api/admin/router-state` shows it; instants as ISO 8601 in UTC."""
        last = {"code": self.last_fault_code, "says": self.last_fault_text, "at": _iso(self.last_fault_at)}
        return {
            "provider": self.provider,
            "channel": self.channel,
            "state": self.state.value,
            "since": _iso(self.since),
            "faults": self.faults,
            "answers": self.answers,
            "last_fault": last if self.last_fault_at else None,
            "last_answer_at": _iso(self.last_answer_at),
            "open_until": _iso(self.open_until),
            "next_try_at": _iso(self.next_try_at),
            "drill": {"until": _iso(self.drill_until), "by": self.drill_by} if self.drill_until else None,
            "senders": self.senders,
            "shared_senders": self.shared,
            "in_use": self.in_use,
        }


@dataclass(frozen=True, slots=True)
class RouterState:
    """Every route and the newest changes; `in_use` has the provider of each channel's shared senders, or None."""

    at: datetime
    routes: tuple[RouteNow, ...]
    in_use: dict[str, str | None]
    changes: tuple[BreakerChange, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer of the API. `version` changes with whatever a page shows of it, and with nothing else."""
        shown = [one.as_json() for one in self.routes]
        told = repr([{**one, "answers": None, "last_answer_at": None} for one in shown])
        newest = self.changes[0].pk if self.changes else 0
        return {
            "at": _iso(self.at),
            "version": hashlib.sha256(f"{told}{self.in_use}{newest}".encode()).hexdigest()[:16],
            "in_use": self.in_use,
            "routes": shown,
            "changes": [_change(one) for one in self.changes],
        }


def router_state(*, at: datetime, changes: int = MOST_CHANGES) -> RouterState:
    """How the router stands; five queries."""
    with platform_scope():
        senders = list(Sender.objects.filter(is_active=True).select_related("account").defer("account__secret"))
        shared = [sender for sender in active_senders(()) if sender.tenant_id is None]
        accounts = set(ProviderAccount.objects.order_by().values_list("provider", flat=True))
        rows = {(row.provider, row.channel): row for row in Breaker.objects.select_related("drill_by")}
        newest = tuple(BreakerChange.objects.select_related("actor").order_by("-id")[:changes])
    stands = {key: stand_of(row) for key, row in rows.items()}
    in_use = {channel: _in_use(shared, channel, stands, at=at) for channel in CHANNELS}
    counted, of_all = _counted(senders), _counted(shared)
    last_change = {(one.provider, one.channel): one.at for one in reversed(newest)}
    known = {(provider, channel) for provider in accounts for channel in CHANNELS}
    order = {name: place for place, name in enumerate(NAMES)}
    keys = sorted(known, key=lambda key: (list(CHANNELS).index(key[1]), order.get(key[0], len(order))))
    routes = tuple(
        _now(
            key,
            rows.get(key),
            since=last_change.get(key),
            senders=(counted[key], of_all[key]),
            in_use=in_use[key[1]] == key[0],
            at=at,
        )
        for key in keys
    )
    return RouterState(at, routes, in_use, newest)


def outages(tenant_id: int, *, at: datetime) -> list[str]:
    """What a tenant is told of routes of its own that are out: one sentence a channel, and no name of a provider."""
    with platform_scope():
        stands = breaker_stands()
        if all(way(stand, at=at) is Way.FREE for stand in stands.values()):
            return []
        own = active_senders([tenant_id])
    said = []
    for channel, word in _TOLD.items():
        line = [sender for sender in own if channel in sender.usable_channels]
        if not line:
            continue
        found = route(_pairs(line), stands=_of(stands, channel), failed_at=None, at=at)
        if found.chosen is None:
            said.append(f"{word} wait: no provider that could take them works at the moment. They go by themselves.")
        elif found.by is not None and found.first is not None and found.by.provider != found.first.provider:
            said.append(f"{word} go through the fallback at the moment; nothing needs to be done.")
    return said


def _in_use(shared: Sequence[Sender], channel: str, stands: dict[Route, Stand], *, at: datetime) -> str | None:
    line = [sender for sender in shared if channel in sender.usable_channels]
    by = route(_pairs(line), stands=_of(stands, channel), failed_at=None, at=at).by
    return by.provider if by else None


def _pairs(senders: Iterable[Sender]) -> list[tuple[str, str]]:
    return [(sender.public_id, sender.provider) for sender in senders]


def _of(stands: dict[Route, Stand], channel: str) -> dict[str, Stand]:
    return {provider: stand for (provider, of), stand in stands.items() if of == channel}


def _counted(senders: Iterable[Sender]) -> Counter[Route]:
    return Counter((sender.provider, channel) for sender in senders for channel in sender.usable_channels)


def _now(
    key: Route, row: Breaker | None, *, since: datetime | None, senders: tuple[int, int], in_use: bool, at: datetime
) -> RouteNow:
    stand = stand_of(row) if row else untouched(at=at)
    drilled = is_drilled(stand, at=at)
    by = row.drill_by if row and drilled else None
    return RouteNow(
        pk=row.pk if row else None,
        provider=key[0],
        channel=key[1],
        state=shown_state(stand, at=at),
        # A row is made before anything happens to its route; what was never out has stood so from the beginning.
        since=since or (row.since if row and stand.state is not BreakerState.CLOSED else None),
        faults=stand.faults,
        answers=stand.answers,
        last_fault_code=row.last_fault_code if row else "",
        last_fault_text=row.last_fault_text if row else "",
        last_fault_at=row.last_fault_at if row else None,
        last_answer_at=row.last_answer_at if row else None,
        open_until=stand.open_until,
        next_try_at=next_try_at(stand, at=at),
        drill_until=stand.drill_until if drilled else None,
        drill_by=str(by) if by else "",
        senders=senders[0],
        shared=senders[1],
        in_use=in_use,
    )


def _change(one: BreakerChange) -> dict[str, Any]:
    return {
        "at": _iso(one.at),
        "provider": one.provider,
        "channel": one.channel,
        "before": one.before,
        "after": one.after,
        "source": one.source,
        "why": one.why,
        "fault_code": one.fault_code,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
