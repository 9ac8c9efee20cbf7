"""Evidence of consent for one number: all of it for support and platform, and what a tenant may know for its people."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from imes.kernel.canonical import canonical
from members.consent.evidence import Request, evidence
from members.consent.evidence_file import verdict
from members.consent.signals import Report, tell
from members.models import ConsentDetail, ConsentEvent, Member
from notifications.models import ProviderBlock, Sender
from tenants.audit import Act
from tenants.chains import chains
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import platform_scope, tenant_scope
from tenants.seals import seal_settled
from tenants.signing import signing_keys, there_is_a_signing_key
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast, add_member
from tests.consenting import agree
from tests.members.stories import MINUTE, NOW, stops, ticks
from tests.members.web import signed_in

CHECKOUT = Path(__file__).resolve().parent.parent.parent
RIDGE_ONLY = ("Ridge", "Rolf", "SM-ridge")


@pytest.fixture
def story(cast: Cast) -> Cast:
    """Ben of Harbor and Rolf of Ridge share a number: both agreed, and STOP came in answer to Ridge."""
    with tenant_scope(cast.ridge.pk):
        rolf = add_member(cast.ridge, name="Rolf", number=BEN_NUMBER)
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    agree(rolf, tenant=cast.ridge, at=NOW + MINUTE)
    assert stops(at=NOW + 2 * MINUTE, message="SM-ridge", tenant_id=cast.ridge.pk)
    return cast


def read(cast: Cast, *, whose: Tenant | None, by: User | None = None, number: str = BEN_NUMBER) -> dict[str, Any]:
    asked = Request(
        number=number, whose=whose, by=by or cast.sam, at=timezone.now(), installation="https://imes.example"
    )
    found: dict[str, Any] = json.loads(canonical(evidence(asked)))
    return found


def acts(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line["tenant"]["name"], line["act"]) for line in record["lines"]]


def test_support_sees_every_line_word_for_word(story: Cast) -> None:
    record = read(story, whose=None)
    of_ridge = [("Ridge", "grant"), ("Ridge", "prove"), ("Ridge", "revoke")]
    assert sorted(acts(record)) == [("Harbor", "grant"), ("Harbor", "prove"), *of_ridge]
    grant = next(line for line in record["lines"] if line["act"] == "grant" and line["tenant"]["name"] == "Harbor")
    with platform_scope():
        event = ConsentEvent.objects.get(public_id=grant["id"])
    assert grant["wording"] == {
        "version": event.disclosure_version,
        "text": event.disclosure_text,
        "sha256": bytes(event.disclosure_digest or b"").hex(),
    }
    assert grant["effective_at"] == "2026-11-20T18:00:00.000000Z"
    assert grant["recorded_at"] == "2026-11-20T18:00:00.000000Z"
    assert grant["actor"]["email"].endswith("@people.example")
    assert grant["member"]["name"] == "Ben"
    assert grant["details"] == {"ip": "192.0.2.7", "user_agent": "a browser", "form": "a story"}
    assert (grant["method"], grant["source"]) == ("box ticked", "invite")
    proof = next(line for line in record["lines"] if line["act"] == "prove")
    assert proof["rests_on"]["what"] == "A code that proved the number"
    stop = record["lines"][-1]
    assert stop["provider"] == {"name": "twilio", "message_id": "SM-ridge", "sender": SENDER_NUMBER}
    assert stop["details"]["raw_text"] == "STOP"
    assert stop["actor"] is None
    assert record["suppression"]["since"] == stop["effective_at"]
    assert {(row["member"]["name"], row["state"]) for row in record["standing_now"] if row["channel"] == "SMS"} == {
        ("Ben", "opted_out"),
        ("Rolf", "opted_out"),
    }


@pytest.mark.case("I15")
def test_a_tenant_sees_of_another_the_fact_and_the_date_alone(story: Cast) -> None:
    record = read(story, whose=story.harbor, by=story.ana)
    assert sorted(acts(record)) == [("Harbor", "grant"), ("Harbor", "prove")]
    assert record["elsewhere"] == [{"what": "Opted out", "effective_at": "2026-11-20T18:02:00.000000Z"}]
    text = canonical(record).decode()
    assert [word for word in RIDGE_ONLY if word in text] == []
    with platform_scope():
        foreign = list(ConsentEvent.objects.filter(tenant_id=story.ridge.pk).values_list("public_id", flat=True))
    assert len(foreign) == 3
    assert [public_id for public_id in foreign if public_id in text] == []
    # The same question by the tenant that heard it: there it stands in full.
    own = canonical(read(story, whose=story.ridge, by=story.cleo)).decode()
    assert [word for word in RIDGE_ONLY if word not in own] == []
    assert "Harbor" not in own


@pytest.mark.case("I15")
def test_a_number_of_nobody_here_tells_a_tenant_nothing(story: Cast) -> None:
    with tenant_scope(story.ridge.pk):
        add_member(story.ridge, name="Rosa", number="+12065550171")
    stops(at=NOW, message="SM-rosa", tenant_id=story.ridge.pk, number="+12065550171")
    blank: dict[str, Any] = {
        "lines": [],
        "elsewhere": [],
        "standing_now": [],
        "suppression": None,
        "provider_blocks": [],
        "seals": [],
    }
    for number in ("+12065550171", "+12065550172"):
        record = read(story, whose=story.harbor, by=story.ana, number=number)
        assert {name: record[name] for name in blank} == blank
    assert read(story, whose=story.ridge, by=story.cleo, number="+12065550171")["lines"]


def test_a_block_of_another_tenants_sender_stays_with_it(story: Cast) -> None:
    with platform_scope():
        own = Sender.objects.create(tenant=story.ridge, account=story.sender.account, address="+12065550109")
        for sender in (own, story.sender):
            ProviderBlock.objects.create(
                provider="twilio",
                sender=sender,
                sender_address=sender.address,
                number=BEN_NUMBER,
                since=NOW,
                source=ProviderBlock.Source.REFUSED,
                code="21610",
            )
    senders = {
        whose: [block["sender"] for block in read(story, whose=whose)["provider_blocks"]]
        for whose in (None, story.harbor, story.ridge)
    }
    assert senders == {
        None: [SENDER_NUMBER, "+12065550109"],
        story.harbor: [SENDER_NUMBER],
        story.ridge: [SENDER_NUMBER, "+12065550109"],
    }


@pytest.mark.case("I15")
def test_a_providers_report_about_another_tenants_message_is_no_fact_for_a_tenant(story: Cast) -> None:
    with platform_scope():
        tell(
            [
                Report(
                    BEN_NUMBER, "sms", "twilio", "+12065550109", "refused 21610", NOW, "att_x", tenant_id=story.ridge.pk
                )
            ],
            at=NOW,
        )
    assert "signal" in [line["act"] for line in read(story, whose=None)["lines"]]
    record = read(story, whose=story.harbor)
    assert [fact["what"] for fact in record["elsewhere"]] == ["Opted out"]
    assert "+12065550109" not in canonical(record).decode()


def test_each_line_says_which_seal_covers_it(story: Cast) -> None:
    assert {line["sealed_by"] for line in read(story, whose=None)["lines"]} == {None}
    consent = next(chain for chain in chains() if chain.name == "consent")
    for _ in range(2):
        seal_settled(consent, at=NOW, most_lines=2)
    stops(at=NOW + 5 * MINUTE, message="SM-5", tenant_id=story.harbor.pk)
    record = read(story, whose=None)
    assert [line["sealed_by"] for line in sorted(record["lines"], key=lambda line: line["recorded_at"])].count(
        None
    ) == 1
    assert {line["seal"] for line in record["lines"] if line["sealed_by"]} == {"as it was sealed"}
    assert [seal["ordinal"] for seal in record["seals"]] == [1, 2, 3]
    harbor = read(story, whose=story.harbor)
    assert {seal["ordinal"] for seal in harbor["seals"]} == {line["sealed_by"] for line in harbor["lines"]} - {None}


def test_what_was_erased_is_said_to_be(story: Cast) -> None:
    with platform_scope():
        ConsentDetail.objects.filter(event__act="grant").update(data={}, salt=b"")
    found = {line["act"]: (line["details"], line["details_are"]) for line in read(story, whose=None)["lines"]}
    assert found["grant"] == ({}, "erased")
    assert found["revoke"][1] == "as it was written"


# The page and its files

Export = Callable[..., Any]


@pytest.fixture
def export(story: Cast) -> Export:
    def post(
        client: Client, *, member: Member | None = None, number: str = BEN_NUMBER, form: str = "json", **more: str
    ) -> Any:
        path = f"/admin/members/member/{(member or story.ben).pk}/do/export-evidence/"
        return client.post(path, {"number": number, "form": form, **more})

    return post


@pytest.mark.parametrize("form", ["json", "page", "print"])
def test_an_admin_takes_a_signed_file_away_and_that_is_audited(story: Cast, export: Export, form: str) -> None:
    response = export(signed_in(story.ana), form=form)
    assert response.status_code == 200
    ways = {"json": ("attachment", ".json"), "page": ("attachment", ".html"), "print": ("inline", ".html")}
    assert response["Content-Disposition"].startswith(ways[form][0])
    assert ways[form][1] in response["Content-Disposition"]
    found = verdict(response.content, keys=signing_keys().public)
    assert found.is_genuine
    assert found.record is not None
    assert found.record["prepared"]["by"]["email"] == story.ana.email
    assert [word for word in RIDGE_ONLY if word.encode() in response.content] == []
    with tenant_scope(story.harbor.pk):
        entry = AuditEntry.objects.select_related("detail").get(code=Act.EVIDENCE_EXPORTED)
    assert (entry.actor_id, entry.subject_id) == (story.ana.pk, story.ben.public_id)
    assert BEN_NUMBER not in str(entry.detail.data)


def test_support_takes_everything_or_the_tenants_copy(story: Cast, export: Export) -> None:
    sam = signed_in(story.sam)
    everything = json.loads(export(sam).content)["record"]
    assert len(everything["lines"]) == 5
    copy = json.loads(export(sam, **{"for": "tenant"}).content)["record"]
    assert len(copy["lines"]) == 2
    assert copy["prepared"]["for"]["name"] == "Harbor"
    # Nobody widens their own copy by leaving the field out, or by writing something else into it.
    assert len(json.loads(export(signed_in(story.ana), **{"for": "everything"}).content)["record"]["lines"]) == 2


@pytest.mark.case("I15")
def test_evidence_is_asked_for_a_members_own_numbers_alone(story: Cast, export: Export) -> None:
    ana, cleo = signed_in(story.ana), signed_in(story.cleo)
    assert export(ana).status_code == 200
    assert export(cleo).status_code == 404
    with tenant_scope(story.ridge.pk):
        add_member(story.ridge, name="Rosa", number="+12065550171")
    for number in ("+12065550171", "+12065550199", "", "'"):
        assert export(ana, number=number).status_code == 404
    assert export(ana, form="sql").status_code == 404


def test_looking_at_the_page_exports_nothing(story: Cast) -> None:
    page = signed_in(story.ana).get(f"/admin/members/member/{story.ben.pk}/do/export-evidence/")
    assert page.status_code == 200
    assert BEN_NUMBER in page.content.decode()
    with platform_scope():
        assert not AuditEntry.objects.filter(code=Act.EVIDENCE_EXPORTED).exists()


def test_the_page_shows_every_word_and_runs_nothing(story: Cast, export: Export) -> None:
    with tenant_scope(story.harbor.pk):
        story.ben.name = "Ben <script>alert(1)</script>"
        story.ben.save()
    response = export(signed_in(story.ana), form="page")
    text = response.content.decode()
    with platform_scope():
        grant = ConsentEvent.objects.get(act="grant", tenant_id=story.harbor.pk)
    assert escape(grant.disclosure_text) in text
    assert "<script>alert" not in text
    assert text.count("<script") == 1
    assert "default-src 'none'" in response["Content-Security-Policy"]


# The command, and the public key


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run verify_evidence where there is no database."""
    return subprocess.run(
        [sys.executable, "manage.py", "verify_evidence", *arguments],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere",
            "DATABASE_OWNER_URL": "",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_command_verifies_a_file_without_a_database(story: Cast, export: Export, tmp_path: Path) -> None:
    content = export(signed_in(story.ana)).content
    (tmp_path / "good.json").write_bytes(content)
    (tmp_path / "bad.json").write_bytes(content.replace(b'"act":"grant"', b'"act":"decline"'))
    (tmp_path / "key.pem").write_bytes(Client().get("/keys/evidence").content)
    key_id = signing_keys().public[0].key_id
    with_key = run(str(tmp_path / "good.json"), "--key", str(tmp_path / "key.pem"), EVIDENCE_SIGNING_KEY="")
    assert (with_key.returncode, f"VALID: it is exactly what key {key_id} signed." in with_key.stdout) == (0, True)
    assert BEN_NUMBER in with_key.stdout
    bad = run(str(tmp_path / "bad.json"), "--key", str(tmp_path / "key.pem"))
    assert (bad.returncode, "INVALID" in bad.stdout) == (1, True)
    strange = run(str(tmp_path / "good.json"), EVIDENCE_SIGNING_KEY="bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3IG5lIS4=")
    assert (strange.returncode, f"names key {key_id}" in strange.stdout) == (1, True)
    assert run(str(tmp_path / "missing.json")).returncode == 1


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json"])
def test_anybody_gets_the_public_key_and_nobody_the_secret_one(db: None, settings: Any, accept: str) -> None:
    response = Client().get("/keys/evidence", headers={"accept": accept})
    assert response.status_code == 200
    text = response.content.decode()
    key = signing_keys().public[0]
    assert (key.pem in text) or (key.pem.replace("\n", "\\n") in text) or (key.pem.replace("+", "&#43;") in text)
    assert settings.EVIDENCE_SIGNING_KEYS[0] not in text
    assert Client().post("/keys/evidence").status_code == 405


def test_an_installation_without_a_usable_key_is_told_how_to_make_one(db: None, settings: Any) -> None:
    assert there_is_a_signing_key() == []
    for keys, code in (([], "tenants.E003"), (["not a key"], "tenants.E002")):
        settings.EVIDENCE_SIGNING_KEYS = keys
        (found,) = there_is_a_signing_key()
        assert found.id == code
        assert "os.urandom(32)" in str(found.hint)
        assert "not a key" not in found.msg
