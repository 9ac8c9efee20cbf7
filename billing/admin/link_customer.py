"""Says which customer of Stripe a tenant is; by platform admins, who also read here what Stripe said of it lately."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from billing.moments import moment
from billing.stripe.linking import LinkRefused, customer_of, link_customer, link_refusal, newest_events
from tenants.access import Access, access_of
from tenants.admin.actions import ObjectAction
from tenants.models import Tenant
from tenants.scope import platform_scope


class CustomerForm(forms.Form):
    """The customer's id, as Stripe shows it."""

    customer = forms.CharField(
        label="Stripe customer",
        max_length=80,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "cus_…", "autocomplete": "off", "spellcheck": "false"}),
        help_text="The id on the customer's page at Stripe; it begins with cus_.",
    )

    def __init__(self, *args: Any, tenant: Tenant, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tenant = tenant

    def clean_customer(self) -> str:
        """Take out spaces that came along, and say what is wrong with the rest."""
        ref = str(self.cleaned_data["customer"]).strip()
        with platform_scope():
            refused = link_refusal(ref, tenant=self.tenant)
        if refused is not None:
            raise forms.ValidationError(refused.says)
        return ref


class LinkCustomer(ObjectAction):
    """Link the tenant to its customer at Stripe, so that its standing follows what is paid there."""

    name = "link-customer"
    label = "Link to Stripe customer"
    icon = "link"
    confirm_label = "Link the customer"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        access = getattr(request, "access", None)
        return isinstance(access, Access) and access.is_platform

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        tenant: Tenant = rows[0]
        with platform_scope():
            customer = customer_of(tenant.pk)
            events = newest_events(customer) if customer else []
        form = CustomerForm(request.POST or None, tenant=tenant)
        told: dict[str, Any] = {
            "summary": f"The standing of {tenant.name} follows this customer's subscription from then on, and what "
            "Stripe said of it before counts at once, unless a platform admin moved the standing later.",
            "facts": [("Linked now", customer.customer_ref if customer else "No customer")],
            "form": form,
            "is_invalid": request.method == "POST" and not form.is_valid(),
        }
        if customer is not None:
            told |= {
                "listed_title": "What Stripe said of it, newest first",
                "listed_heads": ["Made", "Event", "What followed", "In words"],
                "listed": [
                    (moment(event.made_at), event.kind, event.get_outcome_display(), event.says) for event in events
                ],
            }
        if not settings.STRIPE_WEBHOOK_SECRET:
            told["summary"] += (
                " No webhook of Stripe is set up yet (docs/billing.md), so nothing is heard of it so far."
            )
        return told

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        tenant: Tenant = rows[0]
        form = CustomerForm(request.POST, tenant=tenant)
        if not form.is_valid():
            return None
        ref, user = form.cleaned_data["customer"], access_of(request).user
        done = link_customer(tenant, customer_ref=ref, actor=user, at=timezone.now())
        if isinstance(done, LinkRefused):
            self.model_admin.say(request, f"Nothing was linked: {done.says}", level=40)
        else:
            self.model_admin.say(request, f"{tenant.name} is {ref} at Stripe. {done}")
        return None
