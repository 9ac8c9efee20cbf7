"""The list of team members: its filters, its search, and what a full page of it costs."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.consent.choices import lose_number
from members.consent.words import ConsentState, consent_words
from members.models import ConsentStanding, Group, GroupPlace, Member, Phone
from members.queries import reachable
from tenants.scope import tenant_scope
from tests.cast import Cast, add_member
from tests.consenting import agree
from tests.members.stories import MINUTE, NOW, leaves_unticked, starts, stops, ticks

LIST = "/admin/members/member/"


@pytest.fixture
def people(cast: Cast) -> dict[str, Member]:
    with tenant_scope(cast.harbor.pk):
        made = {
            name: add_member(cast.harbor, name=name, number=number)
            for name, number in [("Ida", "+12065550171"), ("Otto", "+12065550172"), ("Nell", None)]
        }
        crew = Group.objects.create(tenant=cast.harbor, name="Crew")
        GroupPlace.objects.create(tenant=cast.harbor, group=crew, member=made["Ida"])
    ticks(made["Ida"], tenant=cast.harbor, at=NOW)
    stops(at=NOW, number="+12065550172", message="SM77")
    return {**made, "Ben": cast.ben}


def names(client: Client, query: str) -> set[str]:
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    return {member.name for member in response.context["cl"].result_list}


def test_the_filters_answer_an_operators_questions(ana: Client, cast: Cast, people: dict[str, Member]) -> None:
    assert names(ana, "") == {"Ben", "Ida", "Otto", "Nell"}
    assert names(ana, "sms=no_number") == {"Nell"}
    assert names(ana, "sms=never") == {"Ben"}
    assert names(ana, "sms=opted_out") == {"Otto"}
    assert names(ana, "sms=opted_in") == {"Ida"}
    assert names(ana, "sms=stale") == set()
    with tenant_scope(cast.harbor.pk):
        crew = Group.objects.get()
    assert names(ana, f"group={crew.public_id}") == {"Ida"}
    assert names(ana, "is_active__exact=0") == set()


def test_the_filter_says_what_the_ledger_says_whatever_is_kept_beside_it(
    ana: Client, cast: Cast, people: dict[str, Member]
) -> None:
    """Lines of every kind, some written without what follows from them, and numbers that were given out since."""
    with tenant_scope(cast.harbor.pk):
        more = [add_member(cast.harbor, name=f"M{n}", number=f"+1206555018{n}") for n in range(6)]
    for member in more[:5]:
        ticks(member, tenant=cast.harbor, at=NOW)
    leaves_unticked(more[5], tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE, number="+12065550180", message="SM80")
    starts(at=NOW + 2 * MINUTE, number="+12065550180", message="SM81")
    stops(at=NOW + MINUTE, number="+12065550181", message="SM82", tenant_id=cast.ridge.pk)
    for member in more[2:4]:
        with tenant_scope(cast.harbor.pk):
            number = member.phones.get().number
            lose_number(tenant=cast.harbor, member=member, number=number, actor=cast.ana, at=NOW + MINUTE)
    # Agreed again, and not proved again.
    ticks(more[3], tenant=cast.harbor, at=NOW + 2 * MINUTE)
    with tenant_scope(cast.harbor.pk):
        for n in range(5):
            add_member(cast.harbor, name=f"L{n}", number=f"+1206555018{n}")
        # Texts go to the oldest number where none is the primary one.
        more[4].phones.update(is_sms_primary=False)
        Phone.objects.create(tenant=cast.harbor, member=more[4], number="+12065550189")
        # Two that agreed, and of whom nothing is kept beside the ledger.
        plain = [add_member(cast.harbor, name=f"P{n}", number=f"+1206555019{n}") for n in range(3)]
    agree(plain[0], tenant=cast.harbor)
    agree(plain[1], tenant=cast.harbor, channel="voice")
    by_fold: dict[str, set[str]] = {state.value: set() for state in ConsentState}
    with tenant_scope(cast.harbor.pk):
        everybody = list(Member.objects.all())
        for pk, reach in reachable(everybody, channel="sms", at=timezone.now()).items():
            name = next(member.name for member in everybody if member.pk == pk)
            by_fold[consent_words(reach.standing).state].add(name)
    assert {state: names(ana, f"sms={state}") for state in by_fold} == by_fold
    assert all(by_fold.values())


def test_the_search_finds_by_start_of_name_or_number_by_id_and_by_address(
    ana: Client, people: dict[str, Member]
) -> None:
    assert names(ana, "q=id") == {"Ida"}
    assert names(ana, "q=da") == set()
    assert names(ana, "q=%2B1206555017") == {"Ida", "Otto"}
    assert names(ana, "q=12065550171") == {"Ida"}
    assert names(ana, f"q={people['Otto'].public_id}") == {"Otto"}
    assert names(ana, "q=Nell@harbor.example") == {"Nell"}
    assert names(ana, "q=%25") == set()


def test_fifty_members_cost_as_many_queries_as_five(
    ana: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    def fill(first: int, last: int) -> None:
        with tenant_scope(cast.harbor.pk):
            crew, _ = Group.objects.get_or_create(tenant=cast.harbor, name="Crew")
            for place in range(first, last):
                member = add_member(cast.harbor, name=f"M{place}", number=f"+120655502{place:02}")
                GroupPlace.objects.create(tenant=cast.harbor, group=crew, member=member)
                ticks(member, tenant=cast.harbor, at=NOW)

    fill(0, 4)
    with django_assert_max_num_queries(100) as five:
        assert len(names(ana, "")) == 5
    with django_assert_max_num_queries(100) as filtered:
        assert len(names(ana, "sms=opted_in")) == 4
    fill(4, 49)
    with django_assert_max_num_queries(len(five)):
        assert len(names(ana, "")) == 50
    with django_assert_max_num_queries(len(filtered)):
        assert len(names(ana, "sms=opted_in")) == 49


@pytest.mark.parametrize("state", ["opted_in", "never", "opted_out"])
def test_the_filter_costs_the_same_for_five_hundred_members_as_for_five(
    ana: Client, cast: Cast, django_assert_max_num_queries: Any, state: str
) -> None:
    """No line of the ledger is read for those whose standing is kept, or of whose number nobody ever spoke."""
    kept = {"opted_in": "opted_in", "never": None, "opted_out": "opted_out"}[state]

    def fill(first: int, last: int) -> None:
        with tenant_scope(cast.harbor.pk):
            made = Member.objects.bulk_create(
                Member(tenant=cast.harbor, name=f"M{place:03}") for place in range(first, last)
            )
            numbers = {member.pk: f"+1206556{place:04}" for member, place in zip(made, range(first, last), strict=True)}
            owned = [{"tenant": cast.harbor, "member": member, "number": numbers[member.pk]} for member in made]
            Phone.objects.bulk_create(Phone(**one, is_sms_primary=True) for one in owned)
            if kept:
                ConsentStanding.objects.bulk_create(ConsentStanding(**one, channel="sms", state=kept) for one in owned)

    def shown() -> int:
        response = ana.get(f"{LIST}?sms={state}")
        return int(response.context["cl"].paginator.count)

    nobody = shown()
    fill(0, 5)
    with django_assert_max_num_queries(100) as five:
        assert shown() == nobody + 5
    fill(5, 500)
    with django_assert_max_num_queries(len(five)):
        assert shown() == nobody + 500
