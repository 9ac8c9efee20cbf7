"""Harbor and Ridge with one of everything each, and a browser for everybody."""

from typing import Any

import pytest
from django.db import models

from billing.models import Plan, TenantPlan
from tenants.models import Tenant, User
from tests.admin.parts import Parts, make_parts
from tests.cast import make_cast
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
    return make_parts(cast), {**rows, Tenant: cast.harbor, TenantPlan: cast.harbor, Plan: plan, User: cast.vic}


@pytest.fixture
def parts(everything: tuple[Parts, Rows]) -> Parts:
    return everything[0]


@pytest.fixture
def rows(everything: tuple[Parts, Rows]) -> Rows:
    return everything[1]
