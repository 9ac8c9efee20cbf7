"""The pages of team members: what they show of consent, how they treat numbers, and what nobody can set there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.consent.standing import StandingState
from members.models import Capability, ConsentEvent, Member, Phone, Suppression
from members.queries import standing_of
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast
from tests.members.stories import NOW, leaves_unticked, stops, ticks
from tests.members.web import signed_in

Ledger = Callable[[], list[ConsentEvent]]
LIST = "/admin/members/member/"


def page_of(member: Member) -> str:
    return f"{LIST}{member.pk}/change/"


def form_of(member: Member, *phones: dict[str, Any], **changes: str) -> dict[str, str]:
    """What the browser posts for the member's page with these phones."""
    with platform_scope():
        stored = list(member.phones.order_by("id"))
    data = {
        "name": member.name,
        "email": member.email,
        "time_zone": "",
        "is_active": "on",
        "phones-TOTAL_FORMS": str(max(len(phones), len(stored))),
        "phones-INITIAL_FORMS": str(len(stored)),
        "phones-MIN_NUM_FORMS": "0",
        "phones-MAX_NUM_FORMS": "1000",
    }
    for index, phone in enumerate(phones):
        row = {
            "member": str(member.pk),
            "line_type": "mobile",
            "sms_capability": "unknown",
            "voice_capability": "unknown",
        }
        if index < len(stored):
            row["id"] = str(stored[index].pk)
        data |= {f"phones-{index}-{name}": str(value) for name, value in (row | phone).items() if value != ""}
    return data | changes


BOTH = {"is_sms_primary": "on", "is_voice_primary": "on"}


def posted(client: Client, member: Member, *phones: dict[str, Any], **changes: str) -> str:
    response = client.post(page_of(member), form_of(member, *phones, **changes), follow=True)
    assert response.status_code == 200
    return response.content.decode()


def state_of(member: Member, *, tenant_id: int) -> StandingState | None:
    with tenant_scope(tenant_id):
        found = standing_of(member, channel="sms", at=timezone.now())
        return found.state if found else None


def test_the_page_tells_never_consented_from_opted_out_with_advice_for_each(ana: Client, cast: Cast) -> None:
    assert "Never consented" in ana.get(page_of(cast.ben)).content.decode()
    leaves_unticked(cast.ben, tenant=cast.harbor, at=NOW)
    declined = ana.get(page_of(cast.ben)).content.decode()
    assert "Never consented" in declined
    assert "left it unticked, so they get no SMS" in declined
    stops(at=NOW, tenant_id=cast.harbor.pk)
    opted_out = ana.get(page_of(cast.ben)).content.decode()
    assert "Opted out" in opted_out
    assert "they text START" in opted_out
    assert "by a text from the phone" in opted_out


def test_the_page_shows_a_grant_with_its_date_and_its_line(ana: Client, cast: Cast, ledger: Ledger) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    html = ana.get(page_of(cast.ben)).content.decode()
    assert "Opted in" in html
    assert "20 Nov 2026, 18:00 UTC" in html
    (given,) = (line for line in ledger() if line.act == "grant")
    assert given.public_id in html


def test_a_stop_heard_at_ridge_is_shown_at_harbor_by_its_date_alone(ana: Client, cast: Cast) -> None:
    event = stops(at=NOW, tenant_id=cast.ridge.pk)
    assert event is not None
    html = ana.get(page_of(cast.ben)).content.decode()
    assert "Opted out" in html
    assert "20 Nov 2026, 18:00 UTC" in html
    assert "another sender of this portal" in html
    assert "Ridge" not in html
    assert event.public_id not in html
    assert ana.get(f"/admin/members/consentevent/{event.pk}/change/").status_code == 404


