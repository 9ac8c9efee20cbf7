"""How a sender is registered with the carriers, in words: verified, pending since when, or refused for which reasons.

Registration is asked for in the United States and Canada alone (US A2P 10DLC, toll-free verification). How long a
pending one takes is the carriers' to say, so no time is ever promised here. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifications.core.faults import fault
from notifications.core.registration_words import correction, resubmit

#: Where carriers ask for a registration.
REGISTERED_IN = frozenset({"US", "CA"})
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class RegistrationState(StrEnum):
    """The stored states of a sender's registration."""

    NOT_NEEDED = "not_needed"
    PENDING = "pending"
    VERIFIED = "verified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RegistrationError:
    """One thing that has to be corrected: the provider's code, the field in its own words, and what it says."""

    code: str
    field: str
    says: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A sender's registration as it is known here; `checked_at` is when it was last entered or fetched."""

    address: str
    country: str
    state: RegistrationState
    kind: str
    errors: tuple[RegistrationError, ...] = ()
    since: datetime | None = None
    checked_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands at the top: a word in capitals, a sentence, and one line for each thing to correct."""

    state: RegistrationState
    title: str
    says: str
    lines: tuple[str, ...]
    tone: str
    link: str = ""
    link_label: str = ""

    @property
    def is_verified(self) -> bool:
        return self.state is RegistrationState.VERIFIED


_TONES = {
    RegistrationState.NOT_NEEDED: "plain",
    RegistrationState.PENDING: "warning",
    RegistrationState.VERIFIED: "success",
    RegistrationState.FAILED: "danger",
}
_KINDS = {"a2p": "the US A2P 10DLC brand and campaign", "toll_free": "the toll-free verification"}
_SOURCES = {"hand": "entered by hand", "provider": "fetched from Twilio"}


def concerns(registration: Registration, *, recipient_region: str | None) -> bool:
    """Whether it can matter: for a recipient by where they are, without one by where the sender is.

    :param recipient_region: two letters; None where no recipient is looked at.
    """
    if recipient_region is None:
        return registration.country in REGISTERED_IN
    if recipient_region not in REGISTERED_IN:
        return False
    return registration.country in REGISTERED_IN or registration.state is not RegistrationState.NOT_NEEDED


def banner(registration: Registration, *, recipient_region: str | None, now: datetime) -> Banner | None:
    """The words for it; None where no carrier asks for a registration."""
    if not concerns(registration, recipient_region=recipient_region):
        return None
    says, lines = _told(registration, now=now)
    link, label = resubmit(registration.kind) if registration.state is RegistrationState.FAILED else ("", "")
    unknown = registration.state is RegistrationState.NOT_NEEDED and registration.checked_at is None
    title = "NOT CHECKED" if unknown else registration.state.value.replace("_", " ").upper()
    return Banner(
        registration.state, title, f"{says}{_known(registration)}", lines, _TONES[registration.state], link, label
    )


def age(since: datetime | None, *, now: datetime) -> str:
    """How long it has stood so, in one unit."""
    if since is None:
        return "for a time that is not known"
    length = max(timedelta(0), now - since)
    if length < _HOUR:
        return f"for {int(length.total_seconds() // 60)} min"
    if length < 2 * _DAY:
        return f"for {int(length / _HOUR)} h"
    return f"for {length.days} days"


def _told(registration: Registration, *, now: datetime) -> tuple[str, tuple[str, ...]]:
    address, kind = registration.address, _KINDS.get(registration.kind, "the registration")
    if registration.state is RegistrationState.VERIFIED:
        return f"{address} is properly registered with the carriers ({kind}).", ()
    if registration.state is RegistrationState.NOT_NEEDED:
        if registration.checked_at is not None:
            return f"No registration is needed for {address}.", ()
        unknown = (
            f"Nothing is known of a registration of {address}. A local number needs a US A2P 10DLC campaign, a "
            "toll-free one a verification: look it up in the provider's console and enter it here, or fetch it."
        )
        return unknown, ()
    if registration.state is RegistrationState.PENDING:
        since = f" since {registration.since:%Y-%m-%d %H:%M} UTC" if registration.since else ""
        waits = (
            f"{kind[:1].upper()}{kind[1:]} of {address} has been pending {age(registration.since, now=now)}{since}. "
            "Until it is verified, carriers may block what it sends in the United States and Canada, also to members "
            "for whom SMS was just switched on. Some numbers become active at once, others are checked for longer; "
            "nobody here knows how long, so no time is promised."
        )
        return waits, _corrections(registration.errors)
    refused = (
        f"{kind[:1].upper()}{kind[1:]} of {address} was refused: carriers block what it sends in the United States and "
        "Canada. Correct what is listed at the provider, then submit it again."
    )
    nothing = ("The provider named no reason: open the registration in its console.",)
    return refused, _corrections(registration.errors) or nothing


def _corrections(errors: Sequence[RegistrationError]) -> tuple[str, ...]:
    lines = []
    for error in errors:
        known = fault("twilio", error.code, channel="sms") if error.code else None
        says = error.says or (known.says if known is not None and known.known else "no words were given")
        where = f" (field {error.field})" if error.field else ""
        code = f"{error.code}: " if error.code else ""
        lines.append(f"{code}{says.rstrip('.')}{where}. {correction(error.code)}")
    return tuple(lines)


def _known(registration: Registration) -> str:
    if registration.checked_at is None:
        return ""
    how = _SOURCES.get(registration.source, "recorded")
    return f" Last {how} {registration.checked_at:%Y-%m-%d %H:%M} UTC."
