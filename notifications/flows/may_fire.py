"""Whether a flow may fire now, whoever asks: a hook, a command or a person."""

from datetime import datetime

from billing.standing import standing_at, triggers_permitted
from notifications.core.answers import Refusal, TriggerCode
from notifications.models import Flow
from tenants.models import Standing


def refusal(flow: Flow, *, at: datetime) -> Refusal | None:
    """Why `flow` does not fire at `at`; None when it does. Past due fires: its rows are kept as Skipped (reading 5)."""
    tenant = flow.tenant
    standing = standing_at(tenant.standing, until=tenant.standing_until, at=at)
    if not triggers_permitted(standing):
        return Refusal(TriggerCode.CANCELLED if standing is Standing.CANCELLED else TriggerCode.SUSPENDED)
    return None if flow.is_enabled else Refusal(TriggerCode.DISABLED)
