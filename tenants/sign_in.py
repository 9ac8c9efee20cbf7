"""Limits guesses at passwords, the same for every login page: so many wrong ones, then a wait.

It counts wrong tries whether or not the login exists, so that neither an answer nor a wait tells which ones do.
"""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format

from tenants.models import SignInTry

WITHIN = timedelta(minutes=15)
#: Wrong tries for one login from one address, and for any logins from one address.
MOST_A_LOGIN = 10
MOST_AN_ADDRESS = 50


def wait_until(email: str, *, ip: str, at: datetime) -> datetime | None:
    """Until when nobody may try this login from this address again; None when they may now.

    Tries from one address are taken one after the other until the transaction ends, so that many at once are counted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tenants.sign_in:{ip}"])
    recent = SignInTry.objects.filter(address_digest=_digest(ip), at__gt=at - WITHIN).order_by("-at")
    ends = [
        tries[-1] + WITHIN
        for rows, most in (
            (recent.filter(login_digest=_digest(_plain(email))), MOST_A_LOGIN),
            (recent, MOST_AN_ADDRESS),
        )
        if len(tries := list(rows.values_list("at", flat=True)[:most])) == most
    ]
    return max(ends, default=None)


def note_wrong(email: str, *, ip: str, at: datetime) -> None:
    """Count one wrong try, and forget those that do not count any more."""
    SignInTry.objects.create(address_digest=_digest(ip), login_digest=_digest(_plain(email)), at=at)
    SignInTry.objects.filter(at__lte=at - WITHIN).delete()


def forget_wrong(email: str, *, ip: str) -> None:
    """Start anew for a login whose owner has signed in from this address."""
    SignInTry.objects.filter(address_digest=_digest(ip), login_digest=_digest(_plain(email))).delete()


class GuardedSignIn(forms.Form):
    """For a login form of Django's: after too many wrong tries it asks for no password, and says until when."""

    request: Any
    waits_until: datetime | None = None

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not email or not password:
            return super().clean() or {}
        ip = self.request.META.get("REMOTE_ADDR", "")
        self.waits_until = wait_until(email, ip=ip, at=timezone.now())
        if self.waits_until is not None:
            raise ValidationError(wait_words(self.waits_until), code="wait")
        try:
            entered = super().clean() or {}
        except ValidationError:
            note_wrong(email, ip=ip, at=timezone.now())
            raise
        forget_wrong(email, ip=ip)
        return entered


def wait_words(until: datetime) -> str:
    """What somebody reads who has to wait."""
    return f"Too many wrong tries. Wait until {date_format(timezone.localtime(until), 'H:i T')}, and try again then."


def _plain(email: str) -> str:
    return email.strip().lower()


def _digest(text: str) -> bytes:
    return salted_hmac("tenants.sign_in", text, algorithm="sha256").digest()
