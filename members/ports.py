"""What this app asks of apps above it or beside it: somebody who sends, and who knows of seats and plans.

Defined here and given in when the portal starts (notifications/apps.py), so that members knows neither how a message
travels nor what a plan costs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from members.models import Member, NumberCode
from tenants.models import Tenant, User


@dataclass(frozen=True, slots=True)
class NoSeatFree:
    """No seat was given: the plan has this many, and all are taken; None where the tenant has no plan."""

    seats: int | None


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One SMS seat that a member held or holds, and who gave and took it."""

    ref: str
    plan: str
    given_at: datetime
    given_by: str
    removed_at: datetime | None
    removed_by: str
    why_removed: str


@dataclass(frozen=True, slots=True)
class SeatUse:
    """The tenant's plan and its seats; `free` None means that there is no limit."""

    plan: str
    says: str
    free: int | None


@dataclass(frozen=True, slots=True)
class MemberLimit:
    """How many active members the tenant's plan allows; None is no limit."""

    plan: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Block:
    """A provider's own opt-out of one number for one sender, as far as we heard of it; our ledger cannot lift it."""

    provider: str
    sender_address: str
    is_active: bool
    since: datetime
    source: str
    code: str
    says: str
    #: What its owner does to lift it, and what became of the last request to the provider's consent API.
    remedy: str = ""
    asked: str = ""
    #: Whether that API can lift it: never a US toll-free number's.
    may_be_told: bool = False


@dataclass(frozen=True, slots=True)
class LineFault:
    """A text to a number ended with a code, such as "Twilio 30006", that calls it a landline, or leaves that open."""

    says: str
    at: datetime
    is_landline: bool


@dataclass(frozen=True, slots=True)
class CodeNews:
    """What became of the text that carries a code; `says` tells in plain words why it did not arrive."""

    state: Literal["waiting", "gone", "delivered", "lost"]
    says: str = ""


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """One message of the log as its recipient may read it: theirs alone, and nobody else in it."""

    at: datetime
    channel: str
    purpose: str
    number: str
    text: str
    status: str
    says: str


@dataclass(frozen=True, slots=True)
class ServiceBanner:
    """How the sender that would text a number is registered with the carriers; `tone` is success, warning or danger."""

    title: str
    says: str
    lines: tuple[str, ...]
    tone: str
    is_verified: bool


class Messenger(Protocol):
    """Sends what consent itself needs. Each call writes a row of the log in the caller's transaction."""

    def send_code(self, code: NumberCode, *, digits: str, member: Member, tenant: Tenant, at: datetime) -> str:
        """Text the six digits to the code's number; returns the notification's public id. The log never shows them."""

    def codes_ended(self, code_ids: Iterable[int], *, at: datetime) -> None:
        """End the texts that carry these codes, where they have not gone yet."""

    def news_of_code(self, code: NumberCode) -> CodeNews:
        """What became of the text that carries the code; needs the tenant's scope."""

    def confirm_opt_in(self, *, member: Member, number: str, tenant: Tenant, at: datetime) -> str:
        """Text the one opt-in confirmation, before any page; returns the notification's public id."""

    def confirmed_since(self, since: datetime, *, member: Member, number: str) -> bool:
        """Whether the opt-in confirmation of this number went, or waits, since then; needs the tenant's scope."""

    def service_banner(self, *, tenant: Tenant, number: str, at: datetime) -> ServiceBanner | None:
        """How the sender for this number is registered; None where no registration is asked for (outside US and CA)."""

    def number_to_text(self, *, tenant: Tenant) -> str | None:
        """The platform's shared number that a person of this tenant texts (a code, START), or None where none is."""

    def consent_changed(self, *, number: str, at: datetime) -> None:
        """Have everything that waits for this number ruled anew, after the transaction commits."""

    def blocks_of(self, number: str) -> tuple[Block, ...]:
        """What providers block for this number, cleared ones too; a tenant is told of its own and shared senders."""

    def tell_provider(
        self, *, number: str, said_at: datetime, was_on_web: bool, tenant: Tenant, actor: User, at: datetime
    ) -> int:
        """Ask the providers to lift their blocks for a consent given anew; how many were asked, after the commit."""

    def line_faults(self, number: str, *, tenant_ids: Iterable[int]) -> tuple[LineFault, ...]:
        """What texts of these tenants to the number met since one arrived, newest first; needs a scope that sees them.

        Only what says something of its line, and only lately.
        """

    def recent_to(self, member: Member, *, newest: int) -> tuple[OwnMessage, ...]:
        """The newest messages to this member, newest first; needs the tenant's scope."""


class Seats(Protocol):
    """Knows which members hold an SMS seat. Needs the tenant's or the platform's scope."""

    def seats_of(self, member_ids: Iterable[int]) -> Mapping[int, str]:
        """The public id of each member's seat, for those who hold one. One query."""

    def give_seat(self, *, tenant: Tenant, member_id: int, actor: User | None, at: datetime) -> str | NoSeatFree:
        """Give the member a seat of the tenant's plan, or the one they hold; returns its public id."""

    def take_seat(self, *, tenant: Tenant, member_id: int, actor: User | None, why: str, at: datetime) -> str | None:
        """Take the member's seat back; returns its public id, None where they hold none."""

    def seat_lines(self, member_ids: Iterable[int], *, newest: int) -> Mapping[int, list[SeatLine]]:
        """The seats of each member, oldest first, at most the `newest`. One query."""

    def use_of(self, tenant: Tenant) -> SeatUse:
        """The tenant's plan, and how many of its seats are taken."""


class Plans(Protocol):
    """Knows what the tenant's plan allows. Needs the tenant's or the platform's scope."""

    def member_limit(self, tenant_id: int) -> MemberLimit:
        """How many active members there may be."""


@dataclass(slots=True)
class Ports:
    """The installed ports of this process."""

    messenger: Messenger | None = None
    seats: Seats | None = None
    plans: Plans | None = None


_installed = Ports()


class NotInstalled(RuntimeError):
    """A port was used before the portal had started up."""


def install(*, messenger: Messenger, seats: Seats, plans: Plans) -> None:
    """Give in who sends and who knows of seats and plans; called once, when the portal starts."""
    _installed.messenger, _installed.seats, _installed.plans = messenger, seats, plans


def messenger() -> Messenger:
    """Who sends.

    :raises NotInstalled: before the portal has started up.
    """
    if _installed.messenger is None:
        raise NotInstalled("members.ports.install() was not called")
    return _installed.messenger


def seats() -> Seats:
    """Who knows of seats.

    :raises NotInstalled: before the portal has started up.
    """
    if _installed.seats is None:
        raise NotInstalled("members.ports.install() was not called")
    return _installed.seats


def plans() -> Plans:
    """Who knows what the plan allows.

    :raises NotInstalled: before the portal has started up.
    """
    if _installed.plans is None:
        raise NotInstalled("members.ports.install() was not called")
    return _installed.plans
