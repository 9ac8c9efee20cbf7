"""One claimed message with what is known and decided of it, and how it is ruled again when something was limited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.core.gates import GateFacts, Ruling, Verdict, ruling
from notifications.models import Notification
from notifications.queries.facts_throttle import Gone
from notifications.queries.gate_facts import facts_of


@dataclass(frozen=True, slots=True)
class Ruled:
    """One message with what is known and decided of it; `tries` are its attempts so far."""

    row: Notification
    facts: GateFacts
    ruling: Ruling
    tries: int

    @property
    def goes(self) -> bool:
        """Every gate lets it go."""
        return self.ruling.verdict is Verdict.GO

    @property
    def gone(self) -> Gone:
        """What it counts for once it is committed."""
        row = self.row
        return Gone(row.tenant_id, row.number, row.channel, row.purpose, self.facts.sender_ref or "")


def ruled(rows: Sequence[Notification], *, tries: Sequence[int], now: datetime, going: Sequence[Gone]) -> list[Ruled]:
    """Rule these locked rows under the locks of the transaction; needs the platform's scope.

    :param going: what this transaction lets go besides, as far as it is decided.
    """
    facts = facts_of(rows, now=now, under_lock=True, going=going)
    return [
        Ruled(row, facts[row.pk], ruling(facts[row.pk], now=now), count) for row, count in zip(rows, tries, strict=True)
    ]


def ruled_again(ones: Sequence[Ruled], *, now: datetime, going: Sequence[Gone]) -> list[Ruled]:
    """The same messages, by what is true now that others of their batch are decided."""
    return ruled([one.row for one in ones], tries=[one.tries for one in ones], now=now, going=going)
