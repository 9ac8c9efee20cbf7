"""How senders are registered, as the pure words read it; and which sender a tenant's text to a number leaves from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from imes.kernel.phone import region_of
from notifications.core.registration import Banner, Registration, RegistrationError, RegistrationState, banner
from notifications.core.states import Channel
from notifications.models import Sender
from notifications.queries.senders import active_senders


def registration_of(sender: Sender) -> Registration:
    """The stored registration of one sender."""
    return Registration(
        address=sender.address,
        country=sender.country,
        state=RegistrationState(sender.registration),
        kind=sender.registration_kind,
        errors=errors_of(sender.registration_errors),
        since=sender.registration_since,
        checked_at=sender.registration_checked_at,
        source=sender.registration_source,
    )


def errors_of(stored: object) -> tuple[RegistrationError, ...]:
    """The stored errors; what is not of their shape is left out."""
    lines = stored if isinstance(stored, list) else []
    return tuple(
        RegistrationError(_text(line, "code"), _text(line, "field"), _text(line, "says"))
        for line in lines
        if isinstance(line, dict)
    )


def sender_banner(sender: Sender, *, now: datetime) -> Banner | None:
    """The banner on the sender's own page."""
    return banner(registration_of(sender), recipient_region=None, now=now)


def service_banner(tenant_id: int, *, number: str, now: datetime) -> Banner | None:
    """The banner of the sender that would text this number for the tenant; needs the platform's scope."""
    senders = active_senders([tenant_id])
    texting = next((one for one in senders if Channel.SMS.value in one.channels), None)
    if texting is None:
        return None
    found = banner(registration_of(texting), recipient_region=region_of(number) or "", now=now)
    return None if found is None or found.state is RegistrationState.NOT_NEEDED else found


def _text(line: Mapping[str, Any], name: str) -> str:
    return str(line.get(name) or "")
