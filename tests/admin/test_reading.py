"""Looking changes nothing: no address of the admin writes on GET, but for the trail of who looked."""

import pytest
from django.db import connection
from django.test import Client

from tenants.scope import platform_scope
from tests.admin.conftest import Rows
from tests.admin.doors import model_doors
from tests.admin.parts import Parts, Who

#: Who opened a diagnosis is kept; a session notes its own use.
TRAIL = {"tenants_auditentry", "tenants_auditdetail", "django_session"}
CLOSED = {"auth_permission", "auth_group", "auth_group_permissions", "django_admin_log"}


def contents() -> dict[str, str]:
    """A digest of every row of every table that may be read at all."""
    tables = set(connection.introspection.table_names()) - TRAIL - CLOSED
    found = {}
    with platform_scope(), connection.cursor() as cursor:
        for table in sorted(tables):
            # Names of our own models; the text of a whole row tells every change.
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t")  # noqa: S608
            found[table] = str(cursor.fetchone()[0])
    return found


@pytest.mark.parametrize("who", [Who.ADMIN, Who.PLATFORM])
def test_no_page_and_no_action_writes_on_get(parts: Parts, rows: Rows, who: Who) -> None:
    before = contents()
    assert len(before) > 25
    client = parts.clients[who]
    opened = [client.get(door.path).status_code for door in model_doors(rows)]
    assert opened.count(200) > 25
    assert contents() == before
    # The same walk sees a write: an action that is confirmed changes the digest.
    doors = {door.view: door for door in model_doors(rows)}
    assert client.post(doors["do_make-hook"].path).status_code == 200
    assert contents() != before


def test_a_form_without_its_token_is_refused(parts: Parts, rows: Rows) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(parts.cast.ana)
    before = contents()
    doors = [door for door in model_doors(rows) if door.view not in ("delete", "history")]
    assert {client.post(door.path, door.sent).status_code for door in doors} == {403}
    assert contents() == before
