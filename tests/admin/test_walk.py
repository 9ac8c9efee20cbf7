"""Every address of the admin, for everybody, by GET and by POST, answers what the table of roles says."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from members.models import Member
from tests.admin.conftest import Rows
from tests.admin.doors import Door, model_doors, site_doors
from tests.admin.parts import Parts, Who
from tests.admin.rules import ACTIONS, PAGES, READERS, SITE, WAYS_IN_AND_OUT, answer

METHODS = ("GET", "POST")


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written inside, so that the next address meets the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def asked(parts: Parts, who: Who, method: str, door: Door) -> str:
    """Knock, and return the answer as a line: status, door, and the login page where one is led there."""
    with undone():
        client = parts.clients[who]
        response = client.get(door.path) if method == "GET" else client.post(door.path, door.sent)
    to_login = " login" if response.status_code == 302 and response["Location"].startswith("/admin/login/") else ""
    return f"{response.status_code}{to_login} {method} {door.label} {door.view}"


def test_every_page_and_action_has_its_answers_written_down(rows: Rows) -> None:
    found = {(door.label, door.view) for door in model_doors(rows)}
    written = {(label, view) for table in (PAGES, ACTIONS) for label, answers in table.items() for view, _ in answers}
    assert found == written
    known = {view for view, _ in SITE} | set(WAYS_IN_AND_OUT)
    assert {door.view for door in site_doors(content_type=1)} == known


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("who", Who)
def test_each_part_gets_the_answer_of_its_role(parts: Parts, rows: Rows, who: Who, method: str) -> None:
    doors = list(model_doors(rows))
    login = " login" if who is Who.NOBODY else ""
    expected = [
        f"{answer(door.label, door.view, method, who)}{login} {method} {door.label} {door.view}" for door in doors
    ]
    assert [asked(parts, who, method, door) for door in doors] == expected


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("who", Who)
def test_pages_of_the_site_are_for_those_who_read(parts: Parts, who: Who, method: str) -> None:
    kind = ContentType.objects.get_for_model(Member).pk
    doors = [door for door in site_doors(content_type=kind) if door.view not in WAYS_IN_AND_OUT]

    def expected(door: Door) -> str:
        if who is Who.NOBODY:
            return "302 login"
        # A team member has a tenant, and may say which one is open; there is nothing to read in it.
        if who is Who.MEMBER and (door.view, method) == ("choose_tenant", "GET"):
            return "200"
        # Who may see all tenants closes the open one by choosing none.
        if who in (Who.SUPPORT, Who.PLATFORM) and (door.view, method) == ("choose_tenant", "POST"):
            return "302"
        return str(SITE[door.view, method]) if who in READERS else "404"

    found = [asked(parts, who, method, door) for door in doors]
    assert found == [f"{expected(door)} {method}  {door.view}" for door in doors]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("who", [Who.ADMIN, Who.PLATFORM])
@pytest.mark.parametrize("pk", ["987654321", "-1", "é", "9" * 30, "\0"])
def test_an_id_that_is_nobodys_is_404_everywhere(parts: Parts, rows: Rows, who: Who, method: str, pk: str) -> None:
    doors = [door for door in model_doors(rows, pk=pk) if door.view not in ("changelist", "add", "import")]
    found = [asked(parts, who, method, door) for door in doors]
    assert [line for line in found if not line.startswith("404 ")] == []
    assert len(found) > 40
