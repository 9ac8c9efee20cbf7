"""What a provider is asked for: the request of an attempt, and the credentials of its sender; or the e-mail of one."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from notifications.core.states import Purpose
from notifications.core.text import fit
from notifications.models import Attempt, Notification, ProviderAccount, Sender
from notifications.providers.base import Credentials, EmailRequest, SmsRequest
from notifications.queries.ack_links import ack_link

_SUBJECT_LIMIT = 120


def sms_request(attempt: Attempt, *, body: str, expires_at: datetime | None, now: datetime) -> SmsRequest:
    """The request of this attempt; the provider may keep it no longer than the message is valid."""
    return SmsRequest(
        to=attempt.number,
        body=body,
        sender=attempt.sender_address,
        status_callback=f"{settings.PUBLIC_URL}/webhooks/{attempt.provider}/status/{attempt.public_id}",
        validity=None if expires_at is None else expires_at - now,
        reference=attempt.public_id,
        first_sent_at=attempt.committed_at,
    )


def credentials_of(sender: Sender) -> Credentials:
    """The credentials of the account that a sender belongs to."""
    return account_credentials(sender.account)


def account_credentials(account: ProviderAccount) -> Credentials:
    """The credentials of an account, with the address that its requests go to."""
    base_url = {"twilio": settings.TWILIO_BASE_URL, "azure": settings.AZURE_BASE_URL}.get(account.provider)
    return Credentials(account_sid=account.account_id, auth_token=account.secret, base_url=base_url)


def email_request(attempt: Attempt, *, row: Notification) -> EmailRequest:
    """The e-mail of this attempt; a page carries a signed link with which it is acknowledged, and nothing else does."""
    context = {
        "row": row,
        "tenant": row.tenant,
        "alert": row.alert,
        "member": row.member,
        "ack_link": ack_link(row.public_id) if row.purpose == Purpose.PAGE.value else "",
    }
    return EmailRequest(
        to=row.address,
        # A header must not break into two, whatever the text is.
        subject=fit(" ".join(f"{row.tenant.name}: {row.body}".split()), limit=_SUBJECT_LIMIT),
        text=render_to_string("notifications/email.txt", context),
        html=render_to_string("notifications/email.html", context),
        reference=attempt.public_id,
    )
