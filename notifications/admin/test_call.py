"""Place a test call: a member's phone is called with a short test message, previewed and confirmed.

It is offered on the pages of members, who know nothing of calls.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from notifications.admin.send_preview import send_preview
from notifications.operations.once import AlreadySent, seed
from notifications.operations.test_calls import LACKS_IT, foresee_test_call, may_test_calls, place_test_call
from tenants.access import access_of
from tenants.admin.actions import ObjectAction, offer


class PlaceTestCall(ObjectAction):
    """Call this member's phone with a short test message: it shows whether the number rings and its keys arrive."""

    name = "test-call"
    label = "Place a test call"
    icon = "phone_in_talk"
    confirm_label = "Call now"
    template = "admin/notifications/test_call.html"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        member: Member = rows[0]
        foreseen = foresee_test_call(member, actor=access_of(request).user, at=timezone.now())
        page: dict[str, Any] = {
            "title": f"Test Calling: {member.name}",
            "summary": "The phone is called once, now, with a short test message. The call passes every check, is "
            "counted, and stands in the log with what became of it. A call that fails points at the number or its "
            "carrier.",
            "heard": foreseen.text,
            "once": request.POST.get("once") or seed(),
            **send_preview([foreseen]),
        }
        if not may_test_calls(member):
            page["refusal"] = LACKS_IT
        # What the same form placed before is found by its seed, whatever would become of another one.
        elif page["is_for_nobody"] and "once" not in request.POST:
            page["refusal"] = "As things stand the call would not be placed. What stands in the way is below."
        return page

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        member: Member = rows[0]
        once = request.POST.get("once") or seed()
        placed = place_test_call(member, actor=access_of(request).user, once=once, at=timezone.now())
        if isinstance(placed, AlreadySent):
            row = placed.rows[0]
            self.model_admin.say(
                request, "This call was placed already, and not a second time.", level=messages.WARNING
            )
        else:
            row = placed
            self.model_admin.say(
                request, f"The call to {member.name} is on its way. This page shows what becomes of it."
            )
        return HttpResponseRedirect(reverse("admin:notifications_notification_change", args=[row.pk]))


offer("members.Member", PlaceTestCall)
