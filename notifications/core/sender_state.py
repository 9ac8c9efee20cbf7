"""What a provider itself says of a sender: what it can send, and to which address it posts the texts that people write.

Two levels may name that address at Twilio: the number, and the messaging service that it belongs to, which goes before
the number unless it leaves it to the number (`use_inbound_webhook_on_number`; twilio.com/docs/messaging/services/api).
Where a number has a TwiML App for texts, its own address is ignored. Pure; whom to ask, and when, is not known here.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

#: In the place of an address that a reader may not see.
ELSEWHERE = "another address"


class Level(StrEnum):
    """Where the address stands that decides."""

    NUMBER = "number"
    SERVICE = "service"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class NumberSeen:
    """A number as the provider shows it; `texts_to` and `calls_to` are empty where nothing is set."""

    address: str
    sms: bool
    voice: bool
    mms: bool = False
    texts_to: str = ""
    texts_by: str = "POST"
    calls_to: str = ""
    app: str = ""


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """A messaging service; `defers`: it leaves texts to the address of the number that was texted."""

    ref: str
    texts_to: str = ""
    texts_by: str = "POST"
    defers: bool = False


@dataclass(frozen=True, slots=True)
class SenderSeen:
    """One answer of the provider: the number, or the numbers of the service; and the service, where there is one.

    Without a number and a service the account has no such sender. `all_asked` is False where the account has more
    services than were asked whether the number is theirs.
    """

    numbers: tuple[NumberSeen, ...] = ()
    service: ServiceSeen | None = None
    all_asked: bool = True

    def as_json(self) -> dict[str, Any]:
        """In types that JSON takes; `from_json` makes the equal of it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "SenderSeen":
        """:raises KeyError, TypeError: for what `as_json` did not write."""
        service = stored["service"]
        return cls(
            numbers=tuple(NumberSeen(**one) for one in stored["numbers"]),
            service=ServiceSeen(**service) if service else None,
            all_asked=stored["all_asked"],
        )


@dataclass(frozen=True, slots=True)
class InboundFault:
    """Texts do not come in: which of the levels is wrong, what stands there (empty: nothing), and who does what."""

    level: Level
    about: str
    stands: str
    says: str
    remedy: str


def inbound_faults(seen: SenderSeen, *, address: str, wanted: str) -> tuple[InboundFault, ...]:
    """Why texts to this sender do not reach `wanted`; empty where they do."""
    service = seen.service
    if not seen.numbers and service is None:
        says = f"The account at the provider has no sender {address}, so no text to it can come in."
        remedy = "A platform admin compares the sender with the numbers in the provider's console."
        return (InboundFault(Level.ACCOUNT, address, "", says, remedy),)
    if service is not None and not service.defers:
        return _of_service(service, seen.numbers, wanted=wanted)
    if not seen.numbers and service is not None:
        says = f"Messaging service {service.ref} has no number that could be texted."
        return (InboundFault(Level.SERVICE, service.ref, "", says, f"Add a number to {service.ref} at the provider."),)
    return tuple(fault for one in seen.numbers for fault in _of_number(one, service, wanted=wanted))


def missing_channels(seen: SenderSeen, *, channels: tuple[str, ...]) -> tuple[str, ...]:
    """The channels offered here that the provider says none of its numbers can carry."""
    able = {"sms": any(one.sms for one in seen.numbers), "voice": any(one.voice for one in seen.numbers)}
    return tuple(one for one in channels if not able.get(one, True))


def without_addresses(seen: SenderSeen, *, wanted: str) -> SenderSeen:
    """The same for a reader to whom the account at the provider does not belong: no address but our own."""

    def shown(url: str) -> str:
        return url if url in {"", wanted} else ELSEWHERE

    numbers = tuple(
        NumberSeen(one.address, one.sms, one.voice, one.mms, shown(one.texts_to), one.texts_by, shown(one.calls_to))
        if not one.app
        else NumberSeen(one.address, one.sms, one.voice, one.mms, "", one.texts_by, "", "a TwiML App")
        for one in seen.numbers
    )
    service = seen.service
    kept = ServiceSeen(service.ref, shown(service.texts_to), service.texts_by, service.defers) if service else None
    return SenderSeen(numbers, kept, seen.all_asked)


def _of_service(service: ServiceSeen, numbers: tuple[NumberSeen, ...], *, wanted: str) -> tuple[InboundFault, ...]:
    if service.texts_to == wanted and service.texts_by == "POST":
        return ()
    right = any(one.texts_to == wanted for one in numbers)
    own = "; the number's own webhook is right, and the service goes before it" if right else ""
    says = (
        f"Messaging service {service.ref} takes the texts to its numbers itself and {_where(service.texts_to)}"
        f"{_how(service.texts_to, service.texts_by, wanted=wanted)}{own}."
    )
    remedy = f"In the service's Integration settings, set the webhook for incoming messages to {wanted} (HTTP POST)"
    remedy += ", or let it defer to the sender's webhook, which is right." if right else "."
    return (InboundFault(Level.SERVICE, service.ref, service.texts_to, says, remedy),)


def _of_number(one: NumberSeen, service: ServiceSeen | None, *, wanted: str) -> tuple[InboundFault, ...]:
    left = f" Its messaging service {service.ref} leaves texts to the number." if service else ""
    if one.app:
        says = f"{one.address} has {one.app} for texts, which goes before its own webhook.{left}"
        remedy = f"Take the TwiML App off the number's messaging settings and set its webhook to {wanted} (HTTP POST)."
        return (InboundFault(Level.NUMBER, one.address, one.app, says, remedy),)
    if one.texts_to == wanted and one.texts_by == "POST":
        return ()
    says = (
        f"The webhook for texts of {one.address} {_where(one.texts_to)}"
        f"{_how(one.texts_to, one.texts_by, wanted=wanted)}.{left}"
    )
    remedy = f"In the number's messaging settings, set “A message comes in” to {wanted} (HTTP POST)."
    return (InboundFault(Level.NUMBER, one.address, one.texts_to, says, remedy),)


def _where(url: str) -> str:
    return f"posts to {url}" if url else "is set to nothing"


def _how(url: str, method: str, *, wanted: str) -> str:
    return f", by {method} in place of POST" if url == wanted and method != "POST" else ""
