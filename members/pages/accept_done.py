"""The last page of accepting an invite: what was recorded, what of it counts, and what is left to do, and for whom."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from members import ports
from members.consent.choices import standing_now
from members.consent.standing import StandingState
from members.models import Phone, Suppression
from members.operations.proving import takes_texts, waits_for_proof
from members.own_words import channel_words
from members.pages.accept_form import CHANNELS
from members.pages.way_in import WayIn
from members.ports import Block
from members.sms_state import own_state
from members.sms_switch import SwitchState
from tenants.models import Membership, Role, Tenant
from tenants.scope import platform_scope, tenant_scope

_NOUNS = {"sms": "Text messages (SMS)", "voice": "Calls"}


def done_page(request: HttpRequest, came: WayIn) -> HttpResponse:
    """The summary; it opens the tenant's scope itself."""
    with tenant_scope(came.tenant.pk):
        membership = Membership.objects.filter(user=came.user).first()
        context: dict[str, Any] = {
            "came": came,
            "tenant": came.tenant,
            "phone": came.phone,
            "reads": membership is not None and membership.role in (Role.ADMIN, Role.VIEWER),
        }
        if came.phone is not None:
            context |= _of_phone(came, came.phone)
        return render(request, "invite/done.html", context)


def start_to(blocks: Sequence[Block], *, tenant: Tenant) -> str | None:
    """Where START helps: at the very sender that the provider blocks, else at the shared number."""
    blocked = next((block.sender_address for block in blocks if block.sender_address.startswith("+")), None)
    return blocked or ports.messenger().number_to_text(tenant=tenant)


def _of_phone(came: WayIn, phone: Phone) -> dict[str, Any]:
    at = timezone.now()
    stands = {
        channel: standing_now(tenant=came.tenant, member=came.member, number=phone.number, channel=channel, at=at)
        for channel in CHANNELS
    }
    with platform_scope():
        is_suppressed = Suppression.objects.filter(number_id=phone.number).exists()
    texts_count = stands["sms"].state is StandingState.OPTED_IN
    blocks = [block for block in ports.messenger().blocks_of(phone.number) if block.is_active]
    return {
        "lines": [
            (
                _NOUNS[channel],
                channel_words(
                    stands[channel],
                    channel=channel,
                    member_id=came.member.pk,
                    tenant_name=came.tenant.name,
                    is_proved=phone.proved_at is not None,
                ),
            )
            for channel in CHANNELS
        ],
        "agreed": any(standing.state is StandingState.OPTED_IN for standing in stands.values()),
        "waits": waits_for_proof(came.member, phone=phone, tenant=came.tenant, at=at),
        "can_be_texted": takes_texts(phone),
        "texts_count": texts_count,
        "start_to": start_to(blocks, tenant=came.tenant) if is_suppressed or blocks else None,
        "is_blocked": bool(blocks),
        "is_suppressed": is_suppressed,
        "needs_switch": stands["sms"].state in (StandingState.OPTED_IN, StandingState.PENDING)
        and own_state(came.member) is not SwitchState.ON,
    }
