"""Router: every provider and channel, how its circuit breaker stands, and the drill; for platform admins alone."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from members.admin.columns import moment
from notifications.core.breaker import BreakerState, is_drilled
from notifications.models import Breaker, BreakerChange
from notifications.operations.breakers import DRILLS, drill, restore
from notifications.queries.breakers import stand_of
from notifications.queries.router import CHANNELS, NAMES, RouteNow, router_state
from tenants.access import Part, access_of
from tenants.admin.actions import ObjectAction
from tenants.admin.base import PLATFORM_ALONE, ReadOnlyAdmin
from tenants.scope import platform_scope

_TONES = {BreakerState.CLOSED: "success", BreakerState.OPEN: "danger", BreakerState.HALF_OPEN: "warning"}
_MEANS = {
    BreakerState.CLOSED: "Messages go by it.",
    BreakerState.OPEN: "No message goes by it.",
    BreakerState.HALF_OPEN: "One message at a time tries it.",
}


class _OnRoute(ObjectAction):
    """An action on a route, which is the platform's: kept by platform admins, while no tenant is open."""

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        return self.model_admin._writes(request)

    def back(self) -> str:
        return reverse("admin:notifications_breaker_changelist")


class Drill(_OnRoute):
    """Take a route out for some minutes, as if its provider were down."""

    name = "drill"
    label = "Take it out for a drill"
    icon = "do_not_disturb_on"
    confirm_label = "Take it out"
    template = "admin/notifications/router/drill.html"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        row: Breaker = rows[0]
        minutes = _minutes(request)
        state = router_state(at=timezone.now(), changes=0)
        others = [one for one in state.routes if one.channel == row.channel and one.provider != row.provider]
        usable = [NAMES[one.provider] for one in others if one.shared and one.state is BreakerState.CLOSED]
        text = CHANNELS.get(row.channel, row.channel)
        return {
            "title": f"Take {row} out for a drill",
            "summary": "No message goes by it until the drill is over, which ends by itself. Every tenant is affected.",
            "facts": [
                ("Route", str(row)),
                (f"What goes instead, by {text}", ", ".join(usable) or "Nothing"),
                ("Cost", "None; another provider may charge another price for each message"),
            ],
            "warning": ""
            if usable
            else f"No other provider can take {text} for the shared senders: messages will wait, and say so.",
            "choices": DRILLS,
            "chosen": minutes or DRILLS[1],
            "is_invalid": request.method == "POST" and minutes is None,
            "back": self.back(),
            "opts": None,
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        # Without a length that is offered the page was shown again.
        row = drill(rows[0], minutes=_minutes(request) or DRILLS[0], actor=access_of(request).user, at=timezone.now())
        until = moment(row.drill_until) if row.drill_until else ""
        self.model_admin.say(request, f"{row} is out until {until}.", level=messages.WARNING)
        return HttpResponseRedirect(self.back())


class Restore(_OnRoute):
    """End a drill before its time."""

    name = "restore"
    label = "Take it back in"
    icon = "undo"
    confirm_label = "Take it back in"

    def fits(self, obj: Any) -> bool:
        return is_drilled(stand_of(obj), at=timezone.now())

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        row: Breaker = rows[0]
        page: dict[str, Any] = {
            "title": f"Take {row} back in",
            "summary": "Its circuit breaker decides again from now on, and messages that waited go at once.",
            "facts": [("Route", str(row))],
            "back": self.back(),
            "opts": None,
        }
        if not self.fits(row):
            page["refusal"] = "It is not taken out by hand."
        return page

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        row = restore(rows[0], actor=access_of(request).user, at=timezone.now())
        self.model_admin.say(request, f"{row} is back in.")
        return HttpResponseRedirect(self.back())


@admin.register(Breaker)
class RouterAdmin(ReadOnlyAdmin):
    """One page; it refreshes itself by asking the router's JSON whether anything changed."""

    is_owned = False
    readers = PLATFORM_ALONE
    writers = frozenset({Part.PLATFORM})
    object_actions = (Drill, Restore)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
            raise Http404
        now = timezone.now()
        state = router_state(at=now)
        context = {
            **self.admin_site.each_context(request),
            "title": "Router",
            "state": state,
            "version": state.as_json()["version"],
            "lines": [_line(one) for one in state.routes],
            "in_use": [
                (CHANNELS[channel], NAMES.get(provider or "", ""))
                for channel, provider in state.in_use.items()
                if any(one.channel == channel and one.senders for one in state.routes)
            ],
            "changes": [_changed(one) for one in state.changes],
            "may_drill": self._writes(request),
            "open_tenant": access_of(request).tenant,
        }
        return TemplateResponse(request, "admin/notifications/router/router.html", context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Read in the platform's scope, after the reader is known to be the platform's."""
        if not self.has_view_permission(request):
            return None
        with platform_scope():
            return super().get_object(request, object_id, from_field)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or not self.has_view_permission(request):
            raise Http404
        if self.get_object(request, object_id) is None:
            raise Http404
        return HttpResponseRedirect(reverse("admin:notifications_breaker_changelist"))


def _minutes(request: HttpRequest) -> int | None:
    text = request.POST.get("minutes", "")
    return next((minutes for minutes in DRILLS if str(minutes) == text), None)


def _line(one: RouteNow) -> dict[str, Any]:
    """What one card of the page shows."""
    if one.drill_until:
        means = f"Taken out by hand{f' by {one.drill_by}' if one.drill_by else ''}."
    elif not one.senders:
        means = "No message goes by it: it has no active sender."
    else:
        means = _MEANS[one.state]
    return {"route": one, "tone": _TONES[one.state], "label": one.state.label, "means": means}


def _changed(one: BreakerChange) -> tuple[BreakerChange, str, str, str, str]:
    """One line of the history: the change, its route, its states in words, and the colour of the last."""
    name = f"{NAMES.get(one.provider, one.provider)} {CHANNELS.get(one.channel, one.channel)}"
    before, after = BreakerState(one.before), BreakerState(one.after)
    return one, name, before.label, after.label, _TONES[after]
