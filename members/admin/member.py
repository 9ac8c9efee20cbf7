"""Team members: who can be reached, where, and how they stand with consent, which is read here and never set."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget

from members.admin.columns import consent_pill, pill
from members.admin.consent_area import channel_field, records_field
from members.admin.evidence import ExportEvidence
from members.admin.filters import ConsentFilter, GroupFilter
from members.admin.flips import FlipsOnRecord
from members.admin.history import history_table
from members.admin.member_actions import AskByEmail, InviteMember
from members.admin.opt_out_action import RecordOptOut
from members.admin.phone import PhoneInline, save_phones
from members.admin.record_actions import RecordConsent
from members.admin.schedule import SchedulePages, schedule_cell, schedule_field, schedule_lines
from members.admin.search import search_members
from members.admin.shared_numbers import shared_field
from members.admin.sms_actions import SwitchSmsOff, SwitchSmsOn, TakeSeatBack
from members.admin.sms_area import sms_area, switch_pill
from members.admin.sms_filter import SmsSwitchFilter
from members.consent.words import consent_words
from members.models import Member, Phone
from members.operations.places import places_locked
from members.queries import Reachable, reachable
from members.sms_state import own_state, sms_states
from tenants.access import access_of
from tenants.zones import zone_choices


class MemberForm(forms.ModelForm[Member]):
    """Zones are chosen, not typed."""

    time_zone = forms.ChoiceField(
        choices=lambda: [("", "The tenant's zone"), *zone_choices()],
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Times in messages and schedules are theirs.",
    )

    class Meta:
        model = Member
        fields: ClassVar[list[str]] = ["name", "email", "time_zone", "language", "is_active"]

    def clean(self) -> dict[str, Any]:
        """Refuse one more active member than the plan allows; two at once are counted one after the other."""
        found: dict[str, Any] = super().clean() or {}
        was_active = not self.instance._state.adding and self.initial.get("is_active", False)
        tenant_id = self.instance.tenant_id or getattr(self, "own_tenant_id", None)
        if found.get("is_active") and not was_active and tenant_id is not None:
            places = places_locked(tenant_id)
            if places.are_taken:
                self.add_error("is_active", places.says)
        return found


@admin.register(Member)
class MemberAdmin(FlipsOnRecord):
    """People. They are switched off and never deleted, so that the log keeps its names."""

    form = MemberForm
    list_display = ("name", "number", "sms_consent_short", "sms_switch", "schedule_short", "email", "groups", "active")
    list_filter = (ConsentFilter, SmsSwitchFilter, ("is_active", admin.BooleanFieldListFilter), GroupFilter)
    search_fields = ("public_id",)
    search_help_text = "The start of a name or number (+1206…), a whole e-mail address, or an ID (mbr_…)"
    ordering = ("name", "id")
    readonly_fields = (
        "sms",
        "sms_consent",
        "voice_consent",
        "records",
        "consent_history",
        "shared_numbers",
        "paged_when",
        "login",
        "recent",
        "public_id",
        "created_at",
    )
    fieldsets = (
        (None, {"fields": ("name", "email", "time_zone", "language", "is_active")}),
        ("SMS", {"fields": ("sms",)}),
        ("Consent", {"fields": ("sms_consent", "voice_consent", "records", "consent_history", "shared_numbers")}),
        ("Schedule", {"fields": ("paged_when",)}),
        ("About", {"fields": ("login", "recent", "public_id", "created_at"), "classes": ("collapse",)}),
    )
    inlines = (PhoneInline,)
    object_actions = (
        InviteMember,
        SwitchSmsOn,
        SwitchSmsOff,
        TakeSeatBack,
        AskByEmail,
        RecordConsent,
        RecordOptOut,
        ExportEvidence,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        rows: QuerySet[Member] = super().get_queryset(request)
        return rows.select_related("tenant").prefetch_related("phones", "group_places__group")

    def get_urls(self) -> list[URLPattern]:
        return [*SchedulePages(self).urls(), *super().get_urls()]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        member = super().get_object(request, object_id, from_field)
        if member is not None:
            member.read_by = access_of(request)
        return member

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search_members(queryset, search_term), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read the consent and schedules of the whole page at once, so that no line asks for itself."""
        changelist = super().get_changelist_instance(request)
        members = list(changelist.result_list)
        found = reachable(members, channel="sms", at=timezone.now())
        phones = {pk: reach.phone for pk, reach in found.items() if reach.phone is not None}
        switches = sms_states(members, phones=phones)
        schedules = schedule_lines(members, now=timezone.now())
        for member in members:
            member.reach = found[member.pk]
            member.switch = switches[member.pk]
            member.schedule_line = schedules[member.pk]
        changelist.result_list = members
        return changelist

    def get_fieldsets(self, request: HttpRequest, obj: Member | None = None) -> Any:
        return super().get_fieldsets(request, obj) if obj is not None else self.fieldsets[:1]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is Phone:
            save_phones(request, form.instance, formset)
        else:
            super().save_formset(request, form, formset, change)

    @admin.display(description="login")
    def login(self, member: Member) -> str:
        # Without a link: logins are the platform's pages.
        return str(member.user) if member.user else "None yet. They get one by accepting an invite."

    @admin.display(description="number")
    def number(self, member: Member) -> str:
        phone = self._reach(member).phone
        return phone.number if phone else ""

    @admin.display(description="SMS consent")
    def sms_consent_short(self, member: Member) -> SafeString:
        return consent_pill(consent_words(self._reach(member).standing))

    @admin.display(description="SMS switch")
    def sms_switch(self, member: Member) -> SafeString:
        found = getattr(member, "switch", None)
        return switch_pill(found or own_state(member), has_number=self._reach(member).phone is not None)

    @admin.display(description="SMS of this member")
    def sms(self, member: Member) -> SafeString:
        return sms_area(member, now=timezone.now())

    @admin.display(description="schedule")
    def schedule_short(self, member: Member) -> SafeString:
        found = getattr(member, "schedule_line", None)
        return schedule_cell(found or schedule_lines([member], now=timezone.now())[member.pk])

    @admin.display(description="When they may be paged")
    def paged_when(self, member: Member) -> SafeString:
        return schedule_field(member, now=timezone.now())

    @admin.display(description="groups")
    def groups(self, member: Member) -> str:
        return ", ".join(sorted(place.group.name for place in member.group_places.all()))

    @admin.display(description="active", ordering="is_active")
    def active(self, member: Member) -> SafeString:
        return pill("Active", tone="success") if member.is_active else pill("Switched off", tone="plain")

    @admin.display(description="SMS consent status")
    def sms_consent(self, member: Member) -> SafeString:
        return channel_field(member, channel="sms")

    @admin.display(description="Voice consent status")
    def voice_consent(self, member: Member) -> SafeString:
        return channel_field(member, channel="voice")

    @admin.display(description="Recorded consents")
    def records(self, member: Member) -> SafeString:
        return records_field(member, access=getattr(member, "read_by", None))

    @admin.display(description="Consent history")
    def consent_history(self, member: Member) -> SafeString:
        return history_table(member)

    @admin.display(description="Shared numbers")
    def shared_numbers(self, member: Member) -> SafeString:
        return shared_field(member)

    @admin.display(description="Recent notifications")
    def recent(self, member: Member) -> SafeString | str:
        try:
            log = reverse("admin:notifications_notification_changelist")
        except NoReverseMatch:
            return ""
        return format_html('<a class="pt-link" href="{}?q={}">Show in the log</a>', log, member.public_id)

    @staticmethod
    def _reach(member: Member) -> Reachable:
        found = getattr(member, "reach", None)
        return found or reachable([member], channel="sms", at=timezone.now())[member.pk]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        self.say(request, f"To be texted, {obj.name} has to agree: invite them with the button on their page.")
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        return response
