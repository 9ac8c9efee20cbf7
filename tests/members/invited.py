"""One invite as its person meets it in a browser: the page, the code that is texted, and where they then stand."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from members.consent.standing import StandingState
from members.consent.typed_code import six_digits
from members.models import Member
from members.operations import invite
from members.queries import standing_of
from notifications.models import Notification
from tenants.models import Role
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast

NEW_NUMBER = "+18605558312"
#: A number of London's range for landlines.
LANDLINE = "+442072193000"
GOOD = "correct horse battery"


class Page:
    """One invite's page as its person meets it; what it leads to is followed."""

    def __init__(self, client: Client, cast: Cast, **invited: Any) -> None:
        self.client = client
        self.cast = cast
        options = {"email": "nora@harbor.example", "name": "Nora", "role": Role.MEMBER, "member": None, **invited}
        self.email = str(options["email"])
        with tenant_scope(cast.harbor.pk):
            self.invite, token = invite(tenant=cast.harbor, actor=cast.ana, at=timezone.now(), **options)
        self.url = f"/invite/accept?token={token}"

    def shown(self) -> str:
        response = self.client.get(self.url)
        assert response.status_code == 200
        return response.content.decode()

    def tick(self, channel: str = "sms") -> str:
        """What the browser posts for a ticked box."""
        return tick_in(self.shown(), channel)

    def ticks(self, *channels: str) -> dict[str, str]:
        """What the browser posts for these ticked boxes."""
        html = self.shown()
        return {f"{channel}_consent": tick_in(html, channel) for channel in channels}

    def send(self, **fields: str) -> HttpResponse:
        form = {"name": "Nora", "password": GOOD, "number": "", **fields}
        return self.client.post(self.url, form, follow=True)  # type: ignore[return-value]

    def enter(self, digits: str) -> HttpResponse:
        return self.client.post("/invite/number", {"digits": digits}, follow=True)  # type: ignore[return-value]

    def member(self) -> Member:
        with tenant_scope(self.cast.harbor.pk):
            return Member.objects.get(user__email=self.email)

    def state(self, channel: Any = "sms") -> StandingState | None:
        with tenant_scope(self.cast.harbor.pk):
            found = standing_of(self.member(), channel=channel, at=timezone.now())
            return found.state if found else None


def tick_in(html: str, channel: str) -> str:
    """The value of one box of a page."""
    found = re.search(rf'<input[^>]*name="{channel}_consent" value="([^"]*)"', html)
    assert found is not None
    return found[1]


def texts(number: str, *, purpose: str = "") -> list[Notification]:
    """The rows of the log for this number, oldest first."""
    with platform_scope():
        rows = Notification.objects.filter(number=number).order_by("pk")
        return list(rows.filter(purpose=purpose) if purpose else rows)


def texted_code(number: str) -> str:
    """The digits of the newest code that is under way to this number."""
    digits = six_digits(texts(number, purpose="verification_code")[-1].sealed_body)
    assert digits is not None, "the text carries six digits"
    return digits


def wrong(digits: str) -> str:
    """Six other digits."""
    return f"{(int(digits) + 1) % 10**6:06d}"


def text(response: HttpResponse) -> str:
    return response.content.decode().replace("&#x27;", "'")
