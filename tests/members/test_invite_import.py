"""The import of invites: a preview that writes nothing, rows named with their remedy, and no consent for anybody."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from members.admin.invite_import import BATCH
from members.models import ConsentEvent, Invite, Member, Phone
from members.operations import invite
from tenants.models import AuditDetail, AuditEntry, Role
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member
from tests.members.stories import stops, ticks
from tests.members.web import signed_in

URL = "/admin/members/invite/import/"
NUMBER = "+12065550148"
OUT = "+12065550149"


def uploaded(client: Client, text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    response = client.post(URL, {"file": SimpleUploadedFile("people.csv", data)})
    assert response.status_code == 200
    return response.content.decode()


def sent(client: Client, text: str, **more: Any) -> Any:
    return client.post(URL, {"text": text, "days": "7", "send": "1", **more})


def invites(cast: Cast) -> list[Invite]:
    with tenant_scope(cast.harbor.pk):
        return list(Invite.objects.order_by("id").select_related("member"))


def nothing_granted() -> bool:
    with platform_scope():
        return not ConsentEvent.objects.filter(act="grant").exists()


@pytest.fixture
def people(cast: Cast) -> None:
    """Ben has a login, Ida is in the list without one, Olga has left, and Peer has an open invite."""
    with tenant_scope(cast.harbor.pk):
        cast.ben.user = cast.vic
        cast.ben.save()
        add_member(cast.harbor, name="Ida")
        olga = add_member(cast.harbor, name="Olga")
        olga.is_active = False
        olga.save()
        invite(
            tenant=cast.harbor,
            email="peer@harbor.example",
            name="Peer",
            role=Role.MEMBER,
            member=None,
            actor=cast.ana,
            at=timezone.now(),
        )


def test_the_preview_names_line_field_and_remedy_and_writes_nothing(ana: Client, cast: Cast, people: None) -> None:
    before = len(invites(cast))
    html = uploaded(
        ana,
        "email,name,role,phone\n"
        "nora@harbor.example,Nora,viewer,+12065550148\n"
        "nora@HARBOR.example,Nora again,,\n"
        "not-an-address,Nic,,\n"
        ",Nameless,,\n"
        "x1@harbor.example,,,\n"
        "x2@harbor.example,=HYPERLINK(1),,\n"
        "x3@harbor.example,Xen,owner,\n"
        "x4@harbor.example,Xia,,(206) 555-0148\n"
        "x5@harbor.example,Xu,,1.20656E+10\n"
        "vic@harbor.example,Ben,,\n"
        "IDA@harbor.example,Ida,,\n"
        "olga@harbor.example,Olga,,\n"
        "peer@harbor.example,Peer,,\n"
        "x6@harbor.example,<script>alert(1)</script>,,\n"
        'x7@harbor.example,"Two\nlines",,\n',
    )
    assert "3 of 15 rows can be invited" in html
    for words in (
        "The same address stands on line 2.",
        "It is not an e-mail address.",
        "Enter the address that the invite goes to.",
        "Enter the person&#x27;s name.",
        "spreadsheets run as a formula",
        "“owner” is no role. Write member, viewer or admin",
        "It contains parentheses.",
        f'value="9:{NUMBER}"',
        "The spreadsheet has shortened it",
        "Ben is a team member with a login already.",
        "In the list of team members already, as Ida",
        "has left",
        "They have an open invite",
        "&lt;script&gt;",
        "It holds a line break",
    ):
        assert words in html, words
    assert "<script>alert" not in html
    assert len(invites(cast)) == before
    assert mail.outbox == []


def test_what_is_right_is_sent_once_and_audited(
    ana: Client, cast: Cast, people: None, django_capture_on_commit_callbacks: Any
) -> None:
    text = f"email;name;role;phone\nnora@harbor.example;Nora;viewer;{NUMBER}\nida@harbor.example;Ida;;\nbad;Bad;;\n"
    with django_capture_on_commit_callbacks(execute=True):
        html = sent(ana, text, days="3").content.decode()
    assert "2 invites are on their way" in html
    assert "1 row stayed out" in html
    (nora, ida) = invites(cast)[1:]
    assert (nora.email, nora.role, nora.member and nora.member.name) == ("nora@harbor.example", "viewer", "Nora")
    assert nora.expires_at - nora.created_at == timedelta(days=3)
    assert ida.member is not None
    assert ida.member.name == "Ida"
    assert [letter.to for letter in mail.outbox] == [["nora@harbor.example"], ["ida@harbor.example"]]
    assert "for 3 days" in mail.outbox[0].body
    with tenant_scope(cast.harbor.pk):
        assert all(row.sent_at for row in Invite.objects.filter(pk__in=[nora.pk, ida.pk]))
        phone = Phone.objects.get(member=nora.member)
        assert (phone.number, phone.origin, phone.proved_at) == (NUMBER, "import", None)
        entry = AuditEntry.objects.get(code="invite.imported")
        about = AuditDetail.objects.get(entry=entry).data
        assert (about["rows"], about["kept_out"], entry.actor_id) == (3, 1, cast.ana.pk)
        told = AuditDetail.objects.filter(entry__code="invite.sent", data__import=about["import"])
        assert told.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        again = sent(ana, text).content.decode()
    assert "0 invites are on their way" in again
    assert len(invites(cast)) == 3
    assert len(mail.outbox) == 2
    assert nothing_granted()


def test_a_corrected_number_counts_only_once_it_is_taken(ana: Client, cast: Cast) -> None:
    text = "email,name,phone\nnora@harbor.example,Nora,(206) 555-0148\n"
    sent(ana, text)
    assert invites(cast) == []
    html = ana.post(URL, {"text": text, "use": [f"2:{NUMBER}"], "check": "1"}).content.decode()
    assert "1 of 1 row can be invited" in html
    assert f'<input type="hidden" name="use" value="2:{NUMBER}">' in html
    sent(ana, text, use=["2:+12065550143"])  # not the number that was offered
    assert invites(cast) == []
    sent(ana, text, use=[f"2:{NUMBER}"])
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.get(number=NUMBER).origin == "import"


@pytest.mark.case("R1")
@pytest.mark.parametrize("title", ["consent", "sms_opt_in", "SMS", "voice consent", "opted in"])
def test_no_import_consents_for_anybody_and_a_claim_for_an_opted_out_member_is_written_down(
    ana: Client, cast: Cast, ben_user: object, title: str
) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=timezone.now() - timedelta(hours=2))
    stops(at=timezone.now() - timedelta(hours=1))
    with platform_scope():
        before = ConsentEvent.objects.count()
    text = f"email,name,phone,{title}\nnora@harbor.example,Nora,{OUT},yes\nben@harbor.example,Ben,,yes\n"
    html = uploaded(ana, text)
    assert "An import gives nobody&#x27;s consent." in html.replace("nobody's", "nobody&#x27;s")
    assert f"“{title}” is not read" in html
    assert "Refused, and written into the audit log:" in html
    assert "They text START, agree on their own page, or you record their later consent" in html
    sent(ana, text)
    with platform_scope():
        assert ConsentEvent.objects.count() == before
        entry = AuditEntry.objects.get(code="consent.flip_refused")
    assert (entry.subject_id, entry.actor_id) == (cast.ben.public_id, cast.ana.pk)
    with tenant_scope(cast.harbor.pk):
        assert Member.objects.get(name="Nora").phones.get().number == OUT


def test_a_long_file_goes_out_step_by_step_and_is_carried_on_where_it_broke_off(
    ana: Client, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    people = 2 * BATCH + 3
    text = "email,name\n" + "".join(f"p{n}@harbor.example,Person {n}\n" for n in range(people)) + "bad,Bad\n"
    with django_capture_on_commit_callbacks(execute=True):
        html = sent(ana, text).content.decode()
    assert f"{BATCH} of {people} invites are on their way" in html
    assert len(mail.outbox) == BATCH
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    assert hidden["kept_out"] == str(people + 2)
    for _ in range(2):
        hidden.pop("csrfmiddlewaretoken", None)
        with django_capture_on_commit_callbacks(execute=True):
            html = ana.post(URL, {"text": text, **hidden}).content.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)) or hidden
    assert f"{people} invites are on their way. 1 row stayed out" in html
    assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == people
    with tenant_scope(cast.harbor.pk):
        assert AuditEntry.objects.filter(code="invite.imported").count() == 1


def test_a_thousand_rows_are_judged_with_the_same_queries_as_ten(
    ana: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    text = "email,name,phone\n" + "".join(f"p{n}@harbor.example,P {n},+1206555{n:04d}\n" for n in range(1000))
    with django_assert_max_num_queries(27):
        html = uploaded(ana, text)
    assert "of 1000 rows can be invited" in html


def test_the_other_tenants_people_are_nobody_here(ana: Client, cast: Cast) -> None:
    with tenant_scope(cast.ridge.pk):
        add_member(cast.ridge, name="Rolf")
    html = uploaded(ana, "email,name\nrolf@ridge.example,Rolf\ncleo@ridge.example,Cleo\n")
    assert "2 of 2 rows can be invited" in html


@pytest.mark.parametrize("who", ["vic", "sam", "pat", "cleo"])
def test_only_those_who_may_invite_here_import_here(cast: Cast, who: str) -> None:
    client = signed_in(getattr(cast, who))
    answer = sent(client, "email,name\nnora@harbor.example,Nora\n")
    assert answer.status_code == (302 if who == "cleo" else 404)
    assert invites(cast) == []
    if who == "cleo":
        with tenant_scope(cast.ridge.pk):
            assert Invite.objects.get().tenant_id == cast.ridge.pk


@pytest.mark.parametrize("days", ["0", "31", "x", ""])
def test_the_days_are_one_to_thirty(ana: Client, cast: Cast, days: str) -> None:
    text = "email,name\nnora@harbor.example,Nora\n"
    assert sent(ana, text, days=days).status_code == 200
    assert invites(cast) == []
    data = {"email": "nora@harbor.example", "name": "Nora", "role": "member", "member": "", "days": days}
    assert ana.post("/admin/members/invite/add/", data).status_code == 200
    assert invites(cast) == []
    assert sent(ana, text, days="30").status_code == 302
    row = invites(cast)[0]
    assert row.expires_at - row.created_at == timedelta(days=30)
    resend = f"/admin/members/invite/{row.pk}/do/resend/"
    if days:
        assert "days" in ana.post(resend, {"days": days}).content.decode()
        assert invites(cast)[0].token_digest == row.token_digest
    ana.post(resend, {"days": "1"})
    assert invites(cast)[0].expires_at < timezone.now() + timedelta(days=1, minutes=1)
