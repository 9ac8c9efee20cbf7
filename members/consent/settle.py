"""What follows from a new line of the ledger: the rows beside it are brought in line, and what waits is ruled anew.

Everything here can be made again from the ledger alone.
"""

from datetime import datetime

from members import ports
from members.consent.ledger import events_of
from members.consent.standing import suppression
from members.models import Suppression

_SUPPRESSED_BY: dict[str, Suppression.Source] = {
    "handset": Suppression.Source.HANDSET,
    "key": Suppression.Source.KEYPRESS,
    "provider": Suppression.Source.PROVIDER,
    "support": Suppression.Source.SUPPORT,
}


def settle(number: str, *, at: datetime) -> None:
    """Bring what is kept beside the ledger in line with it, for one locked number; needs `platform_scope`.

    In whatever order a number's lines came in, the result is the same.
    """
    events = events_of([number])[number]
    stop = suppression(events, channel="sms", at=max(at, *(event.recorded_at for event in events)))
    if stop is None:
        Suppression.objects.filter(number_id=number).delete()
    else:
        Suppression.objects.update_or_create(
            number_id=number,
            defaults={
                "since": stop.effective_at,
                "source": _SUPPRESSED_BY.get(stop.source, Suppression.Source.HANDSET),
                "event_public_id": stop.ref,
            },
        )
    ports.messenger().consent_changed(number=number, at=at)
