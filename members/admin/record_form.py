"""The form on which an admin writes down what a member did elsewhere; what it lacks is said at the field."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from unfold.widgets import (
    CHECKBOX_CLASSES,
    INPUT_CLASSES,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from members.consent.document import KINDS, LARGEST, Document, DocumentRefused, examine_document
from members.consent.record_checks import EMPTY_STATEMENT, LONGEST_STATEMENT, LONGEST_URL, NO_EVIDENCE
from members.consent.recording import Entry, record_refusal
from members.consent.wordings import LONGEST_VERSION, known_versions
from members.models import ConsentRecord, Member
from tenants.models import User

_PRECISE = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
#: The choice that asks for the words of another form.
OTHER = "other"


class MomentInput(forms.DateTimeInput):
    """The browser's own way of asking for a date and a time, to the second."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES), "step": "1"}, format="%Y-%m-%dT%H:%M:%S")


class MomentField(forms.DateTimeField):
    """An instant in the reader's zone."""

    widget = MomentInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=_PRECISE, **kwargs)


def channel_boxes() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": " ".join(CHECKBOX_CLASSES)})


class RecordForm(forms.Form):
    """What the member did, on which words, and what shows it. Everything is judged by the operation itself."""

    number = forms.ChoiceField(
        widget=UnfoldAdminSelectWidget, help_text="The very number that they agreed for. Consent never travels."
    )
    channels = forms.MultipleChoiceField(
        label="They agreed to",
        choices=[("sms", "SMS"), ("voice", "Voice calls")],
        widget=channel_boxes(),
        error_messages={"required": "Say what they agreed to: SMS, voice calls, or both."},
    )
    method = forms.ChoiceField(
        label="How they agreed", choices=ConsentRecord.Method.choices, widget=UnfoldAdminSelectWidget
    )
    acted_at = MomentField(label="When they acted", error_messages={"required": "Say when they agreed, to the minute."})
    wording = forms.ChoiceField(
        label="The words that they agreed to",
        widget=UnfoldAdminSelectWidget,
        help_text="The wording that stood on what they signed, filled in or answered.",
    )
    form_name = forms.CharField(
        label="Name of the other form",
        required=False,
        max_length=LONGEST_VERSION,
        widget=UnfoldAdminTextInputWidget,
        help_text="Only for another form: its name and edition, such as “Gate form 2026-03”.",
    )
    wording_text = forms.CharField(
        label="Its words",
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text="Only for another form: exactly as they read them, kept word for word.",
    )
    document = forms.FileField(
        label="Document", required=False, help_text=f"{KINDS}, at most 5 MB. Told by its content; never changed."
    )
    url = forms.URLField(
        label="Or the address where it lies",
        required=False,
        max_length=LONGEST_URL,
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
        help_text="Beginning with https://, such as their answer in another web form.",
    )
    statement = forms.CharField(
        label="Statement",
        error_messages={"required": EMPTY_STATEMENT},
        max_length=LONGEST_STATEMENT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="In your words: what they did, and how you know that it was them.",
    )

    def __init__(self, *args: Any, member: Member, actor: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.actor, self.at = member, actor, at
        self.entry: Entry | None = None
        self.fields["number"].choices = [(phone.number, str(phone)) for phone in member.phones.order_by("id")]  # type: ignore[attr-defined]
        versions = [(version, f"Ours: {version}") for version in known_versions()]
        self.fields["wording"].choices = [*versions, (OTHER, "Those of another form, pasted below")]  # type: ignore[attr-defined]
        zone = timezone.get_current_timezone_name()
        self.fields["acted_at"].help_text = f"The member's own act, not today's writing it down. Time zone: {zone}."
        self.fields["document"].widget.attrs["accept"] = ".pdf,.png,.jpg,.jpeg,.txt,.eml"

    def clean_document(self) -> Document | None:
        upload = self.cleaned_data.get("document")
        if not isinstance(upload, UploadedFile):
            return None
        upload.seek(0)
        found = examine_document(upload.name or "", content=upload.read(LARGEST + 1))
        if isinstance(found, DocumentRefused):
            raise forms.ValidationError(found.says)
        return found

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if not ({"document", "url"} & set(self.errors)) and not (cleaned.get("document") or cleaned.get("url")):
            self.add_error("document", NO_EVIDENCE)
        if self.errors:
            return cleaned
        is_other = cleaned["wording"] == OTHER
        self.entry = Entry(
            number=cleaned["number"],
            channels=tuple(cleaned["channels"]),
            method=cleaned["method"],
            acted_at=cleaned["acted_at"],
            wording_version=cleaned["form_name"] if is_other else cleaned["wording"],
            wording_text=cleaned["wording_text"],
            statement=cleaned["statement"],
            document=cleaned["document"],
            url=cleaned["url"],
        )
        refused = record_refusal(self.entry, member=self.member, actor=self.actor, at=self.at)
        if refused is not None:
            version = "form_name" if is_other else "wording"
            field = version if refused.field == "wording_version" else refused.field
            self.add_error(field or None, refused.says)
        return cleaned
