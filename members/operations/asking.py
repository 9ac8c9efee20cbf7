"""Asks a member by e-mail whether they want to be paged again. There is no way here to ask by text or by call.

Nobody is asked again and again: one e-mail a week.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from members import ports
from members.models import Member
from tenants.audit import Act, record
from tenants.models import AuditEntry, User

AGAIN_AFTER = timedelta(days=7)

_log = logging.getLogger(__name__)


def asked_at(member: Member, *, at: datetime) -> datetime | None:
    """When they were last asked, if that is less than a week ago; needs the tenant's or the platform's scope."""
    entries = AuditEntry.objects.filter(
        code=Act.CONSENT_ASKED.value,
        subject_kind=member._meta.label_lower,
        subject_id=member.public_id,
        at__gt=at - AGAIN_AFTER,
    )
    return entries.order_by("-at").values_list("at", flat=True).first()


def ask_by_email(member: Member, *, actor: User, at: datetime) -> bool:
    """Send the link to their own page on commit; False when they were asked within a week, or have no login."""
    if member.user is None or asked_at(member, at=at) is not None:
        return False
    record(Act.CONSENT_ASKED, tenant_id=member.tenant_id, actor=actor, subject=member, at=at, data={"by": "e-mail"})
    context = {
        "member": member,
        "tenant": member.tenant,
        "actor": actor,
        "link": settings.PUBLIC_URL + reverse("me_in", kwargs={"tenant_ref": member.tenant.public_id}),
        "start_to": ports.messenger().number_to_text(tenant=member.tenant),
    }
    subject = " ".join(f"{member.tenant.name} asks whether it may page you".split())
    body = render_to_string("admin/members/ask_record.txt", context)
    transaction.on_commit(partial(_send, EmailMessage(subject, body, to=[member.user.email]), ref=member.public_id))
    return True


def _send(message: EmailMessage, *, ref: str) -> None:
    try:
        message.send()
    except (OSError, SMTPException) as error:
        _log.error("The e-mail that asks %s could not be sent: %s", ref, type(error).__name__)
