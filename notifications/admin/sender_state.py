"""On a sender's page: what the provider says it can do and where its texts go, and the button that asks for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from notifications.admin.registration import KeepsSenders
from notifications.core.sender_state import (
    InboundFault,
    SenderSeen,
    inbound_faults,
    missing_channels,
    without_addresses,
)
from notifications.models import InboundMessage, Sender
from notifications.operations.registrations import NotFetched
from notifications.operations.sender_state import ask_about_sender
from notifications.queries.sender_state import inbound_url, provider_of, seen_of
from tenants.access import access_of

_CHANNELS = {"sms": "SMS", "voice": "voice", "email": "e-mail"}


class AskProvider(KeepsSenders):
    """Read at the provider what the sender can do and where its texts go."""

    name = "ask-provider"
    label = "Ask the provider"
    icon = "travel_explore"
    confirm_label = "Ask Twilio now"

    def fits(self, obj: Any) -> bool:
        return provider_of(obj) == "twilio"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        return {
            "summary": f"Twilio is asked what {rows[0].address} can do (SMS, voice) and to which address it posts the "
            "texts that people write to it, on the number and on its messaging service. It only reads: nothing changes "
            "at Twilio, and no message is sent."
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        found = ask_about_sender(rows[0], actor=access_of(request).user, at=timezone.now())
        if isinstance(found, NotFetched):
            self.model_admin.say(request, found.why, level=40)
            return None
        state = state_of(rows[0], shows_addresses=True)
        wrong = state.wrong if state else 0
        what = f"{wrong} to mend, see below." if wrong else "it can do what is entered here, and its texts come in."
        self.model_admin.say(request, f"Twilio answered about {rows[0].address}: {what}", level=30 if wrong else 25)
        return None


@dataclass(frozen=True, slots=True)
class SenderState:
    """What the page shows; `seen` is None where the provider was never asked."""

    seen: SenderSeen | None
    said_at: datetime | None
    missing: tuple[str, ...]
    faults: tuple[InboundFault, ...]
    wanted: str
    last_text_at: datetime | None
    texts: bool
    keeps: bool

    @property
    def wrong(self) -> int:
        """How much is to be mended."""
        return len(self.missing) + len(self.faults)


def state_of(sender: Sender, *, shows_addresses: bool) -> SenderState | None:
    """The panel of this sender, in the open scope; none where it is not Twilio's, or nobody asked yet who may.

    :param shows_addresses: for who keeps the sender; others see no address but our own.
    """
    if provider_of(sender) != "twilio" or (sender.provider_says is None and not shows_addresses):
        return None
    seen, wanted = seen_of(sender), inbound_url()
    if seen is not None and not shows_addresses:
        seen = without_addresses(seen, wanted=wanted)
    texts = "sms" in sender.channels
    last = InboundMessage.objects.filter(sender=sender).order_by("-received_at").values_list("received_at", flat=True)
    return SenderState(
        seen=seen,
        said_at=sender.provider_said_at,
        missing=_missing(sender, seen),
        faults=inbound_faults(seen, address=sender.address, wanted=wanted) if seen and texts else (),
        wanted=wanted,
        last_text_at=last.first(),
        texts=texts,
        keeps=shows_addresses,
    )


def _missing(sender: Sender, seen: SenderSeen | None) -> tuple[str, ...]:
    if seen is None or not seen.numbers:
        return ()
    return tuple(_CHANNELS[one] for one in missing_channels(seen, channels=tuple(sender.channels)))
