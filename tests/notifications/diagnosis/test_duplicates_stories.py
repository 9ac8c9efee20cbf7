"""Phones that really got a text twice, or once: fired, handed to the sandbox, and then diagnosed."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Member, Phone
from notifications.diagnosis.finding import Finding
from notifications.diagnosis.rendering import as_json
from notifications.diagnosis.report import report
from notifications.diagnosis.saved import load, save
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.reconcile import reconcile
from notifications.hooks.receive import Fired, Request, receive
from notifications.models import Flow, Hook, Notification
from notifications.operations.hooks import make_hook
from notifications.operations.resend import Resent, resend
from notifications.queries.copies import copies_of, doubled_lately
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_flow, add_member
from tests.consenting import agree
from tests.notifications.diagnosis.conftest import Fires, deliver, diagnosed, facts_of
from tests.notifications.diagnosis.conftest import receive as hear
from tests.notifications.dispatch.conftest import (
    impatient,  # noqa: F401
    message,
    person,
)
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)


def _hook(cast: Cast, flow: Flow) -> Hook:
    with tenant_scope(cast.harbor.pk):
        return make_hook(flow, actor=cast.ana, at=timezone.now())[0]


def _post(cast: Cast, hook: Hook, *, key: str = "") -> str:
    """One request to the flow's webhook; returns its alert."""
    request = Request(b'{"service": "pump"}', "application/json", key, "192.0.2.7")
    with tenant_scope(cast.harbor.pk):
        hook = Hook.objects.select_related("flow", "flow__tenant").get(pk=hook.pk)
        answer = receive(request, hook=hook, at=timezone.now())
    assert isinstance(answer, Fired)
    return answer.alert


def _ahead(seconds: float) -> Callable[[], datetime]:
    return lambda: timezone.now() + timedelta(seconds=seconds)


def _pages(*alerts: str) -> list[Notification]:
    with platform_scope():
        return list(Notification.objects.filter(alert__public_id__in=alerts).order_by("pk"))


def _found(row: Notification, *, now: datetime | None = None) -> dict[str, Finding]:
    return {one.code: one for one in diagnosed(row, now=now).findings}


@pytest.mark.row(86, 87)
def test_a_webhook_that_was_called_twice_is_named_with_both_requests(cast: Cast, sandbox: RunningSandbox) -> None:
    hook = _hook(cast, cast.flow)
    first, second = _post(cast, hook), _post(cast, hook)
    deliver()
    ids = {one["sid"] for one in sandbox.get("/messages", to=BEN_NUMBER)}
    assert len(ids) == 2
    rows = _pages(first, second)
    for row in rows:
        found = _found(row)["DUPLICATE-2"]
        assert f"The portal made 2 requests with this text to {BEN_NUMBER} within" in found.says
        assert "from 192.0.2.7 without an Idempotency-Key" in found.says
        assert first in found.says
        assert second in found.says
        shown = [one.value for one in found.evidence if one.source == "attempt"]
        assert {sid for sid in ids if any(sid in value for value in shown)} == ids
        assert found.remedy is not None
        assert "the same one whenever it repeats that event" in found.remedy.text
    assert ids <= set(diagnosed(rows[0]).bundle.replace("\n", " ").split(" "))


@pytest.mark.row(86)
def test_the_same_key_fires_once_and_the_second_request_makes_no_double(cast: Cast, sandbox: RunningSandbox) -> None:
    hook = _hook(cast, cast.flow)
    alert = _post(cast, hook, key="incident-1")
    assert _post(cast, hook, key="incident-1") == alert
    deliver()
    (row,) = _pages(alert)
    assert len(sandbox.get("/messages", to=BEN_NUMBER)) == 1
    assert "DUPLICATE-2" not in _found(row)


