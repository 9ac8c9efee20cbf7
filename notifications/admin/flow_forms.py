"""Forms of a flow: times in minutes, channels as boxes, and a text whose fields are shown back."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Max, QuerySet
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from notifications.models import Flow, Step, StepRecipient

#: Channels that a step can use.
CHANNELS = [("sms", "SMS"), ("voice", "Phone call"), ("email", "E-mail")]


class MinutesField(forms.IntegerField):
    """Whole minutes on the page, a timedelta in the row."""

    widget = UnfoldAdminIntegerFieldWidget

    def prepare_value(self, value: Any) -> Any:
        return int(value.total_seconds() // 60) if isinstance(value, timedelta) else value

    def to_python(self, value: Any) -> Any:
        minutes = super().to_python(value)
        try:
            return None if minutes is None else timedelta(minutes=minutes)
        except OverflowError:
            raise forms.ValidationError("This is too long.", code="too_long") from None

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        minutes = int(value.total_seconds() // 60) if isinstance(value, timedelta) else value
        super().run_validators(minutes)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial)) != str(data)


class FlowForm(forms.ModelForm[Flow]):
    """What the flow says and how long it stays valid."""

    text = forms.CharField(
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=Flow._meta.get_field("text").help_text,
    )
    validity = MinutesField(
        min_value=1,
        max_value=600,
        initial=30,
        label="Valid for (minutes)",
        help_text=Flow._meta.get_field("validity").help_text,
    )

    class Meta:
        model = Flow
        fields: ClassVar[list[str]] = ["name", "slug", "is_enabled", "urgency", "text", "validity", "repeats"]
        fields += ["hours_open", "hours_close"]


class OrderField(forms.IntegerField):
    """A place among others; one that is left empty comes after those that are there."""

    widget = UnfoldAdminIntegerFieldWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=32_000, label="Order", initial=None, **options)


class StepForm(forms.ModelForm[Step]):
    """How one step pages: over which channels, in which manner, and how long it waits."""

    position = OrderField(help_text="Steps fire from the lowest to the highest; empty: after the others.")
    channels = forms.TypedMultipleChoiceField(
        choices=CHANNELS,
        initial=["sms"],
        widget=forms.CheckboxSelectMultiple,
        help_text=(
            "All ticked channels go at once. A phone call needs a consent of its own, and is acknowledged by key 1. An "
            "e-mail needs no consent, and is acknowledged by the link in it."
        ),
    )
    mode = forms.ChoiceField(
        choices=Step.Mode.choices,
        widget=UnfoldAdminSelectWidget,
        initial=Step.Mode.AT_ONCE,
        label="Whom it pages",
        help_text="In turn: one recipient after the other, in their order; who cannot be reached costs no wait.",
    )
    wait = MinutesField(
        min_value=0,
        max_value=1440,
        initial=5,
        label="Wait (minutes)",
        help_text="For an answer, before the next step; in turn also before the next recipient.",
    )

    def clean_position(self) -> int:
        return _placed(self, Step.objects.filter(flow=self.instance.flow_id))

    def has_changed(self) -> bool:
        # A step that was added is meant, also where every default is right: its recipients would have no parent.
        return self.instance.pk is None or bool(super().has_changed())

    class Meta:
        model = Step
        fields: ClassVar[list[str]] = ["position", "mode", "channels", "wait"]


class RecipientForm(forms.ModelForm[StepRecipient]):
    """Whom a step pages: a member or a group, and in which place."""

    position = OrderField()

    def clean_position(self) -> int:
        return _placed(self, StepRecipient.objects.filter(step=self.instance.step_id))

    class Meta:
        model = StepRecipient
        # The others are chosen from the rows of a scope, which is open only while a page is made.
        fields: ClassVar[list[str]] = ["position"]


def _placed(form: forms.ModelForm[Any], others: QuerySet[Any]) -> int:
    """The order that was entered, or the one after all others; several that are new keep the order they stand in."""
    entered: int | None = form.cleaned_data.get("position")
    if entered is not None:
        return entered
    last: int | None = others.exclude(pk=form.instance.pk).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
