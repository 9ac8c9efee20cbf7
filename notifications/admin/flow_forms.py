"""Forms of a flow: times in minutes, channels as boxes, and a text whose fields are shown back."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from notifications.models import Flow, Step

#: Channels that a step can use today; the others arrive with their providers.
CHANNELS = [("sms", "SMS")]


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


class StepForm(forms.ModelForm[Step]):
    """How one step pages: over which channels, in which manner, and how long it waits."""

    channels = forms.TypedMultipleChoiceField(
        choices=CHANNELS,
        initial=["sms"],
        widget=forms.CheckboxSelectMultiple,
        help_text="All ticked channels go at once.",
    )
    mode = forms.ChoiceField(choices=Step.Mode.choices, widget=UnfoldAdminSelectWidget, initial=Step.Mode.AT_ONCE)
    wait = MinutesField(
        min_value=0, max_value=1440, initial=5, label="Wait (minutes)", help_text="For an answer, before the next step."
    )

    def has_changed(self) -> bool:
        # A step that was added is meant, also where every default is right: its recipients would have no parent.
        return self.instance.pk is None or bool(super().has_changed())

    class Meta:
        model = Step
        fields: ClassVar[list[str]] = ["position", "mode", "channels", "wait"]