@pytest.mark.row(87, 88, 89)
def test_one_request_with_receipts_that_came_twice_is_proved_to_be_one(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (row,) = fire(cast.ben)
    deliver()
    hear(row, "delivered")
    hear(row, "delivered")
    (shown,) = sandbox.get("/messages", to=BEN_NUMBER)
    found = diagnosed(row)
    one = {each.code: each for each in found.findings}["DUPLICATE-1"]
    assert f"one alert, one notification, one request to Twilio and one ID of it ({shown['sid']})" in one.says
    assert "is not ours" in one.says
    assert any("one word told twice" in each.value for each in one.evidence)
    assert found.cause is None
    assert shown["sid"] in found.bundle


@pytest.mark.row(86)
def test_two_flows_a_shared_number_and_a_second_sending_are_told_apart(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    with tenant_scope(cast.harbor.pk):
        dana = add_member(cast.harbor, name="Dana", number=BEN_NUMBER)
    agree(dana, tenant=cast.harbor)
    mine, hers = fire(cast.ben, dana)
    deliver()
    assert "Dana has the same number, and the same alert paged both" in _found(mine)["DUPLICATE-2"].says
    assert "Ben has the same number" in _found(hers)["DUPLICATE-2"].says
    with tenant_scope(cast.harbor.pk):
        Phone.objects.filter(member=dana).update(number="+12065550155")
    sandbox.reset()
    written = message(person(cast, number="+12065550166", name="Eli"))
    deliver()
    again = resend([written], actor=cast.ana, once="once-1", at=timezone.now())
    assert isinstance(again, Resent)
    deliver()
    (second,) = again.rows
    assert f"It was sent again by hand by Ana ({second.public_id})" in _found(written)["DUPLICATE-2"].says
    (third,), (fourth,) = fire(cast.ben), fire(cast.ben)
    deliver()
    assert "Two flows with the same text fired" in _found(third)["DUPLICATE-2"].says
    assert fourth.public_id in str(_found(third)["DUPLICATE-2"].evidence)


@pytest.mark.row(87)
@pytest.mark.usefixtures("impatient")
def test_what_was_sent_once_more_after_the_provider_did_not_know_it_is_two_requests(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    row = message(person(cast, number="+12065550504"))
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    for seconds in (6, 22, 64):
        reconcile(clock=_ahead(seconds), owner="worker-2")
    sandbox.force("delivered", to="+12065550504")
    deliver_due(clock=_ahead(64), owner="worker-1", for_seconds=5)
    found = _found(row, now=_ahead(64)())["DUPLICATE-2"]
    assert "The portal made 2 requests" in found.says
    assert "did not know attempt 1, so it was sent once more (RESEND-1)" in found.says
    assert len([one for one in found.evidence if one.source == "attempt"]) == 2


@pytest.mark.row(86)
def test_another_tenants_message_to_the_same_phone_is_not_even_counted(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (row,) = fire(cast.ben)
    with tenant_scope(cast.ridge.pk):
        theirs = add_member(cast.ridge, name="Bea", number=BEN_NUMBER)
        flow = add_flow(cast.ridge, name="Pump down", members=[theirs])
    agree(theirs, tenant=cast.ridge)
    with tenant_scope(cast.ridge.pk):
        hook, _ = make_hook(flow, actor=cast.cleo, at=timezone.now())
        receive(Request(b'{"service": "pump"}', "application/json", "", "198.51.100.9"), hook=hook, at=timezone.now())
    deliver()
    assert len(sandbox.get("/messages", to=BEN_NUMBER)) == 2
    found = diagnosed(row)
    assert "DUPLICATE-1" in {one.code for one in found.findings}
    said = json.dumps(as_json(found))
    assert "Bea" not in said
    assert "198.51.100.9" not in said


@pytest.mark.row(88, 90)
def test_phones_that_got_texts_twice_lately_are_collected_with_their_ids(cast: Cast, sandbox: RunningSandbox) -> None:
    people = [cast.ben, *(person(cast, number=f"+1206555016{n}", name=f"P{n}") for n in range(2))]
    written = [message(one) for one in (*people, *people)]
    message(person(cast, number="+12065550199", name="Once"))
    deliver()
    found = diagnosed(written[0])
    lately = {one.code: one for one in found.findings}["DUPLICATE-3"]
    assert "3 phones of this tenant were sent the same text twice within seconds, by Twilio" in lately.says
    ids = {one["sid"] for member in people for one in sandbox.get("/messages", to=_number(member))}
    assert len(ids) == 6
    assert all(sid in found.bundle for sid in ids)
    assert "+1206555" not in found.bundle
    with platform_scope():
        assert doubled_lately(cast.ridge.pk, now=timezone.now()) == []
    facts = facts_of(written[0])
    loaded = load(json.loads(json.dumps(save(facts))))
    assert loaded == facts
    assert all(sid in report(loaded).bundle for sid in ids)


@pytest.mark.row(88, 90)
def test_messages_that_are_diagnosed_together_give_one_block_for_support(cast: Cast, sandbox: RunningSandbox) -> None:
    rows = [message(one) for one in (cast.ben, person(cast, number="+12065550155"))]
    deliver()
    client = Client()
    client.force_login(cast.ana)
    url = reverse("admin:notifications_notification_do_many_diagnose")
    page = client.get(url, {"ids": f"{rows[0].pk},{rows[1].pk}"}).content.decode()
    block = page.partition('id="dx-bundle"')[2].partition("</textarea>")[0]
    ids = [one["sid"] for number in (BEN_NUMBER, "+12065550155") for one in sandbox.get("/messages", to=number)]
    assert len(ids) == 2
    for word in (*ids, *(row.public_id for row in rows)):
        assert word in block
    assert BEN_NUMBER not in block


def _number(member: Member) -> str:
    with platform_scope():
        return Phone.objects.get(member=member).number


def test_doubles_are_read_by_index_in_one_query_each(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    fire(cast.ben)
    deliver()
    with platform_scope():
        attempts = list(row.attempts.all())
        with CaptureQueriesContext(connection) as queries:
            rows = copies_of(row, attempts)
            assert len(rows) == 2
            assert all(one.notification.alert.flow.name for one in rows)
            assert len(doubled_lately(cast.harbor.pk, now=timezone.now())) == 2
        assert len(queries) == 2
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            plans = []
            for query in queries.captured_queries:
                cursor.execute("EXPLAIN " + query["sql"])
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert "attempt_number" in plans[0]
    assert "attempt_tenant_fault" in plans[1]
