"""Who tries to switch consent on beside the forms changes nothing, is put on record, and is told the lawful ways."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from imes.kernel.phone import mask
from members.consent.standing import StandingState
from members.models import ConsentEvent, Member, Suppression
from notifications.models import Notification
from tenants.models import AuditDetail, AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.consenting import agree, login_of
from tests.members.record_pages import MEMBERS, action, page, posted
from tests.members.recording_stories import state_of
from tests.members.stories import MINUTE, NOW, stops
from tests.members.test_member_admin import BOTH, form_of
from tests.members.web import signed_in

WAYS = ("texts START to", "agrees on their own page", "a second person approves")


@pytest.fixture
def out(cast: Cast) -> Cast:
    agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    stops(at=NOW - 30 * MINUTE, tenant_id=cast.harbor.pk)
    return cast


def attempts() -> list[tuple[int | None, list[str]]]:
    with platform_scope():
        entries = AuditEntry.objects.filter(code="consent.flip_refused").order_by("id")
        details = {detail.entry_id: detail.data for detail in AuditDetail.objects.all()}
        return [(entry.actor_id, details[entry.pk]["fields"]) for entry in entries]


def everything() -> list[tuple[int, str]]:
    with platform_scope():
        assert Suppression.objects.count() == 1
        return list(ConsentEvent.objects.order_by("id").values_list("pk", "act"))


FIELDS: dict[str, dict[str, str]] = {
    "a box": {"sms_consent": "on"},
    "a state": {"state": "opted_in"},
    "another box": {"sms_opt_in": "1"},
    "a line": {"act": "restore", "reach": "platform"},
    "a phone's box": {"phones-0-sms_consent": "on"},
    "a proof": {"phones-0-proved_at": "2026-11-20 10:00"},
    "a standing": {"standings-0-state": "opted_in"},
}


@pytest.mark.row(14)
@pytest.mark.case("R1", "R2")
@pytest.mark.parametrize("who", ["ana", "pat"])
@pytest.mark.parametrize("crafted", FIELDS)
def test_a_field_that_no_form_has_flips_nothing(out: Cast, who: str, crafted: str) -> None:
    before, user = everything(), getattr(out, who)
    client = signed_in(user)
    form = form_of(out.ben, {"number": BEN_NUMBER, **BOTH})
    html = posted(client, f"{MEMBERS}{out.ben.pk}/change/", {**form, **FIELDS[crafted]})
    assert "The consent of Ben was not changed." in html
    for way in WAYS:
        assert way in html
    assert SENDER_NUMBER in html
    assert everything() == before
    assert attempts() == [(user.pk, sorted(FIELDS[crafted]))]
    assert state_of(out.ben) is StandingState.OPTED_OUT
    # The same form without it is saved, and nobody is accused.
    assert "was not changed" not in posted(client, f"{MEMBERS}{out.ben.pk}/change/", form | {"name": "Benjamin"})
    assert len(attempts()) == 1


@pytest.mark.case("R1", "R2")
@pytest.mark.parametrize("who", ["ana", "pat"])
@pytest.mark.parametrize(
    "sent",
    [
        {"action": "opt_in"},
        {"action": "make_consent"},
        {"action": "sms_on"},
        {"action": "", "form-0-sms_consent": "on", "_save": "Save"},
    ],
)
def test_no_bulk_action_flips_anybody(out: Cast, who: str, sent: dict[str, str]) -> None:
    before, user = everything(), getattr(out, who)
    html = posted(signed_in(user), MEMBERS, {"_selected_action": str(out.ben.pk), **sent})
    assert "The consent of Ben was not changed." in html
    assert everything() == before
    assert [actor for actor, _ in attempts()] == [user.pk]


def test_a_new_member_cannot_be_given_a_consent(ana: Client, out: Cast) -> None:
    form = {
        "name": "Nora",
        "email": "",
        "time_zone": "",
        "is_active": "on",
        "phones-TOTAL_FORMS": "0",
        "phones-INITIAL_FORMS": "0",
    }
    html = posted(ana, f"{MEMBERS}add/", {**form, "sms_consent": "on"})
    assert "a new member agrees themselves" in html
    with tenant_scope(out.harbor.pk):
        nora = Member.objects.get(name="Nora")
    assert state_of(nora) is None
    assert [fields for _, fields in attempts()] == [["sms_consent"]]


def test_strangers_and_viewers_get_404_and_change_nothing(out: Cast) -> None:
    before = everything()
    for user in (out.cleo, out.vic, out.sam):
        answer = signed_in(user).post(f"{MEMBERS}{out.ben.pk}/change/", {"sms_consent": "on"})
        assert answer.status_code == 404
    assert everything() == before


@pytest.mark.case("R16")
def test_nobody_who_opted_out_is_asked_by_text_and_an_email_is_offered(
    ana: Client, out: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with tenant_scope(out.harbor.pk):
        login = login_of(out.ben)
    html = page(ana, f"{MEMBERS}{out.ben.pk}/change/")
    assert "Ask by e-mail" in html
    assert "asking by SMS is not allowed" in html
    with django_capture_on_commit_callbacks(execute=True):
        assert f"The e-mail goes out to {login.email} now." in posted(ana, action(out.ben, "ask-by-email"))
    (letter,) = mail.outbox
    assert letter.to == [login.email]
    assert f"/me/{out.harbor.public_id}/" in letter.body
    assert f"text START to {SENDER_NUMBER}" in letter.body
    assert "Wait a week" in page(ana, action(out.ben, "ask-by-email"))
    # Whatever is offered on the page is done: nothing of it is a text or a call to them.
    for offered in ("invite", "ask-by-email", "record-consent", "record-opt-out"):
        ana.post(action(out.ben, offered))
    for crafted in ("ask-by-sms", "text", "send", "opt-in"):
        assert ana.post(action(out.ben, crafted), follow=True).status_code == 404
    with platform_scope():
        assert not Notification.objects.exists()
    assert state_of(out.ben) is StandingState.OPTED_OUT


def test_who_has_no_login_is_invited_instead(ana: Client, cast: Cast) -> None:
    stops(at=NOW)
    html = page(ana, f"{MEMBERS}{cast.ben.pk}/change/")
    assert "Ask by e-mail" not in html
    assert f"{MEMBERS}{cast.ben.pk}/do/invite/" in html


def test_the_record_of_an_attempt_names_no_number(ana: Client, out: Cast) -> None:
    form = form_of(out.ben, {"number": BEN_NUMBER, **BOTH})
    posted(ana, f"{MEMBERS}{out.ben.pk}/change/", {**form, "sms_consent": BEN_NUMBER})
    with platform_scope():
        entry = AuditEntry.objects.get(code="consent.flip_refused")
        assert BEN_NUMBER not in str(AuditDetail.objects.get(entry=entry).data)
    assert mask(BEN_NUMBER) != BEN_NUMBER


# Support's one writing act


@pytest.mark.case("O16")
def test_support_records_an_opt_out_that_a_person_wrote_and_it_counts_everywhere(out: Cast) -> None:
    with tenant_scope(out.harbor.pk):
        login_of(out.ben)
    sam = signed_in(out.sam)
    url = action(out.ben, "record-opt-out")
    html = page(sam, url)
    assert 'name="reach"' not in html
    told = {"number": BEN_NUMBER, "heard_by": "e-mail", "heard_at": "2026-01-05T09:00:00", "words": "Stop texting me."}
    assert "in their own words" in posted(sam, url, {**told, "words": " "})
    assert "lies in the future" in posted(sam, url, {**told, "heard_at": "2126-01-05T09:00:00"})
    said = posted(sam, url, {**told, "reach": "tenant", "channel": "voice"})
    assert f"Recorded: {BEN_NUMBER} is opted out in every organisation, since 5 Jan 2026, 09:00 UTC." in said
    assert "business days after it was received: 1 is our limit, 10 the law" in said
    with platform_scope():
        line = ConsentEvent.objects.filter(act="revoke", source="support").get()
    assert (line.reach, line.channel, line.actor_id) == ("platform", "any", out.sam.pk)
    for writing in ("record-consent", "invite", "ask-by-email"):
        assert sam.post(action(out.ben, writing)).status_code == 404
    assert sam.post(f"{MEMBERS}{out.ben.pk}/change/", {"name": "X"}).status_code == 404


def test_an_admin_records_one_for_their_tenant_alone(cast: Cast) -> None:
    agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    told = {
        "number": BEN_NUMBER,
        "channel": "sms",
        "heard_by": "phone call",
        "heard_at": "2026-11-20T18:00:00",
        "words": "He said: no more texts.",
        "reach": "platform",
    }
    for nobody in (cast.vic, cast.cleo):
        assert signed_in(nobody).post(action(cast.ben, "record-opt-out"), told).status_code == 404
    said = posted(signed_in(cast.ana), action(cast.ben, "record-opt-out"), {**told, "heard_at": "2026-01-02T18:00:00"})
    assert "is opted out in this tenant" in said
    with platform_scope():
        line = ConsentEvent.objects.get(act="revoke")
        assert not Suppression.objects.exists()
    assert (line.reach, line.channel, line.source, line.tenant_id) == ("tenant", "sms", "admin", cast.harbor.pk)
