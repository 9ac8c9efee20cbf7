"""A report costs a bounded number of queries, however many siblings, attempts or other rows there are."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.diagnosis.reading import read_facts
from notifications.models import Notification
from tests.cast import Cast
from tests.notifications.diagnosis.conftest import Fires, deliver
from tests.notifications.dispatch.conftest import message, person
from tests.sandbox.process import RunningSandbox

MOST = 34
#: Whether the tenant's other phones got texts twice is read only where this one did.
DOUBLED = 1


def _cost(rows: list[Notification]) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert len(read_facts([row.pk for row in rows], now=timezone.now(), zone="UTC")) == len(rows)
    return sum(not _is_bookkeeping(one["sql"]) for one in queries)


def _is_bookkeeping(sql: str) -> bool:
    """Opening and closing the scope is not reading."""
    return sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) or "set_config" in sql


def test_the_queries_are_bounded_and_siblings_and_log_cost_none(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (alone,) = fire(cast.ben)
    deliver()
    before = _cost([alone])
    many = fire(cast.ben, *[person(cast, number=f"+1206555{2100 + n}", name=f"P{n}") for n in range(15)])
    for _ in range(30):
        message(cast.ben)
    deliver()
    assert before <= MOST
    assert _cost([many[1]]) == before
    assert _cost([many[0]]) == before + DOUBLED
    assert _cost(many) <= before
