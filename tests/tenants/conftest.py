"""Two tenants that have one of everything each, and what must never be seen across."""

import pytest

from tests.cast import Cast, make_cast
from tests.tenants.plenty import make_plenty

HARBOR_NUMBER = "+12065550151"
RIDGE_NUMBER = "+12065550152"


@pytest.fixture
def cast(db: None) -> Cast:
    people = make_cast()
    make_plenty(people.harbor, number=HARBOR_NUMBER)
    make_plenty(people.ridge, number=RIDGE_NUMBER)
    return people
