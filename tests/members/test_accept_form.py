"""What a person writes on the accept page: every defect is named, the right number is offered."""

import re

import pytest
from django.test import Client

from members.models import Phone
from tenants.models import User
from tenants.scope import platform_scope
from tests.cast import Cast
from tests.members.invited import GOOD, NEW_NUMBER, Page, text


@pytest.fixture
def page(client: Client, cast: Cast) -> Page:
    return Page(client, cast)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("(860) 555-8312", ["does not start with +", "parentheses", "spaces", "dashes"]),
        ("8605558312", ["does not start with +", "no country code"]),
        ("1-860-555-8312", ["does not start with +", "dashes"]),
        ("+1860\u00a05558312", ["cannot be seen"]),
    ],
)
def test_every_defect_of_a_number_is_named_and_the_corrected_one_is_offered_not_applied(
    page: Page, written: str, named: list[str]
) -> None:
    response = page.send(number=written)
    for words in named:
        assert words in text(response)
    assert "Did you mean <strong>+18605558312</strong>?" in text(response)
    assert f'value="{written}"' in text(response)
    assert not User.objects.filter(email="nora@harbor.example").exists()


def test_the_offer_fills_the_field_and_saves_nothing(page: Page) -> None:
    response = page.send(number="8605558312", use_number=NEW_NUMBER)
    assert f'name="number" value="{NEW_NUMBER}"' in text(response)
    assert 'name="name" value="Nora"' in text(response)
    assert GOOD not in text(response)
    assert not User.objects.filter(email="nora@harbor.example").exists()
    assert 'name="number" value=""' in text(page.send(use_number="<b>nonsense"))


def test_enter_never_takes_the_offer(page: Page) -> None:
    html = text(page.send(number="8605558312"))
    buttons = re.findall(r"<button[^>]*>", html)
    assert "use_number" in html
    assert "name=" not in buttons[0]


@pytest.mark.row(5)
@pytest.mark.parametrize("written", ["+18605558312x123", "+18605558312;ext=123", "+18605558312,123"])
def test_an_extension_is_refused_and_named(page: Page, written: str) -> None:
    assert "It has an extension, and an extension cannot be paged by SMS or call." in text(page.send(number=written))
    with platform_scope():
        assert not Phone.objects.filter(number__startswith="+1860").exists()
    assert page.send(number=NEW_NUMBER).status_code == 200
    with platform_scope():
        assert Phone.objects.filter(number=NEW_NUMBER).exists()


def test_errors_are_tied_to_their_fields(page: Page) -> None:
    html = text(page.send(number="8605558312"))
    assert 'aria-invalid="true" aria-describedby="id_number_errors id_number_help"' in html
    assert 'id="id_number_errors"' in html
