"""What an admin can do to an alert: resolve it, so that nobody needs to answer it any more."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from notifications.flows.resolve import resolve, unsent_of
from notifications.models import Alert, AlertStep
from tenants.access import access_of
from tenants.admin.actions import ObjectAction


class Resolve(ObjectAction):
    """End alerts by hand: messages that have not gone are cancelled, and later steps do not fire."""

    name = "resolve"
    label = "Resolve"
    icon = "task_alt"
    takes_many = True
    confirm_label = "Resolve"

    def fits(self, obj: Any) -> bool:
        return _is_open(obj)

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        found = [alert for alert in rows if _is_open(alert)]
        unsent = sum(unsent_of(alert).count() for alert in found)
        steps = AlertStep.objects.filter(alert__in=found, outcome=AlertStep.Outcome.WAITING).count()
        preview: dict[str, Any] = {
            "title": f"Resolve {f'{len(found)} alerts' if len(rows) > 1 else f'alert {rows[0].public_id}'}",
            "summary": "Nobody needs to answer any more. What was handed over already stays as it is: those people "
            "have been told. This cannot be undone.",
            "facts": [
                ("Messages that are cancelled", f"{unsent:,}"),
                ("Steps that do not fire any more", f"{steps:,}"),
            ],
            "listed_title": "What is resolved",
            "listed_heads": ["Flow", "Text", "Fired"],
            "listed": [
                (alert.flow.name, alert.text, timezone.localtime(alert.opened_at).strftime("%d %b %Y, %H:%M"))
                for alert in found
            ],
        }
        if not found:
            preview["refusal"] = (
                f"{'All of these were' if len(rows) > 1 else 'This was'} acknowledged or resolved already. "
                "Nothing is left to do."
            )
        return preview

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        done = [resolve(alert, actor=access_of(request).user, at=timezone.now()) for alert in rows]
        resolved = [one for one in done if one.done]
        if not resolved:
            self.model_admin.say(
                request, "Somebody was faster: it was acknowledged or resolved already.", level=messages.WARNING
            )
            return None
        cancelled = sum(one.cancelled for one in resolved)
        self.model_admin.say(
            request, f"{_counted(len(resolved), 'alert')} resolved, {_counted(cancelled, 'message')} cancelled."
        )
        return None


def _is_open(alert: Alert) -> bool:
    return alert.acknowledged_at is None and alert.resolved_at is None


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"
