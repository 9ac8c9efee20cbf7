"""The line of a number on people's pages: entered through one audited door, and never put back by an old page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.lines import LineWord
from members.models import Member, Phone
from members.operations.lines import learn_line
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.cast import BEN_NUMBER, Cast
from tests.members.invited import Page, text
from tests.members.test_member_admin import BOTH, form_of, page_of, posted
from tests.members.web import signed_in


def learned(kind: str, *, source: str = "lookup", sms: str = "unknown", said: str = "") -> None:
    at = timezone.now()
    word = LineWord(kind, sms, source, said or kind, at)  # type: ignore[arg-type]
    assert learn_line(word, number=BEN_NUMBER, at=at) == 1


def bens(cast: Cast) -> Phone:
    with tenant_scope(cast.harbor.pk):
        return Phone.objects.get(member=cast.ben)


def corrections(cast: Cast) -> list[dict[str, Any]]:
    with tenant_scope(cast.harbor.pk):
        rows = AuditEntry.objects.filter(code="phone.line_corrected").select_related("detail").order_by("id")
        return [row.detail.data for row in rows]


def as_shown(client: Client, member: Member) -> dict[str, str]:
    """What a browser posts of the page that it was shown, with what the page remembers."""
    fields = re.findall(
        r'name="(initial-phones-0-[a-z_]+)"[^>]*value="([^"]*)"', client.get(page_of(member)).content.decode()
    )
    assert {name.removeprefix("initial-phones-0-") for name, _ in fields} == {
        "line_type", "sms_capability", "voice_capability",
    }  # fmt: skip
    return dict(fields)


def test_a_type_entered_on_the_members_page_is_dated_and_audited_and_another_change_is_not(
    ana: Client, cast: Cast
) -> None:
    before = timezone.now()
    posted(ana, cast.ben, {"number": BEN_NUMBER, "line_type": "landline", **BOTH})
    phone = bens(cast)
    assert (phone.line_type, phone.line_type_origin) == ("landline", "admin")
    assert phone.line_type_at is not None
    assert phone.line_type_at >= before
    (entry,) = corrections(cast)
    assert (entry["before"]["line_type"], entry["after"]["line_type"]) == ("mobile", "landline")
    posted(ana, cast.ben, {"number": BEN_NUMBER, "line_type": "landline", "label": "desk", **BOTH})
    assert (bens(cast).label, bens(cast).line_type_at, len(corrections(cast))) == ("desk", phone.line_type_at, 1)


def test_a_number_that_replaces_another_keeps_only_what_was_entered_with_it(ana: Client, cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        Phone.objects.update(line_type="unknown")
    learned("landline")
    posted(ana, cast.ben, {"number": "+18605558312", "line_type": "mobile", **BOTH})
    phone = bens(cast)
    assert (phone.line_type, phone.line_type_origin, phone.line_type_said) == ("mobile", "admin", "")
    assert phone.looked_up_at is None
    assert corrections(cast)[0]["before"]["line_type"] == "landline"
    posted(ana, cast.ben, {"number": BEN_NUMBER, "line_type": "mobile", **BOTH})
    assert (bens(cast).line_type, bens(cast).line_type_at) == ("unknown", None)


def test_a_page_that_was_open_meanwhile_does_not_put_back_what_was_learned(ana: Client, cast: Cast) -> None:
    shown = as_shown(ana, cast.ben)
    learned("landline", source="fault", sms="no", said="Twilio 30006")
    posted(ana, cast.ben, {"number": BEN_NUMBER, "line_type": "mobile", **BOTH}, name="Ben the second", **shown)
    phone = bens(cast)
    assert (phone.line_type, phone.sms_capability, phone.line_type_origin) == ("landline", "no", "fault")
    assert corrections(cast) == []
    with tenant_scope(cast.harbor.pk):
        assert Member.objects.get(pk=cast.ben.pk).name == "Ben the second"
    # Whoever sees what was learned, and says otherwise, is heard.
    shown = as_shown(ana, cast.ben)
    ana.post(page_of(cast.ben), form_of(cast.ben, {"number": BEN_NUMBER, "sms_capability": "yes", **BOTH}, **shown))
    assert (bens(cast).sms_capability, bens(cast).line_type_origin) == ("yes", "admin")


def test_a_number_says_who_has_it_as_what_and_a_viewer_may_only_read(ana: Client, cast: Cast) -> None:
    learned("landline", source="fault", sms="no", said="Twilio 30006")
    number = f"/admin/members/phone/{bens(cast).pk}/change/"
    for client in (ana, signed_in(cast.vic)):
        shown = client.get(number, follow=True).content.decode()
        assert "from Twilio 30006." in shown
        assert "A landline cannot get SMS" in shown
        assert "from Twilio 30006." in client.get(page_of(cast.ben)).content.decode()
    assert "Correct the line" in ana.get(number, follow=True).content.decode()
    assert "Look up the line" in ana.get(number, follow=True).content.decode()
    assert "Correct the line" not in signed_in(cast.vic).get(number, follow=True).content.decode()
    assert signed_in(cast.cleo).get(number).status_code == 404


@pytest.mark.case("I13")
def test_a_number_looked_up_as_a_landline_gets_no_texts_and_may_get_calls_and_voip_is_warned_of(
    client: Client, ana: Client, cast: Cast
) -> None:
    with tenant_scope(cast.harbor.pk):
        Phone.objects.update(line_type="unknown")
    learned("voip", said="nonFixedVoip")
    assert "some such services drop automated texts and calls" in ana.get(page_of(cast.ben)).content.decode()
    learned("landline")
    page = Page(client, cast, email="ben@harbor.example", name="Ben", member=cast.ben)
    refused = text(page.send(number=BEN_NUMBER, **page.ticks("sms", "voice")))
    assert "landlines cannot get text messages" in refused
    assert "calls can go to this number" in refused
    page.send(number=BEN_NUMBER, **page.ticks("voice"))
    assert page.state("voice") is not None
    assert page.state("voice").value == "pending"  # type: ignore[union-attr]
    assert page.state("sms").value == "declined"  # type: ignore[union-attr]


def test_an_old_answer_is_shown_with_its_own_date(ana: Client, cast: Cast) -> None:
    at = timezone.now() - timedelta(days=40)
    with tenant_scope(cast.harbor.pk):
        Phone.objects.update(
            line_type="mobile", line_type_origin="lookup", line_type_at=at, line_type_said="mobile", looked_up_at=at
        )
    assert f"Looked up on {at.day} {at:%b %Y}" in ana.get(page_of(cast.ben)).content.decode()
