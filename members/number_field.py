"""The form field for a phone number: names every defect, offers the corrected number, and never rewrites.

Used by the accept page and by the admin alike; what a defect is, `imes.kernel.phone` says.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from imes.kernel.phone import PhoneReading, examine


class NumberRefused(ValidationError):
    """The text is not one pageable number; one message for each defect, and the corrected number if there is one."""

    def __init__(self, reading: PhoneReading) -> None:
        super().__init__([ValidationError(text, code=code) for code, text in _words(reading)])
        self.suggestion = reading.suggestion


class WrittenNumberField(forms.CharField):
    """Takes exactly E.164. `region` only helps to suggest; spaces around the number are a defect like others."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
        super().__init__(strip=False, **options)
        self.region: str | None = None

    def clean(self, value: Any) -> str:
        """Return the number in E.164, "" where none is required and none is given.

        :raises NumberRefused: when the text is anything else.
        """
        text = str(super().clean(value))
        if not text:
            return ""
        reading = examine(text, region=self.region)
        if reading.e164 is None:
            raise NumberRefused(reading)
        return reading.e164


class OffersNumber:
    """For a form with a `number` field: remembers the corrected number that the field's error carries."""

    suggestion: str | None = None

    def add_error(self, field: str | None, error: Any) -> None:
        if isinstance(error, NumberRefused):
            self.suggestion = error.suggestion
        super().add_error(field, error)  # type: ignore[misc]  # of the form beside it


def _words(reading: PhoneReading) -> list[tuple[str, str]]:
    lines = [(defect.value, defect.says) for defect in reading.defects]
    if reading.suggestion is None:
        remedies = dict.fromkeys(defect.remedy for defect in reading.defects)
        lines += [("remedy", remedy) for remedy in remedies]
    return lines
