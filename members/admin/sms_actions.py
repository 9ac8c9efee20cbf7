"""What administrators do about a member's SMS: switch it on or off, take the seat back. None of it is consent."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from members import ports
from members.admin.sms_area import told
from members.models import Member, SmsSwitch
from members.operations.switch import switch_off, switch_on, take_seat_back
from members.ports import NoSeatFree
from members.sms_story import sms_story
from members.sms_switch import SwitchState
from members.sms_words import label
from tenants.access import access_of
from tenants.admin.actions import ObjectAction

_NO_CONSENT = (
    "This is no consent and replaces none: SMS goes only if the person agreed to it themselves, for this very number."
)


class WhyForm(forms.Form):
    """Why; it is kept with who and when."""

    why = forms.CharField(
        max_length=SmsSwitch._meta.get_field("why").max_length,
        label="Why",
        widget=UnfoldAdminTextInputWidget,
        help_text="Kept with your name and the time, on the member's page and in the audit log.",
        error_messages={"required": "Say why: whoever reads the member's page later has to understand it."},
    )


class _WithReason(ObjectAction):
    """An action whose page asks why."""

    def _form(self, request: HttpRequest) -> dict[str, Any]:
        form = WhyForm(request.POST if request.method == "POST" else None)
        return {"form": form, "is_invalid": form.is_bound and not form.is_valid()}

    @staticmethod
    def _why(request: HttpRequest) -> str:
        form = WhyForm(request.POST)
        return str(form.cleaned_data["why"]) if form.is_valid() else ""


class SwitchSmsOn(_WithReason):
    """Let SMS go to this member's number as it is now, on a seat of the plan; one is given if they hold none."""

    name = "switch-sms-on"
    label = "Switch SMS on"
    icon = "toggle_on"
    takes_many = True
    confirm_label = "Switch SMS on"

    def fits(self, obj: Any) -> bool:
        return obj.is_active and sms_story(obj).state is not SwitchState.ON

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        stories = [(member, sms_story(member)) for member in rows]
        turned = [(member, story) for member, story in stories if _can_be_on(member, story)]
        use = stories[0][1].use
        told_why = {
            "summary": f"{_NO_CONSENT} Nobody is asked by it. Whoever agreed already gets the one opt-in confirmation "
            "now, if it has not gone yet. Each member needs an SMS seat of the plan.",
            "facts": [("SMS seats taken", use.says if use.plan else "No plan yet: the standard one begins")],
            "listed_title": "Whom it concerns",
            "listed_heads": ["Team member", "Number", "Now", "What changes"],
            "listed": [
                (member.name, story.phone.number if story.phone else "none", told(story), _outcome(member, story))
                for member, story in stories
            ],
            **self._form(request),
        }
        if not turned:
            member, story = stories[0]
            told_why["refusal"] = _outcome(member, story) if len(stories) == 1 else "None of them can be switched on."
        elif len(turned) == 1 and _lacks_seat(turned[0][1]):
            told_why["refusal"] = _no_seat(use.plan, use.says)
        return told_why

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        actor, at, why = access_of(request).user, timezone.now(), self._why(request)
        names: list[str] = []
        without: list[str] = []
        for member in rows:
            story = sms_story(member)
            if not _can_be_on(member, story) or story.phone is None:
                continue
            turned = switch_on(member, number=story.phone.number, actor=actor, why=why, at=at)
            (without if isinstance(turned, NoSeatFree) else names).append(member.name)
        if names:
            self.model_admin.say(request, f"SMS is on for {', '.join(names)}. {_NO_CONSENT}")
        if without:
            use = ports.seats().use_of(rows[0].tenant)
            text = f"{', '.join(without)}: {_no_seat(use.plan, use.says)}"
            self.model_admin.say(request, text, level=messages.ERROR)
        return None


class SwitchSmsOff(_WithReason):
    """Let no SMS go to this member, whatever they agreed to, until an administrator switches it on again."""

    name = "switch-sms-off"
    label = "Switch SMS off"
    icon = "toggle_off"
    confirm_label = "Switch SMS off"

    def fits(self, obj: Any) -> bool:
        return sms_story(obj).state is SwitchState.ON

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        member: Member = rows[0]
        story = sms_story(member)
        refusal = {"refusal": f"SMS is off for {member.name} already."} if story.state is SwitchState.OFF else {}
        return {
            "summary": f"{member.name} gets no SMS from now on, and what waits for them is skipped. Their consent "
            "stays as it is, and so does their seat. Only an administrator switches it on again.",
            "facts": [
                ("Now", label(story.state, has_number=story.phone is not None)),
                ("Number", story.phone.number if story.phone else "none"),
            ],
            **self._form(request),
            **refusal,
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        switch_off(rows[0], actor=access_of(request).user, why=self._why(request), at=timezone.now())
        self.model_admin.say(request, f"SMS is off for {rows[0].name}.")
        return None


class TakeSeatBack(_WithReason):
    """Take this member's SMS seat back, so that somebody else may have it; SMS is off for them without it."""

    name = "take-seat"
    label = "Take the seat back"
    icon = "event_seat"
    confirm_label = "Take the seat back"

    def fits(self, obj: Any) -> bool:
        return sms_story(obj).seat is not None

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        member: Member = rows[0]
        story = sms_story(member)
        refusal = {} if story.seat else {"refusal": f"{member.name} holds no SMS seat."}
        return {
            "summary": f"{member.name} gets no SMS without a seat. If they get one again, it is another one, and an "
            "administrator has to switch SMS on again, even for the same number.",
            "facts": [("SMS seats taken", story.use.says)],
            **self._form(request),
            **refusal,
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        member: Member = rows[0]
        take_seat_back(member, actor=access_of(request).user, why=self._why(request), at=timezone.now())
        self.model_admin.say(request, f"The SMS seat of {member.name} is free again, and SMS is off for them.")
        return None


def _can_be_on(member: Member, story: Any) -> bool:
    return bool(member.is_active and story.phone is not None and story.state is not SwitchState.ON)


def _lacks_seat(story: Any) -> bool:
    return story.seat is None and story.use.free == 0 and bool(story.use.plan)


def _outcome(member: Member, story: Any) -> str:
    if not member.is_active:
        return f"{member.name} is not active: nothing is sent to them. Activate them first."
    if story.phone is None:
        return f"{member.name} has no number. Add one on their page first."
    if story.state is SwitchState.ON:
        return f"SMS is on for {member.name} already."
    if _lacks_seat(story):
        return "No seat is free"
    return f"On for {story.phone.number}" + ("" if story.seat else ", with a seat of the plan")


def _no_seat(plan: str, says: str) -> str:
    if not plan:
        return "There is no plan that has SMS seats. Ask the platform for one."
    return (
        f"No SMS seat is free: {says} of plan {plan} are taken. Take one back from somebody on their page, or ask the "
        "platform for another plan."
    )
