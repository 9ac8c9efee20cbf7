"""A link to the page of an invite may name a member; one that names nobody of the tenant is the empty page."""

import re

import pytest
from django.test import Client

from tests.cast import Cast

ADD = "/admin/members/invite/add/"


@pytest.mark.parametrize("named", ["abc", "0", "-1", "9" * 30, "²", "1.5", ""])
def test_what_is_no_id_is_left_out_of_the_form(ana: Client, cast: Cast, named: str) -> None:
    answer = ana.get(ADD, {"member": named})
    assert answer.status_code == 200
    assert "selected>" not in answer.content.decode().split(' name="member"', 1)[1].split("</select>")[0]


def test_a_member_of_the_tenant_is_filled_in_and_one_of_another_is_not(ana: Client, cast: Cast) -> None:
    def chosen(member: int) -> str:
        html = ana.get(ADD, {"member": str(member)}).content.decode()
        return html.split(' name="member"', 1)[1].split("</select>")[0]

    assert re.search(r">\s*Ben", chosen(cast.ben.pk))
    assert "Rita" not in chosen(cast.ridge_member.pk)


def test_a_posted_member_that_is_no_id_is_refused_at_its_field(ana: Client, cast: Cast) -> None:
    form = {"email": "nora@harbor.example", "name": "Nora", "role": "member", "member": "abc"}
    answer = ana.post(ADD, form)
    assert answer.status_code == 200
    assert "Select a valid choice. That choice is not one of the available choices" in answer.content.decode()


def test_a_posted_place_in_a_group_that_names_no_member_is_refused_at_its_field(ana: Client, cast: Cast) -> None:
    form = {"name": "Night", "places-TOTAL_FORMS": "1", "places-INITIAL_FORMS": "0"}
    form |= {"places-0-position": "0", "places-0-member": "abc"}
    answer = ana.post("/admin/members/group/add/", form)
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()