@pytest.mark.parametrize("who", ["ana", "pat"])
def test_no_posted_field_grants_or_flips_consent(cast: Cast, ledger: Ledger, who: str) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stop = stops(at=NOW, tenant_id=cast.harbor.pk)
    assert stop is not None
    client = signed_in(getattr(cast, who))
    with tenant_scope(cast.harbor.pk):
        proved_at = Phone.objects.get().proved_at
    before = [(row.pk, row.act, row.effective_at) for row in ledger()]
    crafted = {
        "sms_consent": "opted_in",
        "consent": "grant",
        "sms_opt_in": "on",
        "consent_history": "grant",
        "phones-0-proved_at_0": "2026-11-20",
        "phones-0-proved_at": "2026-11-20 10:00",
        "phones-0-sms_consent": "on",
        "act": "restore",
        "reach": "platform",
    }
    html = posted(client, cast.ben, {"number": BEN_NUMBER, **BOTH}, name="Ben the second", **crafted)
    assert "Ben the second" in html
    ledger_url = "/admin/members/consentevent/"
    line = {"act": "grant", "channel": "sms", "reach": "tenant", "number": BEN_NUMBER, "member_id": str(cast.ben.pk)}
    for url in (f"{ledger_url}add/", f"{ledger_url}{stop.pk}/change/", f"{ledger_url}{stop.pk}/delete/"):
        assert client.post(url, {**line, "post": "yes"}).status_code in (403, 404)
    deleting = {"action": "delete_selected", "_selected_action": str(stop.pk), "post": "yes"}
    client.post(ledger_url, deleting)
    with tenant_scope(cast.harbor.pk):
        assert Member.objects.get(pk=cast.ben.pk).name == "Ben the second"
        assert Phone.objects.get().proved_at == proved_at
    assert [(row.pk, row.act, row.effective_at) for row in ledger()] == before
    assert state_of(cast.ben, tenant_id=cast.harbor.pk) is StandingState.OPTED_OUT
    with platform_scope():
        assert Suppression.objects.count() == 1


@pytest.mark.row(4, 48)
@pytest.mark.parametrize(
    ("written", "named", "not_named"),
    [
        ("(860) 555-8312", ["does not start with + and the country code", "parentheses", "spaces", "dashes"], []),
        ("8605558312", ["does not start with + and the country code", "has no country code"], ["dashes", "spaces"]),
        ("1-860-555-8312", ["dashes", "does not start with +"], ["has no country code"]),
    ],
)
def test_the_form_names_each_defect_offers_the_number_and_rewrites_nothing(
    ana: Client, cast: Cast, written: str, named: list[str], not_named: list[str]
) -> None:
    html = posted(ana, cast.ben, {"number": written, **BOTH})
    (errors,) = re.findall(r"It does not start.*?</div>", html, re.DOTALL)
    for words in named:
        assert words in errors
    for words in not_named:
        assert words not in errors
    assert 'data-value="+18605558312"' in errors
    assert f'value="{written}"' in html
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.get().number == BEN_NUMBER
    for right in ("+18605558312", "+447911123456"):
        posted(ana, cast.ben, {"number": right, **BOTH})
        with tenant_scope(cast.harbor.pk):
            assert Phone.objects.get().number == right


@pytest.mark.row(49)
@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("+1 8605558312", "It contains spaces"),
        ("+1-8605558312", "It contains dashes"),
        ("+1\u20138605558312", "It contains dashes"),
        ("+1\u00a08605558312", "characters that cannot be seen"),
        ("+1\u200b8605558312", "characters that cannot be seen"),
        ("+1(860)5558312", "It contains parentheses"),
        ("+1*8605558312", "characters that no phone number has"),
    ],
)
def test_spaces_dashes_special_and_unseen_characters_are_refused_and_named(
    ana: Client, cast: Cast, written: str, named: str
) -> None:
    assert named in posted(ana, cast.ben, {"number": written, **BOTH})
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.get().number == BEN_NUMBER
    posted(ana, cast.ben, {"number": "+18605558312", **BOTH})
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.get().number == "+18605558312"


