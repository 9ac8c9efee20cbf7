"""Messages that are ready to go, and the sandbox that they go to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.models import Member
from notifications.models import Notification, ProviderAccount
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member, make_cast
from tests.consenting import agree
from tests.sandbox.process import RunningSandbox

#: A fault of the sandbox that ends in silence is waited out this long. Every other test keeps the shipped timeout: on a
#: busy machine an answer takes as long as it takes.
BRIEFLY = 1.5


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Everybody, committed, so that other connections see them; Ben agreed to SMS."""
    cast = make_cast()
    agree(cast.ben, tenant=cast.harbor)
    return cast


@pytest.fixture(scope="session")
def shared_sandbox(one_sandbox: RunningSandbox) -> RunningSandbox:
    return one_sandbox


@pytest.fixture
def sandbox(shared_sandbox: RunningSandbox, cast: Cast, settings: Any) -> RunningSandbox:
    """The provider, empty, which the cast's sender belongs to."""
    shared_sandbox.reset()
    settings.TWILIO_BASE_URL = shared_sandbox.url
    with platform_scope():
        account = ProviderAccount.objects.get(pk=cast.sender.account_id)
        account.account_id, account.secret = shared_sandbox.account_sid, shared_sandbox.auth_token
        account.save()
    return shared_sandbox


@pytest.fixture
def impatient(sandbox: RunningSandbox, settings: Any) -> None:
    """For the provider that stays silent: give up soon."""
    settings.PROVIDER_TIMEOUT = BRIEFLY


def person(cast: Cast, *, number: str, name: str = "Dana") -> Member:
    """One more member of Harbor, who agreed to SMS."""
    with tenant_scope(cast.harbor.pk):
        member = add_member(cast.harbor, name=name, number=number)
    agree(member, tenant=cast.harbor)
    return member


def message(member: Member, *, at: datetime | None = None, **fields: Any) -> Notification:
    """A direct message to the member's number, due at once."""
    with tenant_scope(member.tenant_id):
        values: dict[str, Any] = {
            "purpose": "direct_message",
            "channel": "sms",
            "number": member.phones.get().number,
            "body": "The pump is down",
            "due_at": at or timezone.now(),
            "expires_at": (at or timezone.now()) + timedelta(minutes=30),
            **fields,
        }
        return Notification.objects.create(tenant_id=member.tenant_id, member=member, **values)


def again(row: Notification) -> Notification:
    """The row as it stands in the database now."""
    with platform_scope():
        return Notification.objects.get(pk=row.pk)


def attempts(row: Notification) -> list[Any]:
    with platform_scope():
        return list(row.attempts.order_by("ordinal").prefetch_related("receipts"))


@pytest.fixture
def texts(sandbox: RunningSandbox) -> Callable[[Member], list[dict[str, Any]]]:
    """What the handset of a member got."""

    def got(member: Member) -> list[dict[str, Any]]:
        with platform_scope():
            number = member.phones.get().number
        return list(sandbox.get("/messages", to=number))

    return got
