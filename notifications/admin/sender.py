"""Senders: tenants read the shared ones and their own; platform admins keep them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from notifications.admin.columns import pill
from notifications.admin.registration import EnterRegistration, FetchRegistration, banners
from notifications.admin.sender_state import AskProvider, state_of
from notifications.models import Sender
from tenants.access import Part
from tenants.admin.base import AdminBase

#: More than these are found by the list's filter.
MOST_BANNERS = 10
_REGISTRATION = (
    "country",
    "is_toll_free",
    "registration",
    "registration_kind",
    "registration_ref",
    "registration_since",
    "registration_checked_at",
)
_LIMITS = (
    "Limits",
    {
        "fields": ("calls_an_hour", "texts_a_minute"),
        "description": "What is over a limit is held until there is room, or goes by the next sender in line.",
    },
)


@admin.register(Sender)
class SenderAdmin(AdminBase):
    """What messages leave from; members text START, STOP and HELP to these."""

    is_owned = False
    writers = frozenset({Part.PLATFORM})
    list_display = ("address", "kind", "channels_shown", "country", "is_toll_free", "registered", "whose", "is_active")
    list_filter = ("kind", "is_active", "registration")
    search_fields = ("address__exact", "public_id__exact")
    readonly_fields = (
        "registration",
        "registration_kind",
        "registration_ref",
        "registration_since",
        "registration_checked_at",
        "public_id",
        "created_at",
    )
    object_actions = (EnterRegistration, FetchRegistration, AskProvider)
    list_before_template = "admin/notifications/registration_list.html"
    change_form_before_template = "admin/notifications/registration_form.html"
    autocomplete_fields: tuple[str, ...] = ()
    fieldsets = (
        (None, {"fields": ("address", "kind", "account", "tenant", "channels", "is_active", "priority")}),
        _LIMITS,
        ("Registration", {"fields": _REGISTRATION}),
        ("About", {"fields": ("public_id", "created_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sender]:
        rows: QuerySet[Sender] = super().get_queryset(request)
        return rows.select_related("tenant")

    def get_fieldsets(self, request: HttpRequest, obj: Sender | None = None) -> object:
        if self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        # The account behind a shared sender is the platform's business.
        own = (_LIMITS,) if obj is not None and obj.tenant_id is not None else ()
        return (
            (None, {"fields": ("address", "kind", "channels", "is_active")}),
            *own,
            ("Registration", {"fields": _REGISTRATION}),
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the banner of each sender at the top of the SMS area."""
        shown = banners(list(self.get_queryset(request).filter(is_active=True)[:MOST_BANNERS]))
        return super().changelist_view(request, {"registrations": shown, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        sender = self.get_object(request, object_id)
        found = banners([sender]) if sender is not None else []
        shown: dict[str, Any] = {"registration": found[0][1] if found else None}
        if sender is not None:
            # A tenant that only uses a shared sender does not see where its account points.
            own = self.has_change_permission(request, sender) or sender.tenant_id is not None
            shown["sender_state"] = state_of(sender, shows_addresses=own)
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    @admin.display(description="channels")
    def channels_shown(self, sender: Sender) -> str:
        return ", ".join({"sms": "SMS", "voice": "Voice", "email": "E-mail"}[channel] for channel in sender.channels)

    @admin.display(description="registration")
    def registered(self, sender: Sender) -> SafeString:
        tones = {"verified": "success", "pending": "warning", "failed": "danger"}
        if sender.registration == Sender.Registration.NOT_NEEDED and sender.registration_checked_at is None:
            return pill("Not checked", tone="plain")
        return pill(sender.get_registration_display(), tone=tones.get(sender.registration, "plain"))

    @admin.display(description="whose")
    def whose(self, sender: Sender) -> str:
        return sender.tenant.name if sender.tenant else "Shared"
