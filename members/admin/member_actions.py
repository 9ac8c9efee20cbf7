"""What can be done to a member beyond editing: invite them, or ask them by e-mail to decide about consent."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from members.admin.columns import moment
from members.models import Member
from members.operations import invite
from members.operations.asking import ask_by_email, asked_at
from tenants.access import access_of
from tenants.admin.actions import ObjectAction
from tenants.models import Role


class InviteMember(ObjectAction):
    """Send this member the invite page, on which they set a password and decide on SMS."""

    name = "invite"
    label = "Invite"
    icon = "mail"
    confirm_label = "Send the invite"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        return super().permits(request, obj) and (obj is None or obj.is_active)

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        member: Member = rows[0]
        if not _address(member):
            return {"refusal": f"{member.name} has no e-mail address. Add one on their page first."}
        return {
            "summary": f"{member.name} gets an e-mail with a link that works once, for 7 days. On its page they set or "
            "enter their password, check their number, and decide on SMS.",
            "facts": [("To", _address(member)), ("As", Role.MEMBER.label)],
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        member: Member = rows[0]
        invite(
            tenant=member.tenant,
            email=_address(member),
            name=member.name,
            role=Role.MEMBER,
            member=member,
            actor=access_of(request).user,
            at=timezone.now(),
        )
        self.model_admin.say(request, f"The invite goes out to {_address(member)} now.")
        return None


class AskByEmail(ObjectAction):
    """Send somebody with a login the link to their own page, where they decide. Never by text: that is not allowed."""

    name = "ask-by-email"
    label = "Ask by e-mail"
    icon = "forward_to_inbox"
    confirm_label = "Send the e-mail"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        return super().permits(request, obj) and (obj is None or (obj.is_active and obj.user_id is not None))

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        member: Member = rows[0]
        before = asked_at(member, at=timezone.now())
        preview: dict[str, Any] = {
            "title": f"Ask {member.name} by e-mail",
            "summary": f"{member.name} gets an e-mail with the link to their own page, where they agree or leave it. "
            "Nobody is asked by text or by call.",
            "facts": [("To", _address(member))],
        }
        if before is not None:
            preview["refusal"] = f"They were asked on {moment(before)}. Wait a week, or ask them in person."
        return preview

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        member: Member = rows[0]
        if ask_by_email(member, actor=access_of(request).user, at=timezone.now()):
            self.model_admin.say(request, f"The e-mail goes out to {_address(member)} now.")
        else:
            self.model_admin.say(request, "Nothing was sent: they were asked within a week.", level=messages.ERROR)
        return None


def _address(member: Member) -> str:
    """Whoever has a login is asked at the login's address: it is what they sign in with."""
    return member.user.email if member.user else member.email
