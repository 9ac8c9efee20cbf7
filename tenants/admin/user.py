"""Logins of the whole platform: read by support, kept by platform admins.

Tenants meet logins as members and invites.
"""

from typing import Any

from django import forms
from django.contrib import admin

from tenants.access import Part
from tenants.admin.base import AdminBase
from tenants.models import PlatformRole, User


class UserForm(forms.ModelForm[User]):
    """Keeps the last platform admin who can sign in: nobody could make another one on these pages."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is None or not {"platform_role", "is_active"} <= cleaned.keys():
            return cleaned
        # Locked until the change is kept: two admins who demote each other at once would leave nobody.
        active = User.objects.select_for_update().filter(platform_role=PlatformRole.PLATFORM, is_active=True)
        if set(active.order_by("pk").values_list("pk", flat=True)) != {self.instance.pk}:
            return cleaned
        remedy = "This is the last active platform admin. Make another login a platform admin first."
        if cleaned["platform_role"] != PlatformRole.PLATFORM:
            self.add_error("platform_role", remedy)
        if not cleaned["is_active"]:
            self.add_error("is_active", remedy)
        return cleaned


@admin.register(User)
class UserAdmin(AdminBase):
    """A login is made by accepting an invite; here it is only named, given a platform role, or switched off."""

    is_owned = False
    form = UserForm
    is_addable = False
    readers = frozenset({Part.SUPPORT, Part.PLATFORM})
    writers = frozenset({Part.PLATFORM})
    list_display = ("email", "name", "platform_role", "is_active", "last_login")
    list_filter = ("platform_role", "is_active")
    search_fields = ("email__exact", "public_id__exact")
    readonly_fields = ("public_id", "last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "name", "time_zone")}),
        ("What it may do", {"fields": ("platform_role", "is_active")}),
        ("About", {"fields": ("public_id", "last_login", "created_at")}),
    )
