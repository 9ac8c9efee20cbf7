"""Every address of a member's own page: the unknown log in, strangers get 404, and reading writes nothing."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from members.models import Phone
from tenants.models import User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member
from tests.consenting import agree
from tests.members.own_page import OTHER, bens_phone
from tests.members.web import signed_in

#: What each page answers its owner by GET.
ANSWERS = {
    "me_in": 200,
    "me_history": 200,
    "me_schedule": 200,
    "me_schedule_date": 200,
    "me_schedule_time_off": 200,
    "me_schedule_remove": 404,  # the address names nothing to remove
    "me_add": 200,
    "me_change": 200,
    "me_remove": 200,
    "me_choose": 200,
    "me_code": 200,
    "me_ask": 405,
    "me_give": 200,
    "me_withdraw": 302,
}
READ_ALONE = ("me_in", "me_history")
WRITES = ("INSERT", "UPDATE", "DELETE")


def doors(cast: Cast, phone: Phone) -> Iterator[tuple[str, str]]:
    for name in ANSWERS:
        (pattern,) = get_resolver().reverse_dict.getlist(name)
        given = {"tenant_ref": cast.harbor.public_id, "phone_ref": phone.public_id, "channel": "voice"}
        yield name, reverse(name, kwargs={key: given[key] for key in pattern[0][0][1]})


def test_every_page_is_in_the_table(cast: Cast) -> None:
    named = {str(name) for name in get_resolver().reverse_dict if str(name).startswith("me_")}
    assert named == set(ANSWERS)


def test_the_unknown_are_led_to_the_login_and_back(cast: Cast) -> None:
    client = Client()
    for name, path in doors(cast, bens_phone(cast)):
        answers = [client.post(path)] if name not in READ_ALONE else []
        answers += [client.get(path)] if name != "me_ask" else []
        for response in answers:
            assert response.status_code == 302
            assert response.headers["Location"] == f"/login?next={path}"
    assert client.get("/me/").headers["Location"] == "/login?next=/me/"


@pytest.mark.parametrize("who", ["cleo", "vic", "ana", "sam", "pat", "nobodys"])
def test_whoever_is_not_a_member_there_gets_404(cast: Cast, who: str, ben_user: User) -> None:
    user = User.objects.create_user("x@y.example", None) if who == "nobodys" else getattr(cast, who)
    client = Client()
    client.force_login(user)
    found = [
        (name, client.get(path).status_code, client.post(path).status_code)
        for name, path in doors(cast, bens_phone(cast))
    ]
    assert found == [(name, 405 if name == "me_ask" else 404, 405 if name in READ_ALONE else 404) for name in ANSWERS]
    assert client.get("/me/").status_code == 404


def test_a_member_of_another_tenant_gets_404_here_and_their_own_page_there(cast: Cast, ben: Client) -> None:
    assert ben.get(f"/me/{cast.ridge.public_id}/").status_code == 404
    assert ben.get("/me/tnt_nothing/").status_code == 404
    with platform_scope():
        cast.ridge_member.user = cast.cleo
        cast.ridge_member.save()
    cleo = signed_in(cast.cleo)
    assert cleo.get("/me/", follow=True).status_code == 200
    assert cleo.get(f"/me/{cast.harbor.public_id}/").status_code == 404


def test_a_right_that_was_taken_away_ends_the_page(cast: Cast, ben: Client, ben_user: User) -> None:
    url = f"/me/{cast.harbor.public_id}/"
    assert ben.get(url).status_code == 200
    with platform_scope():
        ben_user.memberships.all().delete()
    assert ben.get(url).status_code == 404


def test_reading_writes_nothing(cast: Cast, ben: Client) -> None:
    agree(cast.ben, tenant=cast.harbor)
    for name, path in doors(cast, bens_phone(cast)):
        with CaptureQueriesContext(connection) as seen:
            assert ben.get(path).status_code == ANSWERS[name], name
        # A locked number is made where it is missing; a session is kept alive.
        wrote = [
            query["sql"] for query in seen if query["sql"].startswith(WRITES) and 'members_number"' not in query["sql"]
        ]
        assert wrote == [], name


def test_another_members_phone_is_nobodys(cast: Cast, ben: Client) -> None:
    with tenant_scope(cast.harbor.pk):
        theirs = add_member(cast.harbor, name="Ida", number=OTHER).phones.get()
        before = Phone.objects.filter(pk=theirs.pk).values().get()
    about_a_phone = [
        (name, path) for name, path in doors(cast, theirs) if "phone_ref" in path or theirs.public_id in path
    ]
    assert len(about_a_phone) == 7
    for name, path in about_a_phone:
        sent = {"number": "+12065550149", "digits": "123456", "agree": "on"}
        assert ben.post(path, sent).status_code == 404, name
        assert ben.get(path).status_code == (405 if name == "me_ask" else 404), name
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.filter(pk=theirs.pk).values().get() == before


def test_a_post_from_elsewhere_is_refused(cast: Cast, ben_user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ben_user)
    refused = [path for name, path in doors(cast, bens_phone(cast)) if name not in READ_ALONE]
    assert [client.post(path).status_code for path in refused] == [403] * len(refused)
    assert client.post("/logout").status_code == 403
    assert client.post("/login", {"username": "ben@harbor.example", "password": "x"}).status_code == 403


def test_a_channel_that_does_not_exist_is_404(cast: Cast, ben: Client) -> None:
    at = f"/me/{cast.harbor.public_id}/phones/{bens_phone(cast).public_id}"
    assert [ben.get(f"{at}/{act}/fax/").status_code for act in ("agree", "stop", "choose")] == [404, 404, 404]
