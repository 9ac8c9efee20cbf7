"""A STOP and the commit of an attempt wait for each other; two attempts do not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from members.consent.ledger import lock_numbers
from members.models import ConsentEvent
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, make_cast
from tests.members.stories import NOW, stops

HELD = "SELECT 1 FROM members_number WHERE e164 = %s FOR {}"


@pytest.mark.django_db(transaction=True)
def test_a_stop_waits_for_an_attempt_and_an_attempt_for_a_stop(owner_connection: psycopg.Connection[Any]) -> None:
    make_cast()
    with owner_connection.transaction():
        owner_connection.execute(HELD.format("SHARE"), [BEN_NUMBER])
        with impatient():
            lock_numbers([BEN_NUMBER], exclusively=False)
        with pytest.raises(OperationalError, match="lock timeout"), impatient():
            stops(at=NOW)
    assert stops(at=NOW) is not None
    with owner_connection.transaction():
        owner_connection.execute(HELD.format("UPDATE"), [BEN_NUMBER])
        with pytest.raises(OperationalError, match="lock timeout"), impatient():
            lock_numbers([BEN_NUMBER], exclusively=False)
    with platform_scope():
        lock_numbers([BEN_NUMBER], exclusively=False)
        assert ConsentEvent.objects.count() == 1


@contextmanager
def impatient() -> Iterator[None]:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
        yield
