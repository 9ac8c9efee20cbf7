"""What a person fills in to accept an invite, and what is wrong with it, in words.

A box counts only as a tick beside the very wording that the page shows: its value is that wording's digest, and it is
unticked in every rendering.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings

from imes.kernel.phone import LineHint, line_hint
from members.consent.boxes import Box
from members.consent.choices import Channel
from members.consent.disclosure import Disclosure, disclosure
from members.models import Capability, Invite, LineType, Member, Phone
from members.number_field import OffersNumber, WrittenNumberField
from members.operations import password_problems
from tenants.models import Tenant

CHANNELS: tuple[Channel, ...] = ("sms", "voice")
_A_DIGEST = re.compile(r"[0-9a-f]{64}")
_LABELS: dict[Channel, str] = {"sms": "Text me alerts (SMS)", "voice": "Call me with alerts"}
_WITHOUT_NUMBER: dict[tuple[Channel, ...], str] = {
    ("sms",): "To get text messages, enter your mobile number, or leave the box unticked.",
    ("voice",): "To get calls, enter your phone number, or leave the box unticked.",
    CHANNELS: "To get text messages and calls, enter your mobile number, or leave the boxes unticked.",
}
_CHANGED = "The wording beside this box has changed. Please read it, and tick the box if you agree."


@dataclass(frozen=True, slots=True)
class ShownBox:
    """One box as the page draws it: never ticked."""

    name: str
    label: str
    disclosure: Disclosure
    errors: list[str]

    @property
    def value(self) -> str:
        """What a tick posts: the wording it was made beside."""
        return self.disclosure.digest.hex()


class NumberAndBoxesForm(OffersNumber, forms.Form):
    """A number and the two boxes, which are read from what was posted and never rendered back."""

    number = WrittenNumberField(label="Phone number", required=False)
    sms_consent = forms.CharField(label=_LABELS["sms"], required=False)
    voice_consent = forms.CharField(label=_LABELS["voice"], required=False)

    def __init__(self, *args: Any, tenant: Tenant, member: Member | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tenant = tenant
        self.member = member
        self.shown: dict[Channel, Disclosure] = {channel: _wording(tenant, channel) for channel in CHANNELS}
        number = self.fields["number"]
        if isinstance(number, WrittenNumberField):
            number.region = tenant.region

    @property
    def shown_boxes(self) -> list[ShownBox]:
        """The boxes for the page, in order."""
        return [
            ShownBox(
                _name(channel),
                _LABELS[channel],
                self.shown[channel],
                [str(error) for error in self[_name(channel)].errors],
            )
            for channel in CHANNELS
        ]

    @property
    def boxes(self) -> Mapping[Channel, Box]:
        """The boxes as the person left them; an `on` from elsewhere is no tick."""
        return {
            channel: Box(self.data.get(_name(channel)) == shown.digest.hex(), shown)
            for channel, shown in self.shown.items()
        }

    @property
    def ticked(self) -> tuple[Channel, ...]:
        """The channels whose box is ticked beside the wording shown."""
        return tuple(channel for channel, box in self.boxes.items() if box.is_ticked)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        for channel in CHANNELS:
            if channel not in self.ticked and _A_DIGEST.fullmatch(self.data.get(_name(channel), "")):
                self.add_error(_name(channel), _CHANGED)
        if "number" in entered and self.ticked:
            number = entered["number"]
            if not number:
                self.add_error("number", _WITHOUT_NUMBER[self.ticked])
            elif "sms" in self.ticked and (why := self._no_texts(number)):
                self.add_error("number", why)
        return entered

    def _no_texts(self, number: str) -> str:
        """Why this number gets no text messages, and what to do; empty where it may. An administrator's word counts."""
        phone = Phone.objects.filter(member=self.member, number=number).first() if self.member else None
        if phone is not None and phone.sms_capability == Capability.YES:
            return ""
        kind = "a landline" if line_hint(number) is LineHint.LANDLINE else ""
        if phone is not None and phone.line_type == LineType.LANDLINE:
            kind = "a landline"
        elif phone is not None and phone.sms_capability == Capability.NO:
            kind = "a number that cannot get text messages"
        if not kind:
            return ""
        said = "landlines cannot get text messages" if kind == "a landline" else "we know it from an earlier attempt"
        return (
            f"{number} is {kind}: {said}. Enter a mobile number, or leave the box for text messages unticked; calls "
            "can go to this number."
        )


class AcceptForm(NumberAndBoxesForm):
    """Name, password, an optional number, and the boxes."""

    name = forms.CharField(label="Your name", max_length=120)
    password = forms.CharField(label="Password", strip=False, max_length=128, widget=forms.PasswordInput)
    field_order = ["name", "password", "number", "sms_consent", "voice_consent"]

    def __init__(self, *args: Any, invite: Invite, **options: Any) -> None:
        super().__init__(*args, tenant=invite.tenant, member=invite.member, **options)
        self.invite = invite

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        if {"name", "password"} <= entered.keys():
            for problem in password_problems(self.invite.email, name=entered["name"], password=entered["password"]):
                self.add_error("password", problem)
        return entered


class OtherNumberForm(NumberAndBoxesForm):
    """The right number in place of a mistyped one, with the boxes anew: consent is for one number."""

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        if "number" in entered and not entered["number"] and not self.errors:
            self.add_error("number", "Enter your phone number, with + and country code.")
        return entered


def _name(channel: Channel) -> str:
    return f"{channel}_consent"


def _wording(tenant: Tenant, channel: Channel) -> Disclosure:
    return disclosure(
        tenant.name, channel=channel, support_contact=tenant.support_email, public_url=settings.PUBLIC_URL
    )
