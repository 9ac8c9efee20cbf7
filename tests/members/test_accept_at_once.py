"""Two browsers at the same moment: an invite is accepted once, a consent is written once, and every try is counted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from members.consent.code_limits import MOST_AN_ADDRESS
from members.consent.codes import MOST_TRIES, CodeRefusal, CodeRefused, CodeSent, ask_for_code, try_code
from members.models import ConsentEvent, Member, NumberCode
from tenants.models import Membership, Role, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member, make_cast
from tests.consenting import login_of
from tests.members.invited import NEW_NUMBER, Page, texted_code, texts, wrong
from tests.members.stories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


def at_once(*acts: Callable[[], T]) -> list[T]:
    """What each of these gives when all begin at the same moment, each on a connection of its own."""
    start = Barrier(len(acts))

    def act(one: Callable[[], T]) -> T:
        try:
            start.wait()
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def lines(act: str) -> list[ConsentEvent]:
    with platform_scope():
        return list(ConsentEvent.objects.filter(act=act).order_by("pk"))


def people(cast: Cast) -> tuple[int, int, int]:
    """How many logins, memberships and members the invited address has."""
    with tenant_scope(cast.harbor.pk):
        users = User.objects.filter(email="nora@harbor.example")
        return (
            users.count(),
            Membership.objects.filter(user__in=users).count(),
            Member.objects.filter(user__in=users).count(),
        )


def sending(page: Page, **fields: str) -> Callable[[], HttpResponse]:
    """The same form, sent from another browser."""

    def send() -> HttpResponse:
        twin = Page.__new__(Page)
        twin.__dict__ = {**page.__dict__, "client": Client()}
        return twin.send(**fields)

    return send


@pytest.mark.case("I4")
def test_one_invite_accepted_in_four_browsers_at_once_gives_one_grant() -> None:
    cast = make_cast()
    page = Page(Client(), cast)
    send = sending(page, number=NEW_NUMBER, **page.ticks("sms", "voice"))
    answers = at_once(send, send, send, send)
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]
    assert people(cast) == (1, 1, 1)
    assert [(line.act, line.channel) for line in lines("grant")] == [("grant", "sms"), ("grant", "voice")]
    assert len(texts(NEW_NUMBER, purpose="verification_code")) == 1


@pytest.mark.case("I4")
def test_two_invites_of_one_address_accepted_at_once_give_one_member_and_one_grant() -> None:
    cast = make_cast()
    first = Page(Client(), cast)
    second = Page(Client(), cast, role=Role.VIEWER)
    ticked = first.ticks("sms", "voice")
    answers = at_once(
        sending(first, number=NEW_NUMBER, **ticked),
        sending(second, number=NEW_NUMBER, **ticked),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert people(cast) == (1, 1, 1)
    with tenant_scope(cast.harbor.pk):
        assert Membership.objects.get(user__email="nora@harbor.example").role == Role.VIEWER
    assert [line.channel for line in lines("grant")] == ["sms", "voice"]
    assert lines("decline") == []


@pytest.mark.case("I4")
def test_a_second_invite_writes_a_new_grant_only_where_it_says_something_new() -> None:
    cast = make_cast()
    first, second = Page(Client(), cast), Page(Client(), cast)
    first.send(number=NEW_NUMBER, **first.ticks("sms"))
    second.send(number=NEW_NUMBER, **second.ticks("sms", "voice"))
    assert [line.channel for line in lines("grant")] == ["sms", "voice"]
    other = Page(Client(), cast)
    other.send(number="+18605558313", **other.ticks("sms"))
    assert [(line.channel, line.number) for line in lines("grant")][-1] == ("sms", "+18605558313")


def test_more_wrong_tries_at_once_than_there_are_leave_none() -> None:
    cast = make_cast()
    with tenant_scope(cast.harbor.pk):
        user = login_of(cast.ben)
        asked = ask_for_code(tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, user=user, ip="", at=NOW)
    assert isinstance(asked, CodeSent)
    digits = texted_code(BEN_NUMBER)
    code = asked.code
    answers = at_once(*[lambda: try_code(code, digits=wrong(digits), at=NOW)] * (MOST_TRIES + 3))
    refused = [answer for answer in answers if isinstance(answer, CodeRefused)]
    assert sorted(answer.tries_left for answer in refused if answer.why is CodeRefusal.WRONG) == [1, 2, 3, 4]
    assert sum(answer.why is CodeRefusal.SPENT for answer in refused) == 4
    with tenant_scope(cast.harbor.pk):
        assert NumberCode.objects.get(pk=code.pk).tries == MOST_TRIES
    assert try_code(code, digits=digits, at=NOW) == CodeRefused(CodeRefusal.SPENT)


def test_the_right_digits_entered_twice_at_once_prove_once() -> None:
    cast = make_cast()
    page = Page(Client(), cast)
    page.send(number=NEW_NUMBER, **page.ticks("sms"))
    digits = texted_code(NEW_NUMBER)
    with platform_scope():
        code = NumberCode.objects.get(number=NEW_NUMBER)
    at_once(*[lambda: try_code(code, digits=digits, at=timezone.now())] * 3)
    assert len(lines("prove")) == 1
    assert len(texts(NEW_NUMBER, purpose="consent_confirmation")) == 1


def test_a_new_code_and_an_entered_one_at_once_end_without_a_deadlock() -> None:
    cast = make_cast()
    with tenant_scope(cast.harbor.pk):
        user = login_of(cast.ben)
        asked = ask_for_code(tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, user=user, ip="", at=NOW)
    assert isinstance(asked, CodeSent)
    code, digits, later = asked.code, texted_code(BEN_NUMBER), NOW + timedelta(minutes=2)

    def ask() -> object:
        with tenant_scope(cast.harbor.pk):
            return ask_for_code(tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, user=user, ip="", at=later)

    def enter() -> object:
        return try_code(code, digits=digits, at=later)

    answers = at_once(ask, enter)
    assert isinstance(answers[0], CodeSent)
    assert isinstance(answers[1], NumberCode) or answers[1] == CodeRefused(CodeRefusal.SPENT)


def test_an_address_that_asks_for_many_numbers_at_once_is_counted_one_by_one() -> None:
    cast = make_cast()
    most, _ = MOST_AN_ADDRESS
    with tenant_scope(cast.harbor.pk):
        everybody = [add_member(cast.harbor, name=f"P{n}", number=f"+120655502{n:02}") for n in range(most + 3)]
        users = [login_of(member) for member in everybody]

    def asking(place: int) -> Callable[[], object]:
        def ask() -> object:
            with tenant_scope(cast.harbor.pk):
                return ask_for_code(
                    tenant=cast.harbor,
                    member=everybody[place],
                    number=f"+120655502{place:02}",
                    user=users[place],
                    ip="192.0.2.7",
                    at=NOW,
                )

        return ask

    for place in range(most - 1):
        assert isinstance(asking(place)(), CodeSent)
    answers = at_once(*[asking(most - 1 + place) for place in range(4)])
    assert sum(isinstance(answer, CodeSent) for answer in answers) == 1
