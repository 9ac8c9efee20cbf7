"""What a tenant's standing allows: outbound messages, and triggers (reading 5).

Pure: it knows neither who changes a standing nor when.
"""

from datetime import datetime

from tenants.models.tenant import Standing

#: Reading 5: everything goes out in these.
SENDS = frozenset({Standing.TRIAL, Standing.ACTIVE, Standing.PAYMENT_DUE})
#: Triggers are refused (402) in these; in "past due" they are accepted and their rows kept as Skipped.
REFUSES_TRIGGERS = frozenset({Standing.SUSPENDED, Standing.CANCELLED})


def standing_at(standing: str, *, until: datetime | None, at: datetime) -> Standing:
    """Return the standing in force at `at`: a trial or a grace period that has ended is past due."""
    known = Standing(standing)
    if known in {Standing.TRIAL, Standing.PAYMENT_DUE} and until is not None and until <= at:
        return Standing.PAST_DUE
    return known


def outbound_permitted(standing: Standing) -> bool:
    return standing in SENDS


def triggers_permitted(standing: Standing) -> bool:
    return standing not in REFUSES_TRIGGERS
