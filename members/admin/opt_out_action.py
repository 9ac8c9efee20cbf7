"""Record an opt-out that a person said in words: an admin for their tenant, support and platform for every tenant."""

from datetime import datetime
from typing import Any, Literal, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from members.admin.columns import moment
from members.admin.record_form import MomentField
from members.consent.evidence import numbers_of
from members.consent.recorded_opt_out import (
    LEGAL_LIMIT,
    OUR_LIMIT,
    HeardBy,
    OptOutRecorded,
    OptOutRefused,
    Reach,
    record_opt_out,
)
from members.consent.standing import StandingState
from members.models import Member
from tenants.access import Access, Part, access_of
from tenants.admin.actions import ObjectAction

#: Whose record counts in every tenant.
_EVERYWHERE = frozenset({Part.SUPPORT, Part.PLATFORM})


class OptOutForm(forms.Form):
    """What was said, how, and when it was received."""

    number = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    reach = forms.ChoiceField(
        label="Where it counts",
        choices=[("platform", "For this number, in every organisation"), ("tenant", "For this number, in this tenant")],
        widget=UnfoldAdminSelectWidget,
    )
    channel = forms.ChoiceField(
        label="What stops",
        choices=[("any", "SMS and voice calls"), ("sms", "SMS"), ("voice", "Voice calls")],
        widget=UnfoldAdminSelectWidget,
    )
    heard_by = forms.ChoiceField(
        label="How they said it",
        choices=[(way.value, way.value.capitalize()) for way in HeardBy],
        widget=UnfoldAdminSelectWidget,
    )
    heard_at = MomentField(label="When it was received")
    words = forms.CharField(
        label="Their own words",
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="As they wrote or said it. It is the evidence, and read by nobody outside.",
    )

    def __init__(self, *args: Any, access: Access, numbers: list[str], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.fields["number"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]
        if access.part not in _EVERYWHERE:
            del self.fields["reach"]
        elif access.part is Part.SUPPORT:
            # Support's one writing act counts everywhere, and for texts and calls alike.
            del self.fields["reach"], self.fields["channel"]
        zone = timezone.get_current_timezone_name()
        self.fields[
            "heard_at"
        ].help_text = f"When their words came in, not when somebody read them: it counts from then. Time zone: {zone}."

    def clean_heard_at(self) -> datetime:
        heard_at: datetime = self.cleaned_data["heard_at"]
        if heard_at > self.at:
            raise forms.ValidationError("When it was received lies in the future. Enter when their words came in.")
        return heard_at

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not any(char.isalnum() for char in words):
            raise forms.ValidationError("Enter what they said or wrote, in their own words: it is the evidence.")
        return words


class RecordOptOut(ObjectAction):
    """Stop texts or calls to somebody who asked for it in words; it counts at once."""

    name = "record-opt-out"
    label = "Record an opt-out"
    icon = "do_not_disturb_on"
    confirm_label = "Record it: stop now"
    template = "admin/members/record_consent.html"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        """Support may: it is the one thing that they write."""
        access = getattr(request, "access", None)
        return isinstance(access, Access) and (access.writes or access.part is Part.SUPPORT)

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        member: Member = rows[0]
        if not numbers_of(member):
            return {"refusal": f"{member.name} has no number, and the ledger knows none of theirs. Nothing is sent."}
        form = self._form(request, member)
        part = access_of(request).part
        counts = "in every organisation" if part is Part.SUPPORT else "in your organisation"
        return {
            "title": f"Record an opt-out of {member.name}",
            "summary": "For a person who asked in words of their own to be left alone: by e-mail, on the phone, in a "
            f"letter, face to face. It counts at once{'' if part is Part.PLATFORM else ' ' + counts}, and only they "
            "themselves can take it back. No text is sent to them about it.",
            "form": form,
            "is_invalid": form.is_bound and not form.is_valid(),
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        member: Member = rows[0]
        form = self._form(request, member)
        if not form.is_valid():
            return None
        part, told = access_of(request).part, form.cleaned_data
        by_default = "platform" if part is Part.SUPPORT else "tenant"
        found = record_opt_out(
            number=told["number"],
            member=member,
            channel=cast(Literal["sms", "voice", "any"], told.get("channel", "any")),
            reach=cast(Reach, told.get("reach", by_default)),
            heard_at=told["heard_at"],
            heard_by=HeardBy(told["heard_by"]),
            words=told["words"],
            actor=access_of(request).user,
            at=timezone.now(),
        )
        if isinstance(found, OptOutRefused):
            self.model_admin.say(request, f"Nothing was recorded. {found.says}", level=messages.ERROR)
            return None
        said, is_smooth = _said(found, member=member)
        self.model_admin.say(request, said, level=messages.SUCCESS if is_smooth else messages.WARNING)
        return None

    @staticmethod
    def _form(request: HttpRequest, member: Member) -> OptOutForm:
        return OptOutForm(
            request.POST if request.method == "POST" else None,
            access=access_of(request),
            numbers=numbers_of(member),
            at=timezone.now(),
        )


def _said(found: OptOutRecorded, *, member: Member) -> tuple[str, bool]:
    """What was done, and whether nothing needs to be looked at."""
    where = "in every organisation" if found.event.reach == "platform" else "in this tenant"
    words = [f"Recorded: {found.event.number} is opted out {where}, since {moment(found.event.effective_at)}."]
    agreed_since = [
        "SMS" if channel == "sms" else "voice calls"
        for channel, now in found.standings.items()
        if now.state is StandingState.OPTED_IN
    ]
    if agreed_since:
        words.append(f"{member.name} agreed to {' and '.join(agreed_since)} again after that, so this still goes.")
    if found.is_late:
        words.append(
            f"That is {found.delay} business days after it was received: {OUR_LIMIT} is our limit, {LEGAL_LIMIT} the "
            "law's. The delay is on record."
        )
    return " ".join(words), not (agreed_since or found.is_late)
