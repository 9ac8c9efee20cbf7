"""What is typed for a single date and for time off; each error stands at its field and says what to enter.

Dates and times are those of the member's zone. Whether they may be written is for the operations to say.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from imes.kernel.wall_clock import shown
from members.operations.schedules import MOST_NOTE
from members.schedule_pages.week_form import clock, quarter_error

_UTC = ZoneInfo("UTC")
_DAY = timedelta(days=1)
OFF, FREE, HOURS = "off", "free", "hours"


class ClockField(forms.Field):
    """A time of day on a quarter of an hour, however people write it."""

    widget = forms.TimeInput(attrs={"type": "time", "step": "900"})

    def to_python(self, value: Any) -> time | None:
        text = str(value or "").strip()
        if not text:
            return None
        at = clock(text)
        if at is None:
            raise forms.ValidationError(f"“{text[:20]}” is not a time. Enter it as 09:00 or 17:30.")
        if wrong := quarter_error(at):
            raise forms.ValidationError(wrong)
        return at


class DayField(forms.DateField):
    """A date, by the browser's own way of asking for one."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        invalid = "This is no date. Enter it as 2026-12-25."
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y"], **kwargs)
        self.error_messages = {**self.error_messages, "invalid": invalid, "required": "Enter a date."}


class _Dated(forms.Form):
    """What both forms have in common: a note, and refusals of the operation at the field that they are about."""

    use_required_attribute = False
    first = ""

    def refuse(self, says: str) -> None:
        self.add_error(self.first, says)


class DateForm(_Dated):
    """What holds on one date in place of the week."""

    first = "on"
    on = DayField(
        label="Date",
        help_text="It counts for hours that begin on this date. A night that began the day before goes on until it "
        "ends; time off ends it.",
    )
    kind = forms.ChoiceField(
        label="On this date",
        choices=[(OFF, "Not paged at all"), (FREE, "Paged all day"), (HOURS, "Paged in these hours only")],
        initial=OFF,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what holds on this date."},
    )
    opens = ClockField(label="From", required=False, help_text="Empty: from the beginning of the day.")
    closes = ClockField(
        label="To",
        required=False,
        help_text="Empty: until the end of the day. A time that is no later than “from” is on the next day.",
    )
    note = forms.CharField(
        label="Note", required=False, max_length=MOST_NOTE, help_text="Such as “Public holiday”. Seen by your team."
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        kind, typed = cleaned.get("kind"), cleaned.get("opens") is not None or cleaned.get("closes") is not None
        if kind == HOURS and not typed and not {"opens", "closes"} & set(self.errors):
            self.add_error("opens", "Enter from when they are paged on this date, or choose “Paged all day”.")
        if kind in (OFF, FREE) and typed:
            self.add_error("kind", "You entered hours as well: choose “Paged in these hours only”, or clear the hours.")
        return cleaned


class TimeOffForm(_Dated):
    """A stretch without pages, from a first day to a last one, or to the hour."""

    first = "first_day"
    first_day = DayField(label="First day off")
    starts = ClockField(label="From", required=False, help_text="Empty: from the beginning of the day.")
    last_day = DayField(label="Last day off")
    ends = ClockField(label="Until", required=False, help_text="Empty: until the end of that day. Paged again then.")
    note = forms.CharField(
        label="Note", required=False, max_length=MOST_NOTE, help_text="Such as “Holiday”. Seen by your team."
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        first, last = cleaned["first_day"], cleaned["last_day"]
        starts_at = self._instant("starts", first, cleaned["starts"] or time())
        if cleaned["ends"] is None:
            ends_at: datetime | None = instant(last + _DAY, time(), zone=self.zone, is_end=True)
        else:
            ends_at = self._instant("ends", last, cleaned["ends"], is_end=True)
        if last < first:
            self.add_error("last_day", f"It is before the first day, {first:%d %b %Y}. Enter that day or a later one.")
        elif starts_at is not None and ends_at is not None:
            if ends_at <= starts_at:
                self.add_error("ends", "It is not later than the beginning. Enter a later time, or leave it empty.")
            else:
                cleaned["starts_at"], cleaned["ends_at"] = starts_at, ends_at
        return cleaned

    def _instant(self, field: str, on: date, at: time, *, is_end: bool = False) -> datetime | None:
        told = instant(on, at, zone=self.zone, is_end=is_end)
        if at != time() and (is_there := shown(told, zone=self.zone)) != datetime.combine(on, at):
            says = f"{at:%H:%M} does not exist on {on:%d %b %Y}: the clocks go forward. Enter {is_there:%H:%M}."
            self.add_error(field, says)
            return None
        return told


def instant(on: date, at: time, *, zone: ZoneInfo, is_end: bool = False) -> datetime:
    """The instant at which the clocks of `zone` show this; of a repeated hour the first, and the second for an end.

    What the clocks skip is as long after midnight as if they did not.
    """
    told = datetime.combine(on, at.replace(fold=int(is_end)), zone).astimezone(_UTC)
    if shown(told, zone=zone) == datetime.combine(on, at):
        return told
    return datetime.combine(on, at, zone).astimezone(_UTC)
