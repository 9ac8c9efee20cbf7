"""Send again: a second sending of rows of the log, to the numbers of now, previewed and confirmed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from notifications.admin.send_preview import done as told
from notifications.admin.send_preview import send_preview
from notifications.admin.together import written_together
from notifications.core.states import NotificationStatus, Purpose
from notifications.operations.once import AlreadySent, seed
from notifications.operations.resend import Plan, foresee_resend, resend
from notifications.operations.resendable import PURPOSES
from tenants.access import access_of
from tenants.admin.actions import ObjectAction


class SendAgain(ObjectAction):
    """Send these once more, as new rows to the numbers that their members have now, through every check."""

    name = "resend"
    label = "Send again"
    icon = "replay"
    takes_many = True
    confirm_label = "Send again"
    template = "admin/notifications/resend.html"

    def fits(self, obj: Any) -> bool:
        return NotificationStatus(obj.status).is_resendable and Purpose(obj.purpose) in PURPOSES

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        title = f"Send again: {rows[0].public_id if len(rows) == 1 else f'{len(rows)} notifications'}"
        if len({row.tenant_id for row in rows}) != 1:
            return {"title": title, "refusal": "Choose rows of one tenant at a time: each has limits of its own."}
        plan = foresee_resend(rows, actor=access_of(request).user, at=timezone.now())
        page: dict[str, Any] = {
            "title": title,
            "summary": "Each gets a new row with the same text, linked to the old one, which stays as it is. It goes "
            "to the number that the member has now, passes every check again, and counts against your allowance.",
            "once": request.POST.get("once") or seed(),
            "number": len(plan.going),
            "left_out": plan.left_out,
            "under_way": [one for one in plan.going if one.under_way is not None],
            "moved": [one for one in plan.going if one.row.number and one.foreseen.row.number != one.row.number],
        }
        if plan.again:
            page |= send_preview([one.foreseen for one in plan.again])
        # What the same form wrote before is found by its seed, whatever became of it since.
        if not plan.going and "once" not in request.POST:
            page["refusal"] = _nothing(plan)
        return page

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        once = request.POST.get("once") or seed()
        done = resend(rows, actor=access_of(request).user, once=once, at=timezone.now())
        if isinstance(done, AlreadySent):
            self.model_admin.say(
                request, "This was sent again already, and nothing was sent twice.", level=messages.WARNING
            )
            return HttpResponseRedirect(written_together(done.rows[0]))
        if not done.rows:
            self.model_admin.say(request, f"Nothing was sent. {_nothing(done.plan)}", level=messages.ERROR)
            return None
        rest = len(done.plan.again) + len(done.plan.left_out) - len(done.rows)
        left = f" {rest} left as {'they are' if rest != 1 else 'it is'}." if rest else ""
        self.model_admin.say(request, told([one.foreseen for one in done.plan.going]) + left)
        return HttpResponseRedirect(written_together(done.rows[0]))


def _nothing(plan: Plan) -> str:
    if len(plan.left_out) == 1 and not plan.again:
        return plan.left_out[0].says
    if plan.again and not plan.left_out:
        none = "it would not go" if len(plan.again) == 1 else "none of them would go"
        return f"As things stand {none}. What stands in the way is below; mend it, and come back."
    return "None of them can be sent again as things stand. Below is why."