def test_a_changed_number_starts_without_consent_and_forgets_what_was_learned(
    ana: Client, cast: Cast, ledger: Ledger
) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    with tenant_scope(cast.harbor.pk):
        Phone.objects.update(proved_at=NOW, sms_capability=Capability.YES)
    html = posted(ana, cast.ben, {"number": "+18605558312", "sms_capability": "yes", **BOTH})
    assert "Consent belongs to the number: +18605558312 has none" in html
    assert state_of(cast.ben, tenant_id=cast.harbor.pk) is StandingState.NONE
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get()
        assert (phone.proved_at, phone.sms_capability) == (None, "unknown")
        assert AuditEntry.objects.filter(code="object.changed", actor_id=cast.ana.pk).exists()
    posted(ana, cast.ben, {"number": BEN_NUMBER, **BOTH})
    assert state_of(cast.ben, tenant_id=cast.harbor.pk) is StandingState.STALE
    assert [line.act for line in ledger()] == ["prove", "grant", "stale"]


def test_two_phones_change_places_in_one_save(ana: Client, cast: Cast) -> None:
    second = "+18605558312"
    posted(ana, cast.ben, {"number": BEN_NUMBER, **BOTH}, {"number": second})
    posted(ana, cast.ben, {"number": BEN_NUMBER}, {"number": second, **BOTH})
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.get(is_sms_primary=True).number == second
        assert Phone.objects.get(is_voice_primary=True).number == second
    html = posted(ana, cast.ben, {"number": BEN_NUMBER, **BOTH}, {"number": second, **BOTH})
    assert "Choose one phone to which SMS goes." in html


def test_a_number_cannot_be_entered_twice_for_one_member(ana: Client, cast: Cast) -> None:
    html = posted(ana, cast.ben, {"number": BEN_NUMBER, **BOTH}, {"number": BEN_NUMBER})
    assert "Each number is entered once for a member." in html
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.count() == 1


def test_a_removed_phone_takes_its_consent_out_of_use(ana: Client, cast: Cast, ledger: Ledger) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    posted(ana, cast.ben, {"number": BEN_NUMBER, "DELETE": "on", **BOTH})
    with tenant_scope(cast.harbor.pk):
        assert not Phone.objects.exists()
    assert [line.act for line in ledger()] == ["prove", "grant", "stale"]


def test_pat_changes_a_member_from_the_view_of_all_tenants(cast: Cast) -> None:
    posted(signed_in(cast.pat), cast.ben, {"number": BEN_NUMBER, **BOTH}, {"number": "+18605558312"})
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.count() == 2


def test_a_new_member_with_a_phone_is_added_and_has_no_consent(ana: Client, cast: Cast) -> None:
    data = {
        "name": "Nora",
        "email": "",
        "time_zone": "",
        "is_active": "on",
        "phones-TOTAL_FORMS": "1",
        "phones-INITIAL_FORMS": "0",
        "phones-0-number": "+18605558312",
        "phones-0-line_type": "unknown",
        "phones-0-sms_capability": "unknown",
        "phones-0-voice_capability": "unknown",
    }
    html = ana.post(f"{LIST}add/", data, follow=True).content.decode()
    assert "has to agree" in html
    with tenant_scope(cast.harbor.pk):
        nora = Member.objects.get(name="Nora")
        assert nora.phones.get().number == "+18605558312"
    assert state_of(nora, tenant_id=cast.harbor.pk) is StandingState.NONE


def test_members_are_never_deleted(ana: Client, cast: Cast) -> None:
    assert ana.post(f"{LIST}{cast.ben.pk}/delete/", {"post": "yes"}).status_code in (403, 404)
    html = posted(ana, cast.ben, {"number": BEN_NUMBER, **BOTH}, is_active="")
    assert "Switched off" in html
    with tenant_scope(cast.harbor.pk):
        assert Member.objects.get(pk=cast.ben.pk).is_active is False


def test_cleo_and_a_viewer(cast: Cast) -> None:
    assert signed_in(cast.cleo).get(page_of(cast.ben)).status_code == 404
    viewer = signed_in(cast.vic)
    html = viewer.get(page_of(cast.ben)).content.decode()
    assert BEN_NUMBER in html
    assert viewer.post(page_of(cast.ben), form_of(cast.ben, {"number": BEN_NUMBER}, name="X")).status_code in (403, 404)
    with tenant_scope(cast.harbor.pk):
        assert Member.objects.get(pk=cast.ben.pk).name == "Ben"
