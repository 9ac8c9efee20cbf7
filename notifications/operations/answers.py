"""The words of the answers to texts that we answer ourselves, and the row that carries one.

Twilio answers its own keywords itself; a second answer from us would be one too many. Every text is plain GSM-7.
"""

from datetime import datetime, timedelta

from members.models import Member
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.core.text import BODY_LIMIT, fit
from notifications.models import InboundMessage, Notification, Sender
from notifications.wake import wake_dispatch
from tenants.models import Tenant

# 47 CFR 64.1200(a)(12): one confirmation of an opt-out, within five minutes. The others are stale even sooner.
ANSWER_WITHIN = timedelta(minutes=5)


def opted_out(*, sender: Sender | None) -> str:
    """To a STOP that only we understood."""
    to = f" to {sender.address}" if sender and sender.kind == Sender.Kind.NUMBER else ""
    return (
        "You are opted out. No texts or calls will come to this number from any team on this service. "
        f"Text START{to} to come back."
    )


def opted_in(*, tenant: Tenant | None) -> str:
    """To a START that only we understood; without a tenant where what stands is another one's business."""
    pages = f"pages from {tenant.name}" if tenant else "the pages that you agreed to"
    return f"You are opted in again: {pages} may come to this number. Text STOP to opt out."


def number_proved(*, tenant: Tenant, is_opted_out: bool) -> str:
    """To a code that came back by text: what it proves, and what it does not change."""
    stays = " Your earlier opt-out stays for every other team; text START to lift it." if is_opted_out else ""
    return f"This number is confirmed as yours for {tenant.name}.{stays} Text STOP to opt out."


def start_elsewhere(*, number: str) -> str:
    """To a START through a tenant's own account, which does not lift an opt-out."""
    return (
        "You are still opted out: this number cannot bring you back, because your opt-out counts for every team on "
        f"this service. Text START to {number} to come back."
    )


def never_agreed(*, tenant: Tenant) -> str:
    """To a START from a number on which no consent stands: START lifts an opt-out and is no consent."""
    return (
        f"Nobody agrees to pages on this number now, so none will come. To get pages from {tenant.name}, "
        "open your invite or your own page and tick the SMS box yourself. Text STOP to opt out."
    )


def help_for(*, tenant: Tenant) -> str:
    """To a HELP that Twilio does not answer."""
    write = f" Write to {tenant.support_email}." if tenant.support_email else " Ask your team's administrator."
    return (
        f"{tenant.name}: pages for its team when something breaks.{write} Msg & data rates may apply. STOP to opt out."
    )


def answer_text(
    inbound: InboundMessage, *, body: str, tenant_id: int, member: Member | None, at: datetime
) -> Notification:
    """Write the one answer to a text, from the sender that it came to; needs the platform's scope."""
    row = Notification.objects.create(
        tenant_id=tenant_id,
        purpose=Purpose.KEYWORD_REPLY.value,
        channel=Channel.SMS.value,
        member=member if member is not None and member.tenant_id == tenant_id else None,
        number=inbound.number,
        body=fit(body, limit=BODY_LIMIT),
        status=NotificationStatus.QUEUED.value,
        created_at=at,
        due_at=at,
        expires_at=at + ANSWER_WITHIN,
        reply_to=inbound,
        reply_from=inbound.sender,
    )
    wake_dispatch()
    return row
