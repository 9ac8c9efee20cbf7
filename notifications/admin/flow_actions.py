"""What an admin can do to a flow: fire it as a test, make its webhook, take a webhook away."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from notifications.admin.send_preview import send_preview
from notifications.core.answers import Refusal, TriggerCode
from notifications.flows.may_fire import refusal
from notifications.models import Flow, Hook
from notifications.operations.alerts import fire_test
from notifications.operations.hooks import make_hook, revoke_hook
from notifications.operations.imagined_pages import foresee_test
from notifications.queries.flows import who_is_paged
from tenants.access import access_of
from tenants.admin.actions import ObjectAction

_GOES_ON = " If nobody answers, it goes on to the later steps as a real alert does; resolve the alert to stop it."

#: What the tenant is where its standing refuses every firing.
_BY_STANDING = {TriggerCode.SUSPENDED: "suspended", TriggerCode.CANCELLED: "cancelled"}


class FireTest(ObjectAction):
    """Page everybody of the first step, for real, with a text that says it is a test."""

    name = "fire-test"
    label = "Fire a test alert"
    icon = "bolt"
    is_primary = True
    confirm_label = "Fire it"
    template = "admin/notifications/flow/fire_test.html"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        flow: Flow = rows[0]
        foreseen = foresee_test(flow, actor=access_of(request).user, at=timezone.now())
        in_turn = any(person.place for person in who_is_paged(flow))
        preview: dict[str, Any] = {
            "title": f"Fire a test alert: {flow.name}",
            "summary": "Pages the first step for real, with a text that begins with TEST. Each page counts against the "
            "month and against your own allowance. Those that do not go are kept in the log, and say why."
            + (_GOES_ON if flow.steps.count() > 1 or flow.repeats else ""),
            "in_turn": in_turn,
            **send_preview(foreseen),
        }
        if foreseen:
            preview["whole"] = foreseen[0].text
        refused = refusal(flow, at=timezone.now())
        if refused is not None and refused.code in _BY_STANDING:
            preview["refusal"] = (
                f"{flow.tenant.name} is {_BY_STANDING[refused.code]}, so no flow can be fired. Billing says what to do."
            )
        elif not flow.is_enabled:
            preview["refusal"] = "This flow is disabled. Enable it first; nothing would be sent."
        elif not foreseen:
            preview["refusal"] = (
                "The first step has no recipients. Add a member or a group to it; nothing would be sent."
            )
        return preview

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        alert = fire_test(rows[0], actor=access_of(request).user, at=timezone.now())
        if isinstance(alert, Refusal):
            self.model_admin.say(request, f"{alert.says} {alert.fix}", level=messages.ERROR)
            return None
        self.model_admin.say(request, "Fired. This page says who is told, and what comes next.")
        return redirect("admin:notifications_alert_change", alert.pk)


class MakeHook(ObjectAction):
    """Make a new webhook address; its token is shown once, here, and never again."""

    name = "make-hook"
    label = "New webhook"
    icon = "add_link"
    confirm_label = "Make it"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        open_hooks = Hook.objects.filter(flow=rows[0], revoked_at__isnull=True).count()
        return {
            "title": f"New webhook: {rows[0].name}",
            "summary": "Whoever knows the address can fire this flow. It is shown once: copy it on the next page. "
            f"{open_hooks or 'No'} other{'s' if open_hooks != 1 else ''} in use; they stay as they are.",
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        flow: Flow = rows[0]
        hook, token = make_hook(flow, actor=access_of(request).user, at=timezone.now())
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": "Webhook made",
            "flow": flow,
            "hook": hook,
            "address": f"{settings.PUBLIC_URL}/hooks/{token}",
            "back": reverse("admin:notifications_flow_change", args=[flow.pk]),
        }
        response = TemplateResponse(request, "admin/notifications/flow/hook_made.html", context)
        response["Cache-Control"] = "no-store"
        return response


class RevokeHooks(ObjectAction):
    """Take every webhook of a flow out of use at once: for a token that became known to others."""

    name = "revoke-hooks"
    label = "Revoke webhooks"
    icon = "link_off"
    confirm_label = "Revoke them"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        hooks = list(Hook.objects.filter(flow=rows[0], revoked_at__isnull=True))
        preview: dict[str, Any] = {
            "title": f"Revoke webhooks: {rows[0].name}",
            "summary": "Requests to these addresses are answered 404 from then on. This cannot be undone.",
            "listed_heads": ["Token begins", "Made"],
            "listed": [
                (hook.token_hint, timezone.localtime(hook.created_at).strftime("%d %b %Y, %H:%M")) for hook in hooks
            ],
        }
        if not hooks:
            preview["refusal"] = "This flow has no webhook in use."
        return preview

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        hooks = list(Hook.objects.filter(flow=rows[0], revoked_at__isnull=True))
        for hook in hooks:
            revoke_hook(hook, actor=access_of(request).user, at=timezone.now())
        self.model_admin.say(request, f"{len(hooks)} webhook{'s' if len(hooks) != 1 else ''} revoked.")
        return None
