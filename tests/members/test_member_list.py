"""The list of team members: its filters, its search, and what a full page of it costs."""

from typing import Any

import pytest
from django.test import Client

from members.models import Group, GroupPlace, Member
from tenants.scope import tenant_scope
from tests.cast import Cast, add_member
from tests.members.stories import NOW, stops, ticks

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
