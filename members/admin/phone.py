"""A member's phones, under the member: defects named, the corrected number offered, and consent left where it was."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from members.admin.line_area import line_field
from members.models import Door, Member, Phone
from members.number_field import NumberRefused, WrittenNumberField
from members.operations import change_number, remove_phone
from members.operations.lines import audit_entry, date_entry, entered_fields, line_fields
from members.operations.number_door import number_door
from members.operations.phones import meet_number
from members.operations.switch import switch_on_first
from members.sms_state import own_state
from members.sms_switch import SwitchState
from tenants.access import access_of
from tenants.admin.base import OwnedStackedInline
from tenants.models import User

#: What a look-up or a fault may change while somebody has the form open.
_LINE = ("line_type", "sms_capability", "voice_capability")


class PhoneForm(forms.ModelForm[Phone]):
    """One phone. A number that is not exact stays in the field as it was written."""

    number = WrittenNumberField(widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "autocomplete": "off"}))

    class Meta:
        model = Phone
        fields = (
            "number",
            "label",
            "line_type",
            "sms_capability",
            "voice_capability",
            "is_sms_primary",
            "is_voice_primary",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _LINE:
            # What the page showed comes back with it, so that what was learned meanwhile is not put back unseen.
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        """Leave the line's fields as they stand by now where nobody touched them."""
        cleaned = super().clean() or self.cleaned_data
        for name in _LINE:
            was_shown = self.data.get(self.add_initial_prefix(name))
            if self.instance.pk and name in cleaned and was_shown is not None and was_shown == cleaned[name]:
                cleaned[name] = getattr(self.instance, name)
        return cleaned

    @property
    def changed_data(self) -> list[str]:
        """Fields that somebody touched; a page that says nothing of what it showed is compared with what stands."""
        untold = {name for name in _LINE if self.add_initial_prefix(name) not in self.data}
        same = {name for name in untold if self.data.get(self.add_prefix(name)) == self.initial.get(name)}
        return [name for name in super().changed_data if name not in same]

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if isinstance(error, NumberRefused) and error.suggestion:
            super().add_error("number", self._offer(error.suggestion))

    def _offer(self, suggestion: str) -> ValidationError:
        words = format_html(
            'Did you mean <strong>{0}</strong>? <button type="button" class="pt-link" data-fill="{1}" data-value="{0}">'
            "Use {0}</button>",
            suggestion,
            self["number"].id_for_label,
        )
        return ValidationError(words, code="suggestion")


class PhoneFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """All phones of one member: each number once, and at most one primary for each channel."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        tenant = self.instance.tenant if self.instance.tenant_id else getattr(self, "open_tenant", None)
        form.fields["number"].region = tenant.region if tenant else None

    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if hasattr(form, "cleaned_data") and form.cleaned_data.get("number") and not form.cleaned_data.get("DELETE")
        ]
        for field, words in (("is_sms_primary", "SMS goes"), ("is_voice_primary", "calls go")):
            if sum(bool(form.cleaned_data.get(field)) for form in kept) > 1:
                raise ValidationError(f"Choose one phone to which {words}.")
        for form in kept:
            elsewhere = [other.initial.get("number") for other in kept if other is not form]
            if "number" in form.changed_data and form.cleaned_data["number"] in elsewhere:
                form.add_error("number", self.get_form_error())

    def get_unique_error_message(self, unique_check: Any) -> str:
        return "Each number is entered once for a member."

    def get_form_error(self) -> str:
        return "This member has this number already. Change or remove the other one first."


class PhoneInline(OwnedStackedInline):
    """The phones of the member."""

    model = Phone
    form = PhoneForm
    formset = PhoneFormSet
    fields = (
        "number",
        ("label", "line_type"),
        ("sms_capability", "voice_capability"),
        ("is_sms_primary", "is_voice_primary"),
        "line",
    )
    readonly_fields = ("line",)
    verbose_name = "phone"
    verbose_name_plural = "phones"

    @admin.display(description="what is known of the line")
    def line(self, phone: Phone) -> SafeString | str:
        return line_field(phone) if phone.pk else "Save it first."

    def get_extra(self, request: HttpRequest, obj: Any = None, **options: Any) -> int:
        """One empty row where there is no phone yet."""
        return 0 if obj is not None and obj.phones.exists() else 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset = super().get_formset(request, obj, **options)
        formset.open_tenant = access_of(request).tenant
        return formset

    class Media:
        js = ("members/fill.js",)


def save_phones(request: HttpRequest, member: Member, formset: Any) -> None:
    """Write what the formset holds, removals first, and say where consent was lost on the way."""
    actor, at = access_of(request).user, timezone.now()
    before = own_state(member)
    formset.save(commit=False)
    with number_door(Door.ADMIN, member_id=member.pk, actor=actor, at=at):
        strange = _write(formset, member=member, actor=actor, at=at)
    for phone in formset.new_objects:
        switch_on_first(member, number=phone.number, actor=actor, at=at)
    for number in strange:
        messages.warning(
            request,
            f"Consent belongs to the number: {number} has none from {member.name} yet. Invite them, or ask them to "
            "agree; until then it gets no SMS.",
        )
    if before is SwitchState.ON and own_state(member) is not SwitchState.ON:
        messages.warning(
            request,
            f"SMS is off for {member.name} now, because the number changed. An administrator switches it on for the "
            "new number with “Switch SMS on”.",
        )


def _write(formset: Any, *, member: Member, actor: User, at: datetime) -> list[str]:
    """Save, and return the numbers that the member never had before."""
    for phone in formset.deleted_objects:
        remove_phone(phone, actor=actor, at=at)
    changed = [phone for phone, _ in formset.changed_objects]
    # Two phones may change places: neither may be primary while the other still is.
    flags = {"is_sms_primary", "is_voice_primary"}
    if any(flags & set(fields) for _, fields in formset.changed_objects):
        Phone.objects.filter(pk__in=[phone.pk for phone in changed]).update(
            is_sms_primary=False, is_voice_primary=False
        )
    before = {form.instance.pk: form.initial for form in formset.initial_forms}
    strange: list[str] = []
    for phone, fields in formset.changed_objects:
        is_entered = entered_fields(fields)
        stood = {name: str(before[phone.pk].get(name, "")) for name in line_fields(phone)}
        if "number" in fields:
            change_number(phone, before=before[phone.pk]["number"], actor=actor, at=at, keep=frozenset(fields))
            strange.append(phone.number)
        if is_entered:
            date_entry(phone, at=at)
        if is_entered or "number" not in fields:
            phone.save()
        if is_entered:
            audit_entry(phone, before=stood, why="", actor=actor, at=at)
    for phone in formset.new_objects:
        phone.tenant_id = member.tenant_id
        meet_number(phone.number)
        is_entered = any(value != "unknown" for value in line_fields(phone).values())
        if is_entered:
            date_entry(phone, at=at)
        phone.save()
        if is_entered:
            audit_entry(phone, before={}, why="", actor=actor, at=at)
        strange.append(phone.number)
    return strange
