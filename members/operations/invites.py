"""Sends, repeats and takes back invitations. What accepting one does is in `accepting`.

The token travels in the e-mail alone: the row keeps its digest, and nothing here tells whether an address has a login.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
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
#: How long an invite may be good for, in days.
FEWEST_DAYS, MOST_DAYS = 1, 30

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to invite, and the member whom they become; None makes a new one."""

    email: str
    name: str
    role: Role
    member: Member | None


@dataclass(frozen=True, slots=True)
class _Letter:
    """One e-mail to send: the invite, the token that its row does not keep, and for how many days it is good."""

    row: Invite
    token: str
    days: int


def invite(
    *,
    tenant: Tenant,
    email: str,
    name: str,
    role: Role,
    member: Member | None,
    actor: User | None,
    at: datetime,
    valid_for: timedelta = VALID_FOR,
) -> tuple[Invite, str]:
    """Write an invitation and send it on commit; needs the tenant's scope. The token is returned once.

    :param member: the member whom the one that accepts becomes; None makes a new one.
    """
    asked = Asked(email=email, name=name, role=role, member=member)
    ((row, token),) = invite_all([asked], tenant=tenant, actor=actor, at=at, valid_for=valid_for)
    return row, token


def invite_all(
    people: Iterable[Asked],
    *,
    tenant: Tenant,
    actor: User | None,
    at: datetime,
    valid_for: timedelta,
    import_ref: str = "",
) -> list[tuple[Invite, str]]:
    """Write an invitation for each, and send all of them on commit, over one connection; needs the tenant's scope."""
    written = [_write(asked, tenant=tenant, actor=actor, at=at, valid_for=valid_for) for asked in people]
    for row, _ in written:
        about = {**_about(row), "import": import_ref} if import_ref else _about(row)
        record(Act.INVITE_SENT, tenant_id=tenant.pk, actor=actor, subject=row, at=at, data=about)
    letters = [_Letter(row, token, valid_for.days) for row, token in written]
    transaction.on_commit(partial(_send, letters, tenant=tenant))
    return written


def _write(
    asked: Asked, *, tenant: Tenant, actor: User | None, at: datetime, valid_for: timedelta
) -> tuple[Invite, str]:
    token = secret_token("inv")
    row = Invite.objects.create(
        tenant=tenant,
        email=asked.email.strip().lower(),
        name=asked.name.strip(),
        role=asked.role,
        member=asked.member,
        token_digest=token_digest(token),
        invited_by=actor,
        created_at=at,
        expires_at=at + valid_for,
    )
    return row, token


def resend_invite(
    invite: Invite, *, actor: User | None, at: datetime, valid_for: timedelta = VALID_FOR
) -> str | InviteState:
    """Send a pending or expired invite again with a new token; the old link ends. Returns the token, or why not."""
    row = _locked(invite)
    state = invite_state(row, at=at)
    if state in (InviteState.ACCEPTED, InviteState.REVOKED):
        return state
    token = secret_token("inv")
    row.token_digest = token_digest(token)
    row.expires_at = at + valid_for
    row.sent_at = None
    row.save(update_fields=["token_digest", "expires_at", "sent_at"])
    record(Act.INVITE_RESENT, tenant_id=row.tenant_id, actor=actor, subject=row, at=at, data=_about(row))
    transaction.on_commit(partial(_send, [_Letter(row, token, valid_for.days)], tenant=row.tenant))
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


def _send(letters: list[_Letter], *, tenant: Tenant) -> None:
    """Send the e-mails, after the commit; one that cannot be sent leaves `sent_at` empty, which the list shows."""
    connection = get_connection()
    try:
        connection.open()
        for letter in letters:
            if _was_sent(letter, tenant=tenant, connection=connection):
                row = letter.row
                with tenant_scope(tenant.pk):
                    Invite.objects.filter(pk=row.pk, token_digest=row.token_digest).update(sent_at=timezone.now())
    except (OSError, SMTPException) as error:
        # Nobody waits once for each letter for a mail server that is down.
        _log.error("Invites of %s could not be sent: %s", tenant.public_id, type(error).__name__)
    finally:
        with suppress(OSError, SMTPException):
            connection.close()


def _was_sent(letter: _Letter, *, tenant: Tenant, connection: Any) -> bool:
    try:
        _message(letter, tenant=tenant, connection=connection).send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        # This one letter alone is refused; the next may go.
        _log.error("Invite %s could not be sent: %s", letter.row.public_id, type(error).__name__)
        return False
    return True


def _message(letter: _Letter, *, tenant: Tenant, connection: Any) -> EmailMultiAlternatives:
    row = letter.row
    context = {
        "invite": row,
        "tenant": tenant,
        "inviter": row.invited_by,
        "link": accept_link(letter.token),
        "days": letter.days,
    }
    # A header must not break into two, whatever the tenant is called.
    subject = " ".join(f"{tenant.name} invites you to its alerting team".split())
    text = render_to_string("invite/email.txt", context)
    message = EmailMultiAlternatives(subject, text, to=[row.email], connection=connection)
    message.attach_alternative(render_to_string("invite/email.html", context), "text/html")
    return message
