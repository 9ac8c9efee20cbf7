"""A wrong try on a member's own page is counted and committed, whatever becomes of the page after it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.consent.codes import CodeSent, ask_for_code
from members.models import NumberCode
from members.pages import own_codes
from tenants.models import Membership, Role
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, make_cast
from tests.consenting import login_of
from tests.members.invited import texted_code, wrong
from tests.members.own_page import at_harbor, bens_phone

pytestmark = pytest.mark.django_db(transaction=True)


def bens_code(cast: Cast) -> tuple[Client, str, NumberCode]:
    """Ben's browser, the page of his code, and the code that was texted to him."""
    with tenant_scope(cast.harbor.pk):
        user = login_of(cast.ben)
        Membership.objects.get_or_create(tenant=cast.harbor, user=user, defaults={"role": Role.MEMBER})
        asked = ask_for_code(
            tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, user=user, ip="", at=timezone.now()
        )
    assert isinstance(asked, CodeSent)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client, at_harbor(cast, f"phones/{bens_phone(cast).public_id}/code/"), asked.code


def tries(code: NumberCode) -> int:
    with platform_scope():
        return NumberCode.objects.get(pk=code.pk).tries


def test_a_wrong_try_stays_counted_when_the_page_breaks_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    client, page, code = bens_code(cast)
    digits = texted_code(BEN_NUMBER)

    def breaks(*_args: Any, **_named: Any) -> str:
        raise RuntimeError("the page breaks")

    with monkeypatch.context() as broken:
        broken.setattr(own_codes, "refusal_words", breaks)
        assert client.post(page, {"digits": wrong(digits)}).status_code == 500
    assert tries(code) == 1
    assert "3 tries are left" in client.post(page, {"digits": wrong(digits)}).content.decode()
    assert client.post(page, {"digits": digits}).status_code == 302
    assert bens_phone(cast).proved_at is not None


def test_five_wrong_tries_end_the_code_although_the_right_one_follows() -> None:
    cast = make_cast()
    client, page, code = bens_code(cast)
    digits = texted_code(BEN_NUMBER)
    for _ in range(5):
        client.post(page, {"digits": wrong(digits)})
    assert "No code is open" in client.post(page, {"digits": digits}).content.decode()
    assert tries(code) == 5
    assert bens_phone(cast).proved_at is None
