"""The login page for everybody: where each is led, what it gives away, and how long one may guess."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tenants.models import SignInTry, User
from tenants.sign_in import MOST_A_LOGIN, MOST_AN_ADDRESS, WITHIN
from tests.cast import PASSWORD, Cast
from tests.members.own_page import at_harbor

WRONG_ONE = "not-the-password"
WRONG = "do not fit together"
WAIT = "Too many wrong tries"


def tries(email: str, password: str = WRONG_ONE, *, ip: str = "192.0.2.1", at: str = "/login") -> Any:
    """Try to sign in at one of the doors, from one address."""
    return Client().post(at, {"username": email, "password": password}, REMOTE_ADDR=ip)


@pytest.mark.parametrize(
    ("who", "to", "lands"),
    [
        ("ana", "", "/admin/"),
        ("vic", "", "/admin/"),
        ("sam", "", "/admin/"),
        ("pat", "", "/admin/"),
        ("ana", "/me/", "/me/"),
        ("ana", "/admin/members/invite/", "/admin/members/invite/"),
        ("ana", "https://evil.example/", "/admin/"),
        ("ana", "//evil.example/", "/admin/"),
        ("ana", "javascript:alert(1)", "/admin/"),
        ("ana", "/login?next=/login", "/admin/"),
        ("ben", "", "/me/"),
        ("ben", "/admin/", "/me/"),
        ("ben", "/me/tnt_1/history/", "/me/tnt_1/history/"),
    ],
)
def test_each_is_led_where_they_begin_and_never_elsewhere(
    cast: Cast, ben_user: User, who: str, to: str, lands: str
) -> None:
    email = ben_user.email if who == "ben" else getattr(cast, who).email
    response = Client().post("/login", {"username": email.upper(), "password": PASSWORD, "next": to})
    assert response.status_code == 302
    home = response.headers["Location"]
    assert home == lands or (home == "/" and lands in ("/admin/", "/me/"))


def test_home_and_signing_out(cast: Cast, ben: Client, ana: Client) -> None:
    assert Client().get("/").headers["Location"] == "/login"
    assert ana.get("/").headers["Location"] == "/admin/"
    assert ben.get("/").headers["Location"] == "/me/"
    assert ben.get("/login").headers["Location"] == "/"
    assert ben.get("/logout").status_code == 405
    assert ben.get(at_harbor(cast)).status_code == 200
    assert ben.post("/logout").headers["Location"] == "/login?signed_out=1"
    assert ben.get(at_harbor(cast)).status_code == 302


def test_a_wrong_password_and_an_unknown_address_read_alike(cast: Cast) -> None:
    known, unknown = tries(cast.ana.email), tries("nobody@harbor.example")
    assert WRONG in known.content.decode()
    shown = [answer.content.decode().partition("csrfmiddlewaretoken")[0] for answer in (known, unknown)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("email", ["ana@harbor.example", "nobody@harbor.example"])
@pytest.mark.parametrize("door", ["/login", "/admin/login/"])
def test_after_ten_wrong_tries_even_the_right_password_waits(cast: Cast, email: str, door: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(MOST_A_LOGIN):
            answer = tries(email, at=door)
            assert WAIT not in answer.content.decode()
            clock.shift(timedelta(seconds=10))
        held = tries(email, PASSWORD, at=door)
        assert WAIT in held.content.decode()
        if door == "/login":
            assert held.status_code == 429
            assert int(held.headers["Retry-After"]) > 60
        assert SignInTry.objects.count() == MOST_A_LOGIN, "a refused try does not lengthen the wait"
        # Another login, and another address, are not held.
        assert WRONG in tries("sam@imes.example").content.decode()
        assert WAIT not in tries(email, ip="192.0.2.2", at=door).content.decode()
        clock.shift(WITHIN)
        right = tries(cast.ana.email, PASSWORD, at=door)
        assert right.status_code == 302
        tries(cast.ana.email)
        assert SignInTry.objects.count() == 1, "what does not count any more is forgotten"


def test_an_address_that_tries_many_logins_waits_too(cast: Cast) -> None:
    for number in range(MOST_AN_ADDRESS):
        assert WAIT not in tries(f"guess{number}@harbor.example").content.decode()
    assert WAIT in tries(cast.ana.email, PASSWORD).content.decode()
    assert tries(cast.ana.email, PASSWORD, ip="192.0.2.2").status_code == 302


def test_the_right_password_starts_the_count_anew_and_no_address_is_kept(cast: Cast) -> None:
    for _ in range(MOST_A_LOGIN - 1):
        tries(cast.ana.email)
    row = SignInTry.objects.first()
    assert row is not None
    assert b"ana" not in bytes(row.login_digest) + bytes(row.address_digest)
    assert tries(cast.ana.email, PASSWORD).status_code == 302
    assert not SignInTry.objects.exists()


def test_a_member_who_signs_in_at_the_admin_is_led_to_their_own_page(cast: Cast, ben_user: User) -> None:
    client = Client()
    given = {"username": ben_user.email, "password": PASSWORD, "next": "/admin/"}
    answer = client.post("/admin/login/?next=/admin/", given, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/me/")
    assert answer.status_code == 200
