"""A plan allows so many active members: every door counts them, and two at once never share a place."""

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from billing.models import Plan
from billing.operations import subscribe
from members.models import Invite, Member
from members.operations import Answer, Refusal, Refused, accept_invite, invite
from members.operations.places import places
from tenants.models import Role, Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member, make_cast
from tests.members.invited import GOOD
from tests.members.web import signed_in
from tests.notifications.dispatch.interleaving import Actor

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MEMBERS, INVITES = "/admin/members/member/", "/admin/members/invite/"
FULL = "Plan Pair allows 2 active team members, and there are 2."


def has_plan(tenant: Tenant, *, members: int | None) -> None:
    with platform_scope():
        plan = Plan.objects.create(name="Pair", member_limit=members)
    subscribe(tenant, plan=plan, actor=None, at=NOW)


@pytest.fixture
def cast(db: None) -> Cast:
    """Harbor may have two active members; Ben and Nora are two. Olga has left."""
    cast = make_cast()
    has_plan(cast.harbor, members=2)
    with tenant_scope(cast.harbor.pk):
        add_member(cast.harbor, name="Nora")
        Member.objects.create(tenant=cast.harbor, name="Olga", is_active=False)
    return cast


@pytest.fixture
def ana(cast: Cast) -> Client:
    return signed_in(cast.ana)


def active(cast: Cast) -> set[str]:
    with tenant_scope(cast.harbor.pk):
        return set(Member.objects.filter(is_active=True).values_list("name", flat=True))


def pk_of(cast: Cast, name: str) -> int:
    with tenant_scope(cast.harbor.pk):
        return Member.objects.get(name=name).pk


def form(name: str, *, is_active: bool) -> dict[str, str]:
    phones = {f"phones-{key}": "0" for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    return {"name": name, "email": "", "time_zone": "", **phones, **({"is_active": "on"} if is_active else {})}


def words(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def retire(cast: Cast, name: str) -> None:
    with tenant_scope(cast.harbor.pk):
        Member.objects.filter(name=name).update(is_active=False)


def test_the_form_adds_nobody_beyond_the_limit_and_says_what_to_do(ana: Client, cast: Cast) -> None:
    refused = words(ana.post(f"{MEMBERS}add/", form("Ida", is_active=True)))
    assert FULL in refused
    assert "Untick “active” for somebody who has left, or have the platform move you to a larger plan" in refused
    assert active(cast) == {"Ben", "Nora"}
    assert ana.post(f"{MEMBERS}add/", form("Iris", is_active=False)).status_code == 302
    retire(cast, "Nora")
    assert ana.post(f"{MEMBERS}add/", form("Ida", is_active=True)).status_code == 302
    assert active(cast) == {"Ben", "Ida"}


def test_who_has_left_comes_back_only_into_a_place(ana: Client, cast: Cast) -> None:
    page = f"{MEMBERS}{pk_of(cast, 'Olga')}/change/"
    assert FULL in words(ana.post(page, form("Olga", is_active=True)))
    assert ana.post(f"{MEMBERS}{pk_of(cast, 'Nora')}/change/", form("Nora K", is_active=True)).status_code == 302
    retire(cast, "Nora K")
    assert ana.post(page, form("Olga", is_active=True)).status_code == 302
    assert active(cast) == {"Ben", "Olga"}


def test_an_invite_needs_a_place_unless_it_is_for_somebody_in_the_list(ana: Client, cast: Cast) -> None:
    asked = {"email": "ida@harbor.example", "name": "Ida", "role": "member", "days": "7"}
    assert FULL in words(ana.post(f"{INVITES}add/", asked))
    nora = {**asked, "email": "nora@harbor.example", "name": "Nora", "member": str(pk_of(cast, "Nora"))}
    assert ana.post(f"{INVITES}add/", nora).status_code == 302
    retire(cast, "Nora")
    assert ana.post(f"{INVITES}add/", asked).status_code == 302
    with tenant_scope(cast.harbor.pk):
        assert list(Invite.objects.order_by("id").values_list("email", flat=True)) == [
            "nora@harbor.example",
            "ida@harbor.example",
        ]


def test_of_a_file_the_first_rows_that_fit_are_invited(ana: Client, cast: Cast) -> None:
    retire(cast, "Nora")
    text = "email,name,phone\nida@x.example,Ida,+12065550148\nimo@x.example,Imo,\nben@harbor.example,Ben,\n"
    shown = words(ana.post(f"{INVITES}import/", {"file": SimpleUploadedFile("people.csv", text.encode())}))
    assert "2 of 3 rows can be invited" in shown
    assert "There is no place for them. Plan Pair allows 2 active team members, and there is 1." in shown
    done = words(ana.post(f"{INVITES}import/", {"text": text, "days": "7", "send": "1"}))
    assert "2 invites are on their way" in done
    assert active(cast) == {"Ben", "Ida"}


def test_an_accepted_invite_takes_a_place_when_the_member_is_made(cast: Cast, client: Client) -> None:
    retire(cast, "Nora")
    urls = []
    with tenant_scope(cast.harbor.pk):
        for name in ("Ida", "Imo"):
            _, token = invite(
                tenant=cast.harbor,
                email=f"{name.lower()}@x.example",
                name=name,
                role=Role.MEMBER,
                member=None,
                actor=cast.ana,
                at=timezone.now(),
            )
            urls.append(f"/invite/accept?token={token}")
    answer = {"name": "Ida", "password": GOOD, "number": ""}
    assert client.post(urls[0], answer).status_code == 302
    full = Client().get(urls[1])
    assert full.status_code == 409
    assert "There is no place left in this team" in words(full)
    assert "Tell Ana" in words(full)
    assert Client().post(urls[1], {**answer, "name": "Imo"}).status_code == 409
    assert active(cast) == {"Ben", "Ida"}
    retire(cast, "Ida")
    assert Client().post(urls[1], {**answer, "name": "Imo"}).status_code == 302
    assert active(cast) == {"Ben", "Imo"}


def test_without_a_limit_and_in_another_tenant_everybody_has_a_place(cast: Cast) -> None:
    with platform_scope():
        assert places(cast.ridge.pk).left is None
        assert places(cast.harbor.pk).left == 0
        Plan.objects.filter(is_default=True).update(member_limit=5)
        assert places(cast.ridge.pk).left == 4


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_for_the_last_place_one_gets_it() -> None:
    cast = make_cast()
    has_plan(cast.harbor, members=2)
    with tenant_scope(cast.harbor.pk):
        asked = [
            invite(
                tenant=cast.harbor,
                email=f"{name}@x.example",
                name=name,
                role=Role.MEMBER,
                member=None,
                actor=cast.ana,
                at=timezone.now(),
            )[0]
            for name in ("ida", "imo")
        ]

    def accepts(row: Invite) -> Any:
        answer = Answer(name=row.name, password=GOOD, number=None, boxes={}, visit=None)  # type: ignore[arg-type]
        with tenant_scope(cast.harbor.pk):
            done = accept_invite(row, answer=answer, at=timezone.now())
            if row is asked[0]:
                first.halt()
            return done

    first = Actor("first", lambda: accepts(asked[0]))
    second = Actor("second", lambda: accepts(asked[1]))
    for actor in (first, second):
        actor.start()
    first.step()  # is in, and has not committed
    second.step()  # waits for the place
    assert second.waits_for_a_lock()
    first.step()
    first.finish()
    second.finish()
    assert not isinstance(first.result, Refused)
    assert second.result == Refused(Refusal.NO_PLACE)
    assert active(cast) == {"Ben", "ida"}
