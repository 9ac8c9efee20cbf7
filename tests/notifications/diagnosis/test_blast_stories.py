"""Messages that really failed, alone, all at once, or in every tenant: how far it reaches is counted from the log."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from notifications.diagnosis.finding import Finding
from notifications.diagnosis.saved import load, save
from notifications.models import Notification
from notifications.queries.around import around, messages_around
from tenants.models import User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member
from tests.consenting import agree
from tests.notifications.diagnosis.conftest import deliver, diagnosed, facts_of, receive
from tests.notifications.dispatch.conftest import message, person
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)


def _people(cast: Cast) -> list[Member]:
    return [person(cast, number=f"+1206555017{n}", name=f"P{n}") for n in range(4)]


def _theirs(cast: Cast) -> list[Member]:
    """Four people of Ridge."""
    with tenant_scope(cast.ridge.pk):
        members = [add_member(cast.ridge, name=f"R{n}", number=f"+1206555018{n}") for n in range(4)]
    for member in members:
        agree(member, tenant=cast.ridge)
    return members


def _end(rows: list[Notification], word: str, *, code: str = "") -> None:
    for row in rows:
        receive(row, word, code=code)


def _reach(row: Notification) -> Finding:
    (one,) = [one for one in diagnosed(row).findings if one.code.startswith("BLAST-")]
    return one


@pytest.mark.row(50)
def test_one_phone_that_fails_while_others_arrive_is_this_member_only(cast: Cast, sandbox: RunningSandbox) -> None:
    failed, *fine = [message(one) for one in (cast.ben, *_people(cast))]
    deliver()
    _end([failed], "undelivered", code="30003")
    _end(fine, "delivered")
    one = _reach(failed)
    assert one.code == "BLAST-1"
    assert "of 4 SMS messages of this tenant to other phones" in one.says
    assert "4 arrived and none met the same (twilio 30003)" in one.says
    assert not [each for each in diagnosed(fine[0]).findings if each.code.startswith("BLAST-")]
    facts = facts_of(failed)
    assert load(json.loads(json.dumps(save(facts)))) == facts


@pytest.mark.row(50)
def test_most_of_a_tenant_and_then_another_tenant_widen_the_reach(cast: Cast, sandbox: RunningSandbox) -> None:
    rows = [message(one) for one in (cast.ben, *_people(cast))]
    deliver()
    _end(rows[:4], "undelivered", code="30007")
    _end(rows[4:], "delivered")
    assert _reach(rows[0]).code == "BLAST-2"
    assert "3 met the same (twilio 30007)" in _reach(rows[0]).says
    theirs = [message(one) for one in _theirs(cast)]
    deliver()
    _end(theirs, "delivered")
    alone = _reach(rows[0])
    assert alone.code == "BLAST-2"
    assert "Elsewhere on this platform it works" in alone.says
    with platform_scope():
        for row in theirs:
            row.refresh_from_db()
            Notification.objects.filter(pk=row.pk).update(status="failed")
            row.attempts.update(word="undelivered", fault_code="30007")
    wider = _reach(rows[0])
    assert wider.code == "BLAST-3"
    assert "Other organisations on this platform meet the same" in wider.says
    assert {one.name: one.value for one in wider.evidence}["Other tenants"] == (
        "4 of 4 messages met the same, at 1 of 1 tenants; 0 arrived"
    )
    ana, pat = _page(cast.ana, rows[0]), _page(cast.pat, rows[0])
    for page in (ana, pat):
        assert "Other organisations on this platform meet the same" in page
    assert "4 of 4 messages met the same, at 1 of 1 tenants" in pat
    assert "Other tenants" not in ana
    for hidden in ("Ridge", cast.ridge.public_id, "+1206555018"):
        assert hidden not in ana


def _page(user: User, row: Notification) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk])).content.decode()


@pytest.mark.row(50)
def test_rows_that_nobody_takes_up_are_stuck_together(cast: Cast) -> None:
    rows = [message(one, at=timezone.now() - timedelta(minutes=7)) for one in (cast.ben, *_people(cast))]
    one = _reach(rows[0])
    assert one.code == "BLAST-2"
    assert "0 arrived and 4 wait in the queue as this one does" in one.says


@pytest.mark.row(50)
def test_one_query_reads_it_and_none_where_the_message_arrived(cast: Cast, sandbox: RunningSandbox) -> None:
    row, other = message(cast.ben), message(_people(cast)[0])
    deliver()
    now = timezone.now()
    with platform_scope():
        row.refresh_from_db()
        attempts = list(row.attempts.all())
        with CaptureQueriesContext(connection) as queries:
            (seen,) = messages_around(row, at=now, now=now)
        assert (len(queries), seen.number, seen.provider) == (1, other.number, "twilio")
        Notification.objects.filter(pk=row.pk).update(status="delivered")
        row.refresh_from_db()
        with CaptureQueriesContext(connection) as none:
            assert around(row, attempts, now=now) is None
        assert len(none) == 0
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + queries.captured_queries[0]["sql"])
            plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("Limit") == 4
    # Which index is the planner's to say, on tables as small as these: each of the four reads follows one.
    assert "Seq Scan on notifications_notification" not in plan
