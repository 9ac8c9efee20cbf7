"""What a person fills in to accept an invite, and what is wrong with it, in words.

The box counts only as a tick beside the very wording that the page shows: its value is that wording's digest, and it is
unticked in every rendering.
"""

import re
from typing import Any

from django import forms

from members.consent.disclosure import Disclosure
from members.models import Invite
from members.number_field import OffersNumber, WrittenNumberField
from members.operations import password_problems

_A_DIGEST = re.compile(r"[0-9a-f]{64}")


class AcceptForm(OffersNumber, forms.Form):
    """Name, password, an optional number, and the box, which is read from what was posted and never rendered back."""

    name = forms.CharField(label="Your name", max_length=120)
    password = forms.CharField(label="Password", strip=False, max_length=128, widget=forms.PasswordInput)
    number = WrittenNumberField(label="Mobile number", required=False)

    def __init__(self, *args: Any, invite: Invite, shown: Disclosure, **options: Any) -> None:
        super().__init__(*args, **options)
        self.invite = invite
        self.shown = shown
        number = self.fields["number"]
        if isinstance(number, WrittenNumberField):
            number.region = invite.tenant.region

    @property
    def box_value(self) -> str:
        """What a tick posts: the wording it was made beside."""
        return self.shown.digest.hex()

    @property
    def ticked(self) -> bool:
        """Whether the person ticked the box beside this wording; an `on` from elsewhere is no tick."""
        return bool(self.data.get("sms_consent") == self.box_value)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if {"name", "password"} <= entered.keys():
            for problem in password_problems(self.invite.email, name=entered["name"], password=entered["password"]):
                self.add_error("password", problem)
        if self.ticked and "number" in entered and not entered["number"]:
            self.add_error("number", "To get text messages, enter your mobile number, or leave the box unticked.")
        if not self.ticked and _A_DIGEST.fullmatch(self.data.get("sms_consent", "")):
            self.add_error(
                None, "The wording beside the box has changed. Please read it, and tick the box if you agree."
            )
        return entered
