"""The cast, in Harbor's scope."""

from collections.abc import Iterator

import pytest

from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def harbor(cast: Cast) -> Iterator[Cast]:
    with tenant_scope(cast.harbor.pk):
        yield cast
