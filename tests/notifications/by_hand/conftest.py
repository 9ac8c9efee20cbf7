"""Ana of Harbor, who may send by hand, and people of hers in whatever keeps a message from them, or does not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Plan
from billing.operations.allowances import set_allowance
from members.models import Member
from notifications.models import Notification
from tenants.models import User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member, make_cast
from tests.consenting import agree

EVERYBODY = "Everybody come to gate 3"


@pytest.fixture
def cast(db: None) -> Cast:
    people = make_cast()
    agree(people.ben, tenant=people.harbor)
    may_send(people, people.ana)
    return people


@pytest.fixture
def ana(cast: Cast) -> Client:
    return client_of(cast.ana)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def may_send(cast: Cast, user: User, *, daily: int | None = None) -> None:
    """Give a user of Harbor a daily allowance; without a number it is unlimited."""
    kind = "unlimited" if daily is None else "number"
    set_allowance(cast.harbor, user=user, kind=kind, daily=daily, actor=cast.pat, at=timezone.now())  # type: ignore[arg-type]


def month_of(cast: Cast, **limits: int) -> None:
    """Limit the month of whoever has the first plan; before anything was counted in it."""
    with platform_scope():
        Plan.objects.filter(is_default=True).update(**{f"monthly_{name}": most for name, most in limits.items()})


def person(cast: Cast, name: str, number: str = "", *, agreed: bool = True) -> Member:
    """One more member of Harbor."""
    with tenant_scope(cast.harbor.pk):
        member = add_member(cast.harbor, name=name, number=number or None)
    if number and agreed:
        agree(member, tenant=cast.harbor)
    return member


def log_of(cast: Cast, **of: Any) -> list[Notification]:
    with tenant_scope(cast.harbor.pk):
        return list(Notification.objects.filter(**of).select_related("member").order_by("pk"))


def changed(row: Notification, **values: Any) -> Notification:
    """The row after it came to stand so."""
    with tenant_scope(row.tenant_id):
        Notification.objects.filter(pk=row.pk).update(**values)
        return Notification.objects.select_related("member", "tenant").get(pk=row.pk)


def spoken(html: str) -> str:
    """A page without its markup, for sentences that go over several tags."""
    import re

    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


Makes = Callable[..., Notification]
