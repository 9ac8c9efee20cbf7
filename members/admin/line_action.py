"""Correct the line: a person says what kind of line a number is and what it can get, whatever providers say of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from members.admin.line_area import words_of
from members.models import Capability, LineType, Phone
from members.operations.lines import correct_line
from tenants.access import access_of
from tenants.admin.actions import ObjectAction

_LONGEST_WHY = 200
_KINDS = {
    LineType.UNKNOWN: "a line of a kind that is not known",
    LineType.MOBILE: "a mobile",
    LineType.LANDLINE: "a landline",
    LineType.VOIP: "a VoIP line",
    LineType.TOLL_FREE: "a toll-free line",
}


class LineForm(forms.Form):
    """What it is, what it can get, and how one knows."""

    line_type = forms.ChoiceField(
        label="What kind of line it is", choices=LineType.choices, widget=UnfoldAdminSelectWidget
    )
    sms_capability = forms.ChoiceField(
        label="Can it get SMS",
        choices=[
            (Capability.YES.value, "Yes: send texts to it, whatever its type"),
            (Capability.NO.value, "No: send no texts to it"),
            (Capability.UNKNOWN.value, "Not known: its type decides, and a provider's word may change it"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    voice_capability = forms.ChoiceField(
        label="Can it get calls",
        choices=[
            (Capability.YES.value, "Yes"),
            (Capability.NO.value, "No: place no calls to it"),
            (Capability.UNKNOWN.value, "Not known"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    why = forms.CharField(
        label="How you know",
        max_length=_LONGEST_WHY,
        widget=UnfoldAdminTextInputWidget,
        help_text="Such as “She answered a text from this number today”. Kept with your name in the audit log.",
        error_messages={"required": "Say how you know: whoever reads the audit log later has to understand it."},
    )


class CorrectLine(ObjectAction):
    """Say what kind of line this number is, and whether it can get SMS and calls; your word outweighs a provider's."""

    name = "correct-line"
    label = "Correct the line"
    icon = "edit"
    confirm_label = "Correct the line"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        phone: Phone = rows[0]
        form = self._form(request, phone)
        words = words_of(phone)
        return {
            "title": f"Correct the line of {phone.number}",
            "summary": "For a number whose type is wrong, or that gets texts although it is a landline. A yes or no to "
            "SMS stands until somebody here changes it: no look-up and no fault does. It is no consent, and nothing is "
            "sent by it.",
            "facts": [
                ("Team member", phone.member.name),
                ("Now", words.kind),
                ("How it is known", words.known),
                *((name, says) for name, says in (("SMS", words.sms), ("Calls", words.voice)) if says),
            ],
            "opts": None,
            "form": form,
            "is_invalid": form.is_bound and not form.is_valid(),
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        phone: Phone = rows[0]
        form = self._form(request, phone)
        if not form.is_valid():
            return None
        entered = form.cleaned_data
        correct_line(
            phone,
            line_type=LineType(entered["line_type"]),
            sms=Capability(entered["sms_capability"]),
            voice=Capability(entered["voice_capability"]),
            why=entered["why"],
            actor=access_of(request).user,
            at=timezone.now(),
        )
        self.model_admin.say(request, _done(phone), level=messages.SUCCESS)
        return None

    @staticmethod
    def _form(request: HttpRequest, phone: Phone) -> LineForm:
        initial = {name: getattr(phone, name) for name in ("line_type", "sms_capability", "voice_capability")}
        return LineForm(request.POST if request.method == "POST" else None, initial=initial)


def _done(phone: Phone) -> str:
    gets = {
        Capability.YES: "Texts go to it from now on.",
        Capability.NO: "No texts go to it from now on.",
    }.get(Capability(phone.sms_capability), "")
    said = f"{phone.number} is recorded as {_KINDS[LineType(phone.line_type)]}. {gets}".strip()
    if phone.sms_capability != Capability.YES:
        return said
    try:
        log = reverse("admin:notifications_notification_changelist")
    except NoReverseMatch:
        return said
    return format_html(
        '{} What was skipped is not sent by itself: <a class="pt-link" href="{}?q={}">open it in the log</a> and send '
        "it again.",
        said,
        log,
        phone.member.public_id,
    )
