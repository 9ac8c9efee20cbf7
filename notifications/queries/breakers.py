"""How the routes stand: what a ruling reads of every breaker, in one query over a table of a few rows."""

from collections.abc import Mapping
from typing import Any

from notifications.core.breaker import BreakerState, Stand
from notifications.models import Breaker

#: What moves: the fields of a stand, as the row has them.
STAND_FIELDS = (
    "state",
    "since",
    "counted_since",
    "openings",
    "faults",
    "answers",
    "open_until",
    "probe_until",
    "drill_until",
)
Route = tuple[str, str]


def breaker_stands() -> dict[Route, Stand]:
    """Every breaker that was ever moved, by provider and channel; needs the platform's scope."""
    rows = Breaker.objects.order_by().values("provider", "channel", *STAND_FIELDS)
    return {(row["provider"], row["channel"]): _stand(row) for row in rows}


def stand_of(row: Breaker) -> Stand:
    """How this breaker stands."""
    return _stand({name: getattr(row, name) for name in STAND_FIELDS})


def _stand(values: Mapping[str, Any]) -> Stand:
    fields = {name: values[name] for name in STAND_FIELDS}
    return Stand(**{**fields, "state": BreakerState(fields["state"])})
