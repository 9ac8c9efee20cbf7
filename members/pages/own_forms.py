"""What a member fills in on their own page: a number, a code's digits, the box beside the wording."""

import re
from typing import Any

from django import forms

from members.consent.disclosure import Disclosure
from members.consent.typed_code import six_digits
from members.models.phone import Phone
from members.number_field import OffersNumber, WrittenNumberField

_A_DIGEST = re.compile(r"[0-9a-f]{64}")


class OwnNumberForm(OffersNumber, forms.Form):
    """One number, and what its owner calls it."""

    number = WrittenNumberField(label="Phone number")
    label = forms.CharField(
        label="What you call it", required=False, max_length=Phone._meta.get_field("label").max_length
    )

    def __init__(self, *args: Any, region: str | None, **options: Any) -> None:
        super().__init__(*args, **options)
        number = self.fields["number"]
        if isinstance(number, WrittenNumberField):
            number.region = region


class DigitsForm(forms.Form):
    """The six digits of a code, however people type or paste them."""

    digits = forms.CharField(label="Code", max_length=400)

    def clean_digits(self) -> str:
        digits = six_digits(self.cleaned_data["digits"])
        if digits is None:
            raise forms.ValidationError("The code is six digits, such as 482193. Enter all six.")
        return digits


class BoxForm(forms.Form):
    """The box beside a wording. A tick counts only as a tick beside the very words that the page shows."""

    def __init__(self, *args: Any, shown: Disclosure, **options: Any) -> None:
        super().__init__(*args, **options)
        self.shown = shown

    @property
    def box_value(self) -> str:
        """What a tick posts: the wording it was made beside."""
        return self.shown.digest.hex()

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        posted = str(self.data.get("agree", ""))
        if posted == self.box_value:
            return entered
        if _A_DIGEST.fullmatch(posted):
            raise forms.ValidationError(
                "The wording beside the box has changed. Please read it, and tick the box if you agree."
            )
        raise forms.ValidationError("Tick the box if you agree, or go back: nothing was recorded.")
