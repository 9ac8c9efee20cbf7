"""The cast in the database, Ana signed in, and a reader of the ledger as the platform sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from members.models import ConsentEvent
from tenants.scope import platform_scope
from tests.cast import Cast, make_cast
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
def ledger(db: None) -> Callable[[], list[ConsentEvent]]:
    def read() -> list[ConsentEvent]:
        with platform_scope():
            return list(ConsentEvent.objects.order_by("id").select_related("detail"))

    return read
