"""Adds to a tenant's limits of the present month, in two steps: how much and why, and then what the limits become."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from billing.metering import present_month
from billing.operations import top_up
from billing.queries import month_of
from billing.usage_words import Meter, day_words, meters_of
from tenants.access import Access, access_of
from tenants.admin.actions import ObjectAction
from tenants.models import Tenant
from tenants.scope import platform_scope

#: At most so much of each at once; more is a mistake in typing.
MOST = 1_000_000
_KINDS = ("notifications", "segments", "calls")


class TopUpForm(forms.Form):
    """How much of each that has a limit, and why."""

    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="Read by the tenant on its Billing page, and kept in the audit log.",
    )

    def __init__(self, *args: Any, meters: dict[str, Meter], **options: Any) -> None:
        super().__init__(*args, **options)
        reason = self.fields.pop("reason")
        for kind, meter in meters.items():
            self.fields[kind] = forms.IntegerField(
                label=f"{meter.name} to add",
                min_value=0,
                max_value=MOST,
                required=False,
                widget=UnfoldAdminIntegerFieldWidget,
                help_text=f"{meter.says} taken now.",
            )
        self.fields["reason"] = reason

    def clean(self) -> dict[str, Any]:
        """Say so where nothing would be added."""
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(found.get(kind) for kind in _KINDS):
            raise forms.ValidationError("Enter how much to add to at least one limit.")
        return found


class AddTopUp(ObjectAction):
    """Add to the tenant's limits of this month; they are those of the plan again when the next one begins."""

    name = "top-up"
    label = "Top up"
    icon = "add_circle"
    confirm_label = "Add it"
    template = "admin/billing/top_up.html"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        access = getattr(request, "access", None)
        return isinstance(access, Access) and access.is_platform

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        tenant: Tenant = rows[0]
        confirmed = request.method == "POST" and "confirmed" in request.POST
        if confirmed:
            with platform_scope():
                # Locked until the transaction ends: who presses twice finds the limits of the first time.
                present_month(tenant.pk, zone=tenant.time_zone, at=timezone.now())
        meters = _limited(tenant)
        form = TopUpForm(request.POST or None, meters=meters)
        if not meters:
            return {"refusal": f"The plan of {tenant.name} has no monthly limits: there is nothing to add to."}
        is_shown = request.method == "POST" and form.is_valid() and "again" not in request.POST
        is_same = request.POST.get("seen", "") == _seen(meters)
        resets = day_words(next(iter(meters.values())).resets_on)
        return {
            "title": f"Top up {tenant.name}",
            "summary": f"Adds to the limits of this month alone. On {resets} they are those of the plan again.",
            "form": form,
            "seen": _seen(meters),
            "has_changed": confirmed and not is_same,
            "becomes": _becomes(meters, form.cleaned_data) if is_shown else [],
            "is_invalid": request.method == "POST" and not (confirmed and is_shown and is_same),
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        tenant: Tenant = rows[0]
        form = TopUpForm(request.POST, meters=_limited(tenant))
        if not form.is_valid():
            return None
        added = {kind: form.cleaned_data.get(kind) or 0 for kind in _KINDS}
        actor, now = access_of(request).user, timezone.now()
        top_up(tenant, **added, reason=form.cleaned_data["reason"], actor=actor, at=now)
        limits = "; ".join(f"{meter.name} {meter.says}" for meter in _limited(tenant).values())
        self.model_admin.say(
            request,
            f"Added. This month {tenant.name} has taken: {limits}. Messages that ended as Quota exceeded are not sent "
            "by themselves: they are sent again from their rows.",
        )
        return None


def _limited(tenant: Tenant) -> dict[str, Meter]:
    """The month's meters that have a limit, by their field."""
    now = timezone.now()
    meters = meters_of(month_of(tenant.pk, at=now), at=now)
    return {kind: meter for kind, meter in zip(_KINDS, meters, strict=True) if meter.limit is not None}


def _becomes(meters: dict[str, Meter], added: dict[str, Any]) -> list[tuple[str, int, int, int, int]]:
    """A line for each limit: what it is, what is added, what it becomes, and what is left then."""
    lines = []
    for kind, meter in meters.items():
        limit, more = meter.limit or 0, added.get(kind) or 0
        lines.append((meter.name, limit, more, limit + more, max(0, limit + more - meter.taken)))
    return lines


def _seen(meters: dict[str, Meter]) -> str:
    """The limits as the page shows them."""
    return " ".join(f"{kind}={meter.limit}" for kind, meter in meters.items())
