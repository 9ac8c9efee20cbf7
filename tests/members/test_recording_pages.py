"""Recording and approving on the pages: what they ask, what they show to the second person, and who gets in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags

from members.consent.standing import StandingState
from members.models import ConsentRecord
from notifications.models import ProviderBlock
from tenants.models import AuditEntry, User
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.consenting import agree
from tests.members.record_pages import MEMBERS, RECORDS, action, decision, form, only_record, page, posted
from tests.members.recording_stories import PDF, lines, second_admin, state_of
from tests.members.stories import MINUTE, NOW, stops
from tests.members.web import signed_in


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """It is an hour after Ben acted."""
    with time_machine.travel(NOW + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def dora(cast: Cast) -> User:
    return second_admin(cast.harbor)


@pytest.fixture
def out(cast: Cast, dora: User) -> Cast:
    """Ben agreed once and texted STOP, half an hour before he signed the form."""
    agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    stops(at=NOW - 30 * MINUTE, tenant_id=cast.harbor.pk)
    return cast


@pytest.fixture
def waiting(ana: Client, out: Cast) -> ConsentRecord:
    assert "It counts once another person has approved it: Dora." in posted(
        ana, action(out.ben, "record-consent"), form()
    )
    return only_record()


@pytest.mark.row(13)
def test_consent_comes_back_by_permission_and_recorded_authorisation_alone(
    ana: Client, out: Cast, dora: User, waiting: ConsentRecord
) -> None:
    for nobody in (out.vic, out.cleo, out.sam):
        assert signed_in(nobody).get(action(out.ben, "record-consent")).status_code == 404
        assert signed_in(nobody).post(action(out.ben, "record-consent"), form()).status_code == 404
        assert signed_in(nobody).post(decision(waiting, "approve")).status_code == 404
    assert ana.post(decision(waiting, "approve")).status_code == 404, "who recorded it does not approve it"
    assert signed_in(out.pat).post(decision(waiting, "approve")).status_code == 404
    assert state_of(out.ben, at=NOW + timedelta(hours=2)) is StandingState.OPTED_OUT
    html = posted(signed_in(dora), decision(waiting, "approve"))
    assert "Recorded and approved." in html
    assert state_of(out.ben, at=NOW + timedelta(hours=2)) is StandingState.OPTED_IN
    recorded = lines()[-1]
    assert (recorded.actor_id, recorded.evidence_ref) == (dora.pk, waiting.public_id)
    with platform_scope():
        codes = [entry.code for entry in AuditEntry.objects.filter(subject_id=waiting.public_id).order_by("id")]
    assert codes == ["consent.recorded", "consent.approved"]


def test_the_second_person_sees_all_that_it_rests_on(out: Cast, dora: User, waiting: ConsentRecord) -> None:
    text = " ".join(strip_tags(page(signed_in(dora), decision(waiting, "approve"))).split())
    for shown in (
        "Ben signed the form at the gate; I was there.",
        "I agree to receive recurring automated text messages",
        "20 Nov 2026, 18:00 UTC",  # when he acted
        "20 Nov 2026, 17:30 UTC",  # when he opted out
        "20 Nov 2026, 17:00 UTC",  # when he first agreed
        "Signed paper form",
        "Download ben.pdf",
        "What will follow",
        "one opt-in confirmation goes out by SMS",
    ):
        assert shown in text, shown
    assert state_of(out.ben, at=NOW + timedelta(hours=2)) is StandingState.OPTED_OUT


@pytest.mark.case("R3", "R7")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"acted_at": "2026-11-20T17:29:00"}, "onsent must be later than 20 Nov 2026, 17:30:00 UTC"),
        ({"acted_at": "2026-11-20T17:30:00"}, "onsent must be later than 20 Nov 2026, 17:30:00 UTC"),
        ({"acted_at": "2026-11-20T19:30:00"}, "lies in the future"),
        ({"acted_at": ""}, "Say when they agreed"),
        ({"document": None}, "Add the document"),
        ({"document": SimpleUploadedFile("a.pdf", b"MZ\x90\x00")}, "none of the kinds that are taken"),
        ({"document": SimpleUploadedFile("a.pdf", PDF + b"x" * 5 * 1024 * 1024)}, "at most 5 MB"),
        ({"document": None, "url": "http://forms.example/1"}, "beginning with https://"),
        ({"statement": " \u00a0\n"}, "An empty statement proves nothing"),
        ({"wording": "sms-1999"}, "Select a valid choice"),
        ({"wording": "other"}, "Name the wording"),
        ({"wording": "other", "form_name": "Gate form"}, "Paste the form&#x27;s words"),
        ({"channels": ["sms", "voice"]}, "says nothing of voice calls"),
        ({"channels": []}, "Say what they agreed to"),
        ({"number": "+12065550199"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_kept(
    ana: Client, out: Cast, changes: dict[str, Any], said: str
) -> None:
    html = posted(ana, action(out.ben, "record-consent"), form(**changes))
    assert said in html
    assert "Nothing was recorded yet." in html
    with platform_scope():
        assert not ConsentRecord.objects.exists()
    assert "It counts once another person has approved it" in posted(ana, action(out.ben, "record-consent"), form())


def test_the_form_names_the_last_opt_out_before_anything_is_entered(ana: Client, out: Cast) -> None:
    html = page(ana, action(out.ben, "record-consent"))
    assert f"{BEN_NUMBER} opted out: 20 Nov 2026, 17:30 UTC" in html
    for box in re.findall(r"<input[^>]*type=\"checkbox\"[^>]*>", html):
        assert re.search(r"\schecked(?=[\s>=])", re.sub(r'class="[^"]*"', "", box)) is None


def test_the_document_is_a_download_for_those_who_judge_and_404_for_strangers(
    ana: Client, out: Cast, dora: User, waiting: ConsentRecord
) -> None:
    url = f"{RECORDS}{waiting.pk}/evidence/"
    for user in (out.ana, dora, out.sam, out.pat):
        answer = signed_in(user).get(url)
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer["Content-Disposition"] == 'attachment; filename="ben.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "application/pdf", "told by its content, not by what the browser said"
        assert "no-store" in answer["Cache-Control"]
    for user in (out.cleo, out.vic):
        assert signed_in(user).get(url).status_code == 404
    assert "/admin/login/" in Client().get(url)["Location"] or "/login" in Client().get(url)["Location"]


@pytest.mark.case("R9")
def test_after_the_approval_the_page_says_what_the_provider_still_blocks(
    out: Cast, dora: User, waiting: ConsentRecord
) -> None:
    with platform_scope():
        ProviderBlock.objects.create(
            provider="twilio",
            sender=out.sender,
            sender_address=SENDER_NUMBER,
            number=BEN_NUMBER,
            since=NOW - 30 * MINUTE,
            source="keyword",
        )
    client = signed_in(dora)
    before = page(client, decision(waiting, "approve"))
    assert "nothing goes to them by SMS, no confirmation either" in before
    still = f"Twilio still blocks texts from {SENDER_NUMBER} to {BEN_NUMBER}: ask them to text START to {SENDER_NUMBER}"
    said = posted(client, decision(waiting, "approve"))
    assert f"Recorded and approved. {still}" in said
    assert still in page(client, f"{RECORDS}{waiting.pk}/change/")
    assert still in page(client, f"{MEMBERS}{out.ben.pk}/change/")


def test_a_record_that_is_not_approved_says_why_and_a_withdrawn_one_stays(
    ana: Client, out: Cast, dora: User, waiting: ConsentRecord
) -> None:
    client = signed_in(dora)
    assert "Say why it is not approved" in posted(client, decision(waiting, "refuse"), {"note": " "})
    assert only_record().state == "pending"
    assert "Not approved." in posted(client, decision(waiting, "refuse"), {"note": "The signature is missing."})
    assert "The signature is missing." in page(ana, f"{RECORDS}{waiting.pk}/change/")
    assert client.post(decision(waiting, "approve")).status_code == 404
    assert ana.post(decision(waiting, "withdraw")).status_code == 404


def test_who_recorded_it_withdraws_it(ana: Client, out: Cast, dora: User, waiting: ConsentRecord) -> None:
    assert signed_in(dora).post(decision(waiting, "withdraw")).status_code == 404
    assert "Withdrawn. A new record can be made now." in posted(ana, decision(waiting, "withdraw"))
    assert only_record().state == "withdrawn"


def test_the_list_says_who_waits_for_whom_and_the_badge_counts_for_whom_it_waits(
    ana: Client, out: Cast, dora: User, waiting: ConsentRecord
) -> None:
    assert "Dora" in page(ana, RECORDS)
    badge = 'aria-label="1 waiting"'
    assert badge in page(signed_in(dora), RECORDS)
    for user in (out.ana, out.vic, out.pat, out.sam, out.cleo):
        assert badge not in page(signed_in(user), RECORDS)
    assert waiting.public_id not in page(signed_in(out.cleo), RECORDS)
    posted(signed_in(dora), decision(waiting, "approve"))
    assert badge not in page(signed_in(dora), RECORDS)


def test_where_there_is_a_single_admin_it_waits_for_the_platform(ana: Client, cast: Cast) -> None:
    assert "approved it: A platform admin." in posted(ana, action(cast.ben, "record-consent"), form())
    pat = signed_in(cast.pat)
    assert 'aria-label="1 waiting"' in page(pat, RECORDS)
    assert "Recorded and approved." in posted(pat, decision(only_record(), "approve"))
    assert state_of(cast.ben, at=NOW + timedelta(hours=2)) is StandingState.OPTED_IN
