"""The cast in the database, Ana signed in, and a reader of the ledger as the platform sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from members.models import ConsentEvent
from tenants.models import Membership, Role, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import PASSWORD, Cast, make_cast
from tests.members.web import signed_in


@pytest.fixture(autouse=True)
def passwords_are_cheap(settings: Any) -> None:
    """A login costs 0.3 s to make otherwise, and every story makes six."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def ana(cast: Cast) -> Client:
    return signed_in(cast.ana)


@pytest.fixture
def ben_user(cast: Cast) -> User:
    """Ben's login, as an accepted invite leaves it."""
    with platform_scope():
        user = User.objects.create_user("ben@harbor.example", PASSWORD, name="Ben")
        Membership.objects.create(tenant=cast.harbor, user=user, role=Role.MEMBER)
    with tenant_scope(cast.harbor.pk):
        cast.ben.user = user
        cast.ben.save(update_fields=["user"])
    return user


@pytest.fixture
def ben(ben_user: User) -> Client:
    return signed_in(ben_user)


@pytest.fixture
def ledger(db: None) -> Callable[[], list[ConsentEvent]]:
    def read() -> list[ConsentEvent]:
        with platform_scope():
            return list(ConsentEvent.objects.order_by("id").select_related("detail"))

    return read
