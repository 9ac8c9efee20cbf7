"""What would be ruled if these messages were written now: for pages that say beforehand who gets what at which cost.

The rows are made by whoever would write them, with negative keys, and are never saved. They go through the same reader
of facts and the same ruling as dispatch; a constant number of queries, however many they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.foresight import foresee
from notifications.core.gates import GateFacts, Ruling, Verdict
from notifications.core.page_text import text_to_send
from notifications.core.spoken import CALLS_THROUGH
from notifications.core.states import Channel, Purpose
from notifications.core.text import Measured, measure
from notifications.models import Notification
from notifications.queries.gate_facts import facts_of
from notifications.queries.spoken import spoken_of
from tenants.scope import platform_scope


class WouldBeSaved(ValueError):
    """A row without a negative key was imagined: a saved one has charges and attempts that must not be mixed in."""


@dataclass(frozen=True, slots=True)
class Imagined:
    """One message that is not written: the whole text as it would be sent or said, its size, and what would be ruled.

    `later` is what would stop one that waits, since those that go now leave it no room.
    """

    row: Notification
    text: str
    measured: Measured
    facts: GateFacts
    ruling: Ruling
    later: Ruling | None

    @property
    def goes(self) -> bool:
        """It would go at once."""
        return self.ruling.verdict is Verdict.GO and not self.lacks_channel

    @property
    def waits(self) -> bool:
        """It would go, and not yet."""
        return self.ruling.verdict is Verdict.HOLD

    @property
    def lacks_channel(self) -> bool:
        """No gate stops it, and the portal places no calls through its sender's provider."""
        is_call = self.ruling.verdict is Verdict.GO and self.facts.channel is Channel.VOICE
        return is_call and self.facts.provider not in CALLS_THROUGH

    @property
    def says(self) -> str:
        """Why it would not go now; empty where it goes."""
        return DispatchReason.CHANNEL_NOT_BUILT.says if self.lacks_channel else self.ruling.says

    @property
    def segments(self) -> int:
        """What it takes of the tenant's segments."""
        return self.measured.segments if self.facts.channel is Channel.SMS else 0


def imagined(rows: Sequence[Notification], *, now: datetime) -> list[Imagined]:
    """What would become of each of these rows, in their order; they are one tenant's, and sent by one user if by hand.

    Tenant, member and alert are set on each row as objects.

    :raises WouldBeSaved: when a row does not have a negative key.
    """
    if any(row.pk is None or row.pk >= 0 for row in rows):
        raise WouldBeSaved("Only rows with negative keys are imagined.")
    with platform_scope():
        prefetch_related_objects([row.member for row in rows if row.member is not None], "phones")
        facts = facts_of(rows, now=now, under_lock=False)
    foreseen = foresee([facts[row.pk] for row in rows], now=now)
    found = []
    for row, one in zip(rows, foreseen, strict=True):
        text = _text(row)
        found.append(Imagined(row, text, measure(text), one.facts, one.ruling, one.later))
    return found


def _text(row: Notification) -> str:
    if row.channel == Channel.VOICE.value:
        return spoken_of(row, sender=None).as_heard
    return text_to_send(row.body, purpose=Purpose(row.purpose), tenant_name=row.tenant.name, ack_code=row.ack_code)
