"""The front of a member's own page: where they are, their phones, what they agreed to, what they were sent.

It only reads. What can be done is on pages of its own, each of which shows first what would follow.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members import ports
from members.models import Member, SmsSwitch
from members.own import OwnPhone, OwnPlace, own_history, own_phones, own_places, own_switch
from members.pages.own_door import own_page, user_of
from members.ports import Block
from members.queries import schedule_of, zone_of
from members.schedule_pages.words import Line, line
from members.sms_switch import SwitchState

MOST_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class OwnBlock:
    """A provider's block in words for the phone's owner: since when, and what lifts it."""

    number: str
    since: datetime
    text_start_to: str


@dataclass(frozen=True, slots=True)
class SwitchWords:
    """Why administrators have SMS off for the number that takes it, and who can change that."""

    says: str
    at: datetime | None


@require_safe
@own_page
def front(request: HttpRequest, place: OwnPlace) -> HttpResponse:
    """Show the member themselves."""
    now = timezone.now()
    phones = own_phones(place, at=now)
    context = {
        "place": place,
        "places": own_places(user_of(request)),
        "phones": phones,
        "blocks": [block for phone in phones for block in _blocks(phone)],
        "switch": _switch(place, phones),
        "schedule": _schedule(place.member, now=now),
        "ask": ask_whom(place),
        "text_to": ports.messenger().number_to_text(tenant=place.tenant),
        "recent": ports.messenger().recent_to(place.member, newest=MOST_MESSAGES),
        "reads_admin": getattr(getattr(request, "access", None), "reads", False),
    }
    return render(request, "me/front.html", context)


@require_safe
@own_page
def history(request: HttpRequest, place: OwnPlace) -> HttpResponse:
    """Show what is on record about the member's consent, word for word."""
    lines = own_history(place, phones=own_phones(place, at=timezone.now()))
    return render(request, "me/history.html", {"place": place, "lines": lines})


def ask_whom(place: OwnPlace) -> str:
    """Whom a member asks for what only an administrator can do."""
    tenant = place.tenant
    return tenant.support_email or f"an administrator of {tenant.name}"


def _schedule(member: Member, *, now: datetime) -> Line:
    return line(schedule_of(member, since=now), zone=zone_of(member), now=now)


def _blocks(phone: OwnPhone) -> list[OwnBlock]:
    if not phone.is_proved:
        return []  # of a number that may be somebody else's nothing is told
    found = ports.messenger().blocks_of(phone.phone.number)
    return [_block(phone, block) for block in found if block.is_active]


def _block(phone: OwnPhone, block: Block) -> OwnBlock:
    # A messaging service has no number of its own to text to: its last message is answered.
    to = block.sender_address if block.sender_address.startswith("+") else ""
    return OwnBlock(phone.phone.number, block.since, to)


def _switch(place: OwnPlace, phones: list[OwnPhone]) -> SwitchWords | None:
    """What stands in the way besides consent; None where nothing does, or where no number takes texts."""
    taking = next((phone.phone for phone in phones if phone.takes_sms), None)
    if taking is None:
        return None
    state = own_switch(place, number=taking.number)
    if state is SwitchState.ON:
        return None
    tenant = place.tenant.name
    says = {
        SwitchState.OFF: f"An administrator of {tenant} has switched text messages off for you.",
        SwitchState.NO_SEAT: f"{tenant} has no seat for your text messages at present.",
        SwitchState.NEVER_ON: f"{tenant} has not switched text messages on for you yet.",
    }.get(state, f"Text messages to {taking.number} wait until an administrator of {tenant} switches them on for it.")
    return SwitchWords(says, _switched_at(place.member) if state is SwitchState.OFF else None)


def _switched_at(member: Member) -> datetime | None:
    return SmsSwitch.objects.filter(member=member).order_by("-id").values_list("at", flat=True).first()
