"""Rows written as arrays are the rows that Django would have written."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Alert, Notification
from tenants.bulk import execute_bound, insert_many
from tenants.scope import platform_scope
from tests.cast import Cast, make_cast
from tests.notifications.webhooks.twilio_requests import fired


@pytest.fixture
def alert(db: None) -> Alert:
    return fired(_cast().flow, at=timezone.now())


def _cast() -> Cast:
    return make_cast()


def _row(alert: Alert, place: int) -> Notification:
    at = timezone.now().replace(microsecond=place)
    return Notification(
        tenant_id=alert.tenant_id,
        alert=alert,
        purpose="page",
        channel="sms",
        number=f"+120655501{place:02d}",
        body='Pump "3" \\ {é} failed',
        ruling={"facts": [1, None, {"é": '"\\'}]} if place % 2 else None,
        created_at=at,
        due_at=at + timedelta(seconds=1),
        sealed_body="code 123456" if place % 3 else "",
    )


def _values(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def test_what_is_read_again_is_what_was_written_in_its_order(alert: Alert) -> None:
    with platform_scope():
        rows = insert_many([_row(alert, place) for place in range(20)])
        found = list(Notification.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    assert [_values(row) for row in found] == [_values(row) for row in rows]
    assert [row.pk for row in found] == [row.pk for row in rows]
    assert not any(row._state.adding for row in rows)


def test_a_field_that_encrypts_does_so_here_too(alert: Alert) -> None:
    with platform_scope(), connection.cursor() as cursor:
        (row,) = insert_many([_row(alert, 1)])
        cursor.execute("SELECT sealed_body FROM notifications_notification WHERE id = %s", [row.pk])
        (stored,) = cursor.fetchone()
    assert stored
    assert "123456" not in stored


def test_it_is_one_statement_which_is_counted_and_nothing_for_nothing(alert: Alert) -> None:
    with platform_scope(), CaptureQueriesContext(connection) as queries:
        insert_many([])
        insert_many([_row(alert, place) for place in range(5)])
    assert len(queries) == 1


def test_one_that_cannot_be_inserted_leaves_none_and_fails_as_django_does(alert: Alert) -> None:
    bad = _row(alert, 2)
    bad.status = "teleported"
    with platform_scope():
        with pytest.raises(IntegrityError, match="notification_status_known"), transaction.atomic():
            insert_many([_row(alert, 1), bad])
        assert Notification.objects.filter(number__startswith="+1206555010").count() == 0


def test_words_of_enumerations_and_nothing_at_all_are_bound(alert: Alert) -> None:
    rows = execute_bound(
        "SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::int[])",
        [[Alert.Source.TEST, "b"], [None, None], [1, None]],
    )
    assert rows == [("test", None, 1), ("b", None, None)]
