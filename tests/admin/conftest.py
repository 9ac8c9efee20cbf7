"""Harbor and Ridge with one of everything each, and a browser for everybody."""

from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from billing.models import Plan, TenantPlan
from notifications.models import Breaker, ProviderBlock
from tenants.models import Tenant, User
from tenants.scope import platform_scope
from tests.admin.parts import Parts, make_parts
from tests.cast import Cast, make_cast
from tests.tenants.conftest import HARBOR_NUMBER, RIDGE_NUMBER
from tests.tenants.plenty import make_plenty

Rows = dict[type[models.Model], Any]


@pytest.fixture
def everything(db: None) -> tuple[Parts, Rows]:
    """Everybody, and one row of Harbor of each kind."""
    cast = make_cast()
    rows = make_plenty(cast.harbor, number=HARBOR_NUMBER)
    make_plenty(cast.ridge, number=RIDGE_NUMBER)
    plan = Plan.objects.get(is_default=True)
    shared = {Tenant: cast.harbor, TenantPlan: cast.harbor, Plan: plan, User: cast.vic, ProviderBlock: _block(cast)}
    shared[Breaker] = _breaker()
    return make_parts(cast), {**rows, **shared}


def _breaker() -> Breaker:
    """A route, which belongs to no tenant."""
    with platform_scope():
        now = timezone.now()
        return Breaker.objects.create(provider="twilio", channel="sms", since=now, counted_since=now)


def _block(cast: Cast) -> ProviderBlock:
    """A block of Harbor's number, which belongs to no tenant."""
    with platform_scope():
        return ProviderBlock.objects.create(
            provider="twilio",
            sender=cast.sender,
            sender_address=cast.sender.address,
            number=HARBOR_NUMBER,
            since=timezone.now(),
            source=ProviderBlock.Source.REFUSED,
        )


@pytest.fixture
def parts(everything: tuple[Parts, Rows]) -> Parts:
    return everything[0]


@pytest.fixture
def rows(everything: tuple[Parts, Rows]) -> Rows:
    return everything[1]
