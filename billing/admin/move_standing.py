"""Moves a tenant to another standing, on a page that says what each means and offers only the moves that there are."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from billing.models import StandingChange
from billing.moments import moment
from billing.operations import move_standing
from billing.standing import MEANS, Mover, MoveRefused, moves_of, refusal
from tenants.access import Access, access_of
from tenants.admin.actions import ObjectAction
from tenants.models import Standing, Tenant


class EndWidget(UnfoldAdminSplitDateTimeWidget):
    """The browser's own fields for a date and a time, each with its name."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget, kind, name in zip(
            self.widgets, ("date", "time"), ("Date of the end", "Time of the end"), strict=True
        ):
            widget.input_type = kind
            widget.attrs |= {"aria-label": name}

    class Media:
        extend = False


class MoveForm(forms.Form):
    """The new standing, until when, and why; what does not fit is said beside the field."""

    standing = forms.ChoiceField(label="New standing", widget=UnfoldAdminSelectWidget)
    until = forms.SplitDateTimeField(required=False, widget=EndWidget)
    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="Kept for good in the history of standing, which the tenant reads, and in the audit log.",
    )

    def __init__(self, *args: Any, tenant: Tenant, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tenant = tenant
        before = Standing(tenant.standing)
        standing: Any = self.fields["standing"]
        standing.choices = [("", "Choose a standing"), *_choices(before)]
        zone = timezone.get_current_timezone_name()
        self.fields["until"].help_text = (
            f"When a trial or a grace (payment due) ends, in the zone {zone}. A grace needs an end; a trial may have "
            "none; leave it empty for all others."
        )

    def clean(self) -> dict[str, Any]:
        """Say at the field what stands in the way of the move, and what to do instead."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("standing") and "until" in found:
            refused = refusal(
                Standing(self.tenant.standing),
                before_until=self.tenant.standing_until,
                to=Standing(found["standing"]),
                until=found["until"],
                mover=Mover.ADMIN,
                at=timezone.now(),
            )
            if refused is not None:
                self.add_error(refused.field or None, refused.says)
        return found


class MoveStanding(ObjectAction):
    """Move a tenant to another standing, with a reason; effective at the next ruling."""

    name = "move-standing"
    label = "Change standing"
    icon = "account_balance"
    confirm_label = "Change the standing"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        access = getattr(request, "access", None)
        return isinstance(access, Access) and access.is_platform

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        tenant: Tenant = rows[0]
        form = MoveForm(request.POST or None, tenant=tenant)
        offered = moves_of(Standing(tenant.standing), mover=Mover.ADMIN)
        return {
            "title": f"Change the standing of {tenant.name}",
            "summary": f"The standing of {tenant.name} is {_shown(tenant)}. What is chosen here counts from "
            "the next message and the next trigger on; messages that a provider has already are not called back.",
            "form": form,
            "is_invalid": request.method == "POST" and not form.is_valid(),
            "listed_title": "What each would mean",
            "listed_heads": ["Standing", "From then on"],
            "listed": [(_label(to, before=Standing(tenant.standing)), MEANS[to]) for to in offered],
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        tenant: Tenant = rows[0]
        form = MoveForm(request.POST, tenant=tenant)
        if not form.is_valid():
            return None
        moved = move_standing(
            tenant,
            to=Standing(form.cleaned_data["standing"]),
            until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
            source=StandingChange.Source.BY_HAND,
            actor=access_of(request).user,
            at=timezone.now(),
        )
        if isinstance(moved, MoveRefused):
            # Somebody else moved it while this page was open.
            self.model_admin.say(request, f"Nothing was changed: {moved.says}", level=40)
        else:
            self.model_admin.say(request, f"From now on the standing of {tenant.name} is {_shown(tenant)}.")
        return None


def _choices(before: Standing) -> list[tuple[str, str]]:
    return [(to.value, _label(to, before=before)) for to in moves_of(before, mover=Mover.ADMIN)]


def _label(to: Standing, *, before: Standing) -> str:
    return f"{to.label}, with another end" if to is before else str(to.label)


def _shown(tenant: Tenant) -> str:
    """The standing in words, with its end where it has one."""
    words = Standing(tenant.standing).label.lower()
    if tenant.standing_until is None:
        return words
    ended = tenant.standing_until <= timezone.now()
    return f"{words} {'(ended' if ended else '(until'} {moment(tenant.standing_until)})"
