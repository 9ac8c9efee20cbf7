"""Who comes to the invite's pages: after accepting, by a signed cookie that is good for an hour.

The invite's link is used by then. The cookie names the invite and the phone, works in that browser alone, and is no
login: it opens the proof of that one number and nothing else.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from members.consent.boxes import Visit
from members.models import Invite, Member, Phone
from tenants.models import Tenant, User
from tenants.scope import platform_scope

COOKIE = "imes_invite"
LASTS = timedelta(hours=1)
_SALT = "members.pages.way_in"
_PARTS = 2
_LONGEST_AGENT = 400


@dataclass(frozen=True, slots=True)
class WayIn:
    """Who came in by which invite, and the phone that they gave; None where they gave none, or removed it since."""

    invite: Invite
    tenant: Tenant
    member: Member
    user: User
    phone: Phone | None


def show_in(response: HttpResponse, *, invite: Invite, phone: Phone | None) -> HttpResponse:
    """Give the browser the way to the pages after this one."""
    response.set_signed_cookie(
        COOKIE,
        f"{invite.public_id}:{phone.public_id if phone else ''}",
        salt=_SALT,
        max_age=LASTS,
        path="/invite",
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
    return response


def way_in(request: HttpRequest) -> WayIn | None:
    """Who comes in; None without the cookie, after its hour, or where the person may not come in any more."""
    named = str(request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=LASTS)).split(":")
    if len(named) != _PARTS:
        return None
    with platform_scope():
        rows = Invite.objects.select_related("tenant", "member", "accepted_by")
        invite = rows.filter(public_id=named[0], accepted_at__isnull=False).first()
        if invite is None or invite.member is None or invite.accepted_by is None:
            return None
        member, user = invite.member, invite.accepted_by
        if member.user_id != user.pk or not member.is_active or not user.is_active:
            return None
        phone = Phone.objects.filter(public_id=named[1], member=member).first() if named[1] else None
    return WayIn(invite, invite.tenant, member, user, phone)


def visit_of(request: HttpRequest) -> Visit:
    """From where and with what somebody came, for the ledger and for limits."""
    agent = request.headers.get("User-Agent", "")[:_LONGEST_AGENT]
    return Visit(ip=str(request.META.get("REMOTE_ADDR", "")), user_agent=agent)
