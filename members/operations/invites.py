"""Sends, repeats and takes back invitations. What accepting one does is in `accepting`.

The token travels in the e-mail alone: the row keeps its digest, and nothing here tells whether an address has a login.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from imes.kernel.ids import secret_token, token_digest
from members.invite_state import InviteState, invite_state
from members.models import Invite, Member
from tenants.audit import Act, record
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope

VALID_FOR = timedelta(days=7)

_log = logging.getLogger(__name__)


def invite(
    *, tenant: Tenant, email: str, name: str, role: Role, member: Member | None, actor: User | None, at: datetime
) -> tuple[Invite, str]:
    """Write an invitation and send it on commit; needs the tenant's scope. The token is returned once.

    :param member: the member whom the one that accepts becomes; None makes a new one.
    """
    token = secret_token("inv")
    row = Invite.objects.create(
        tenant=tenant,
        email=email.strip().lower(),
        name=name.strip(),
        role=role,
        member=member,
        token_digest=token_digest(token),
        invited_by=actor,
        created_at=at,
        expires_at=at + VALID_FOR,
    )
    record(Act.INVITE_SENT, tenant_id=tenant.pk, actor=actor, subject=row, at=at, data=_about(row))
    transaction.on_commit(partial(_send, row, tenant=tenant, token=token))
    return row, token


def resend_invite(invite: Invite, *, actor: User | None, at: datetime) -> str | InviteState:
    """Send a pending or expired invite again with a new token; the old link ends. Returns the token, or why not."""
    row = _locked(invite)
    state = invite_state(row, at=at)
    if state in (InviteState.ACCEPTED, InviteState.REVOKED):
        return state
    token = secret_token("inv")
    row.token_digest = token_digest(token)
    row.expires_at = at + VALID_FOR
    row.sent_at = None
    row.save(update_fields=["token_digest", "expires_at", "sent_at"])
    record(Act.INVITE_RESENT, tenant_id=row.tenant_id, actor=actor, subject=row, at=at, data=_about(row))
    transaction.on_commit(partial(_send, row, tenant=row.tenant, token=token))
    return token


def revoke_invite(invite: Invite, *, actor: User | None, at: datetime) -> InviteState | None:
    """Take back an invite that was not accepted; None when it is revoked now, else why not."""
    row = _locked(invite)
    state = invite_state(row, at=at)
    if state in (InviteState.ACCEPTED, InviteState.REVOKED):
        return state
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    record(Act.INVITE_REVOKED, tenant_id=row.tenant_id, actor=actor, subject=row, at=at, data=_about(row))
    return None


def accept_link(token: str) -> str:
    """The address that the e-mail carries."""
    return f"{settings.PUBLIC_URL}{reverse('invite_accept')}?token={token}"


def _locked(invite: Invite) -> Invite:
    return Invite.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=invite.pk)


def _about(row: Invite) -> dict[str, str]:
    return {"email": row.email, "name": row.name, "role": row.role}


def _send(row: Invite, *, tenant: Tenant, token: str) -> None:
    """Send the e-mail, after the commit; one that cannot be sent leaves `sent_at` empty, which the list shows."""
    context = {
        "invite": row,
        "tenant": tenant,
        "inviter": row.invited_by,
        "link": accept_link(token),
        "days": VALID_FOR.days,
    }
    # A header must not break into two, whatever the tenant is called.
    subject = " ".join(f"{tenant.name} invites you to its alerting team".split())
    message = EmailMultiAlternatives(subject, render_to_string("invite/email.txt", context), to=[row.email])
    message.attach_alternative(render_to_string("invite/email.html", context), "text/html")
    try:
        message.send()
    except (OSError, SMTPException) as error:
        _log.error("Invite %s could not be sent: %s", row.public_id, type(error).__name__)
        return
    with tenant_scope(tenant.pk):
        Invite.objects.filter(pk=row.pk, token_digest=row.token_digest).update(sent_at=timezone.now())
