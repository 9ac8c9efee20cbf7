"""Groups, invites and the ledger in the admin: what Ana can do there, and what stays Harbor's."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from members.models import ConsentEvent, Group, GroupPlace, Invite
from members.operations import invite
from members.queries import members_of_group
from tenants.models import AuditEntry, Role
from tenants.scope import tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.members.stories import NOW, stops, ticks
from tests.members.web import signed_in

INVITES = "/admin/members/invite/"


def test_adding_an_invite_sends_it_and_audits_it_once(
    ana: Client, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        data = {"email": "nora@harbor.example", "name": "Nora", "role": "member", "member": "", "days": "7"}
        response = ana.post(f"{INVITES}add/", data, follow=True)
    assert response.status_code == 200
    assert mail.outbox[0].to == ["nora@harbor.example"]
    with tenant_scope(cast.harbor.pk):
        row = Invite.objects.get()
        assert (row.name, row.invited_by_id) == ("Nora", cast.ana.pk)
        entries = AuditEntry.objects.filter(subject_id=row.public_id)
        assert [entry.code for entry in entries] == ["invite.sent"]
    assert "Pending" in ana.get(INVITES).content.decode()


def test_an_invite_cannot_name_a_member_of_another_tenant(ana: Client, cast: Cast) -> None:
    data = {
        "email": "x@harbor.example",
        "name": "X",
        "role": "member",
        "member": str(cast.ridge_member.pk),
        "days": "7",
    }
    html = ana.post(f"{INVITES}add/", data, follow=True).content.decode()
    assert "Select a valid choice" in html
    with tenant_scope(cast.harbor.pk):
        assert not Invite.objects.exists()


@pytest.fixture
def invited(cast: Cast) -> Invite:
    with tenant_scope(cast.harbor.pk):
        row, _ = invite(
            tenant=cast.harbor,
            email="nora@harbor.example",
            name="Nora",
            role=Role.MEMBER,
            member=None,
            actor=cast.ana,
            at=timezone.now(),
        )
    return row


def test_sending_again_and_revoking_ask_first_and_act_on_post_alone(
    ana: Client, cast: Cast, invited: Invite, django_capture_on_commit_callbacks: Any
) -> None:
    resend, revoke = (f"{INVITES}{invited.pk}/do/{name}/" for name in ("resend", "revoke"))
    for url in (resend, revoke):
        assert "nora@harbor.example" in ana.get(url).content.decode()
    with tenant_scope(cast.harbor.pk):
        untouched = Invite.objects.get()
        assert (bytes(untouched.token_digest), untouched.revoked_at) == (bytes(invited.token_digest), None)
    with django_capture_on_commit_callbacks(execute=True):
        ana.post(resend)
    assert len(mail.outbox) == 1
    ana.post(revoke)
    with tenant_scope(cast.harbor.pk):
        row = Invite.objects.get()
        assert bytes(row.token_digest) != bytes(invited.token_digest)
        assert row.revoked_at is not None
    assert ana.get(revoke).status_code == 404
    assert "Revoked" in ana.get(f"{INVITES}{invited.pk}/change/").content.decode()


def test_cleo_and_a_viewer_cannot_touch_the_invite(cast: Cast, invited: Invite) -> None:
    cleo, viewer = signed_in(cast.cleo), signed_in(cast.vic)
    for url in (f"{INVITES}{invited.pk}/do/revoke/", f"{INVITES}{invited.pk}/do/resend/"):
        assert cleo.post(url).status_code == 404
        assert viewer.post(url).status_code == 404
    assert cleo.get(f"{INVITES}{invited.pk}/change/").status_code == 404
    assert viewer.get(f"{INVITES}{invited.pk}/change/").status_code == 200
    with tenant_scope(cast.harbor.pk):
        assert Invite.objects.get().revoked_at is None


def test_a_member_is_invited_from_their_page(ana: Client, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    url = f"/admin/members/member/{cast.ben.pk}/do/invite/"
    assert "ben@harbor.example" in ana.get(url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        ana.post(url)
    assert mail.outbox[0].to == ["ben@harbor.example"]
    with tenant_scope(cast.harbor.pk):
        assert Invite.objects.get().member_id == cast.ben.pk
        cast.ben.email = ""
        cast.ben.save()
    refused = ana.post(url)
    assert "no e-mail address" in refused.content.decode()
    assert len(mail.outbox) == 1


def places_of(group: Group, *rows: tuple[int, int]) -> dict[str, str]:
    data = {"name": group.name, "places-TOTAL_FORMS": str(len(rows)), "places-INITIAL_FORMS": "0"}
    for index, (position, member) in enumerate(rows):
        data |= {
            f"places-{index}-position": str(position),
            f"places-{index}-member": str(member),
            f"places-{index}-group": str(group.pk),
        }
    return data


def test_a_group_keeps_its_order(ana: Client, cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        group = Group.objects.create(tenant=cast.harbor, name="Crew")
        ida = add_member(cast.harbor, name="Ida")
    ana.post(f"/admin/members/group/{group.pk}/change/", places_of(group, (2, cast.ben.pk), (1, ida.pk)))
    with tenant_scope(cast.harbor.pk):
        assert [member.name for member in members_of_group([group.pk])[group.pk]] == ["Ida", "Ben"]
    assert "Crew" in ana.get("/admin/members/group/?q=cr").content.decode()


def test_a_second_group_of_a_name_is_refused_at_its_field_and_its_own_name_is_not(ana: Client, cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        night, crew = (Group.objects.create(tenant=cast.harbor, name=name) for name in ("Night", "Crew"))
    refusal = {"name": ["Another group has this name already. Choose another name."]}
    for page in ("/admin/members/group/add/", f"/admin/members/group/{crew.pk}/change/"):
        assert ana.post(page, places_of(night)).context["adminform"].form.errors == refusal
    assert ana.post(f"/admin/members/group/{night.pk}/change/", places_of(night)).status_code == 302


@pytest.mark.parametrize("who", ["ana", "pat"])
def test_a_group_takes_no_member_of_another_tenant(cast: Cast, who: str) -> None:
    with tenant_scope(cast.harbor.pk):
        group = Group.objects.create(tenant=cast.harbor, name="Crew")
    client = signed_in(getattr(cast, who))
    url = f"/admin/members/group/{group.pk}/change/"
    client.post(url, places_of(group, (1, cast.ridge_member.pk)))
    with tenant_scope(cast.harbor.pk):
        assert not GroupPlace.objects.exists()
    client.post(url, places_of(group, (1, cast.ben.pk)))
    with tenant_scope(cast.harbor.pk):
        assert GroupPlace.objects.get().member_id == cast.ben.pk


def test_the_ledger_shows_harbor_its_own_lines_alone(ana: Client, cast: Cast) -> None:
    given = ticks(cast.ben, tenant=cast.harbor, at=NOW)
    elsewhere = stops(at=NOW, tenant_id=cast.ridge.pk)
    assert isinstance(given, ConsentEvent)
    assert elsewhere is not None
    ledger = "/admin/members/consentevent/"
    html = ana.get(f"{ledger}?q=%2B{BEN_NUMBER[1:]}").content.decode()
    assert "Gave consent" in html
    assert "Opted out</span>" not in html
    line = ana.get(f"{ledger}{given.pk}/change/").content.decode()
    assert given.disclosure_text[:40] in line
    assert "192.0.2.7" in line
    support = signed_in(cast.sam).get(ledger).content.decode()
    assert "Opted out</span>" in support
