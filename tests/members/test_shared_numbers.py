"""Who shares a number is found from the member and by the number: here by name, elsewhere as a count."""

import pytest

from members.consent.ledger import append
from members.models import ConsentEvent, Member
from notifications.models import Notification, ProviderBlock
from tenants.models import User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.consenting import agree
from tests.members.shared_pages import field_of, words
from tests.members.stories import MINUTE, NOW, starts, stops, ticks
from tests.members.web import signed_in

NUMBERS = "/admin/members/phone/"
ROSA_NUMBER = "+12065550171"
NOBODYS_NUMBER = "+12065550172"
RIDGE_WORDS = ("Ridge", "Rolf", "Rosa", "SM-ridge")


@pytest.fixture
def sharing(cast: Cast) -> Cast:
    """Ben and Mo of Harbor share a number, and so do Rolf and Rita of Ridge; nobody has opted out."""
    with tenant_scope(cast.harbor.pk):
        mo = add_member(cast.harbor, name="Mo", number=BEN_NUMBER)
    with tenant_scope(cast.ridge.pk):
        rolf = add_member(cast.ridge, name="Rolf", number=BEN_NUMBER)
        add_member(cast.ridge, name="Roy", number=BEN_NUMBER)
        add_member(cast.ridge, name="Rosa", number=ROSA_NUMBER)
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    agree(mo, tenant=cast.harbor, at=NOW)
    agree(rolf, tenant=cast.ridge, at=NOW)
    return cast


def asked(user: User, number: str) -> str:
    response = signed_in(user).get(NUMBERS, {"q": number})
    assert response.status_code == 200
    page = response.content.decode()
    return words(page[page.index("An opt-out is by number") :])


def member_named(name: str) -> Member:
    with platform_scope():
        return Member.objects.get(name=name)


@pytest.mark.row(98)
def test_a_shared_number_is_found_from_the_member(sharing: Cast) -> None:
    said = field_of(sharing.ana, sharing.ben)
    assert f"{BEN_NUMBER} is also used by Mo (opted in" in said
    assert "and by 2 people in other organisations" in said
    assert "Ben (" not in said
    assert [word for word in RIDGE_WORDS if word in said] == []
    alone = field_of(sharing.cleo, member_named("Rosa"))
    assert "Nobody else has a number of theirs." in alone


@pytest.mark.row(98)
def test_a_shared_number_is_found_by_a_search_for_it(sharing: Cast) -> None:
    said = asked(sharing.ana, BEN_NUMBER)
    assert "Ben" in said
    assert "Mo" in said
    assert said.count("Opted in") == 2
    assert "Also used by 2 people in other organisations." in said
    assert [word for word in RIDGE_WORDS if word in said] == []
    assert "No opt-out that counts everywhere stands" in said


def test_who_shares_a_number_with_somebody_who_opted_out_is_shown_as_opted_out_too(sharing: Cast) -> None:
    assert stops(at=NOW + MINUTE, message="SM-ridge", tenant_id=sharing.ridge.pk)
    said = asked(sharing.ana, BEN_NUMBER)
    assert said.count("Opted out") >= 3
    assert "Opted out everywhere since 20 Nov 2026, 18:01" in said
    assert "Also used by 2 people in other organisations, 2 of whom opted out." in said
    for name in ("Ben", "Mo"):
        field = field_of(sharing.ana, member_named(name))
        assert f"{'Mo' if name == 'Ben' else 'Ben'} (opted out since 20 Nov 2026, 18:01" in field
        assert "It is opted out for all of them since 20 Nov 2026, 18:01" in field
        assert [word for word in RIDGE_WORDS if word in field] == []
    assert starts(at=NOW + 2 * MINUTE)
    assert "No opt-out that counts everywhere stands" in asked(sharing.ana, BEN_NUMBER)


def test_who_withdrew_in_this_tenant_alone_is_told_by_name_and_the_other_is_not(sharing: Cast) -> None:
    with tenant_scope(sharing.harbor.pk):
        append(
            act=ConsentEvent.Act.REVOKE,
            channel=ConsentEvent.Channel.SMS,
            reach=ConsentEvent.Reach.TENANT,
            number=BEN_NUMBER,
            tenant_id=sharing.harbor.pk,
            member_id=sharing.ben.pk,
            actor_id=None,
            source="page",
            method="withdrawn on the page",
            effective_at=NOW + MINUTE,
            at=NOW + MINUTE,
            details={},
        )
    assert "No opt-out that counts everywhere stands" in asked(sharing.ana, BEN_NUMBER)
    assert "Also used by 2 people in other organisations." in asked(sharing.ana, BEN_NUMBER)
    # The withdrawal binds the number in Harbor, whoever of Harbor has it; Ridge learns how many, not who or where.
    ridge = asked(sharing.cleo, BEN_NUMBER)
    assert "Also used by 2 people in other organisations, 2 of whom opted out." in ridge
    assert "Ben" not in ridge
    assert "Harbor" not in ridge


def test_a_strangers_number_answers_as_one_that_nobody_has(sharing: Cast) -> None:
    stops(at=NOW, message="SM-rosa", tenant_id=sharing.ridge.pk, number=ROSA_NUMBER)
    with platform_scope():
        ProviderBlock.objects.create(
            provider="twilio",
            sender=sharing.sender,
            sender_address=sharing.sender.address,
            number=ROSA_NUMBER,
            since=NOW,
            source=ProviderBlock.Source.REFUSED,
        )
    stranger, nobody = (asked(sharing.ana, number).replace(number, "N") for number in (ROSA_NUMBER, NOBODYS_NUMBER))
    assert stranger == nobody
    assert "No team member here has N." in stranger
    assert "Rosa" in asked(sharing.cleo, ROSA_NUMBER)
    assert "Blocked" in asked(sharing.cleo, ROSA_NUMBER)


def test_support_sees_every_profile_with_its_organisation(sharing: Cast) -> None:
    said = asked(sharing.sam, BEN_NUMBER)
    for word in ("Ben Harbor", "Mo Harbor", "Rolf Ridge", "Roy Ridge"):
        assert word in said
    assert "other organisations" not in said


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("(206) 555-0142", ["It does not start with + and the country code.", "Search for +12065550142 instead"]),
        ("12065550142", ["It does not start with +", "Search for +12065550142 instead"]),
        ("+1 206 555 0142", ["Search for +12065550142 instead"]),
        ("Ben", ["It contains letters."]),
        ("+12065550142 x5", ["It has an extension"]),
        ("<script>alert(1)</script>", ["letters"]),
    ],
)
def test_each_defect_of_a_written_number_is_named_and_nothing_is_rewritten(
    sharing: Cast, written: str, says: list[str]
) -> None:
    said = asked(sharing.ana, written)
    for word in says:
        assert word in said
    assert "Who has it" not in said
    response = signed_in(sharing.ana).get(NUMBERS, {"q": written})
    assert "<script>alert" not in response.content.decode()


def test_a_phone_leads_to_the_page_about_its_number(sharing: Cast) -> None:
    with platform_scope():
        ben, rosa = (member_named(name).phones.get() for name in ("Ben", "Rosa"))
    ana = signed_in(sharing.ana)
    response = ana.get(f"{NUMBERS}{ben.pk}/change/")
    assert (response.status_code, response["Location"]) == (302, f"{NUMBERS}?q=%2B12065550142")
    assert ana.get(f"{NUMBERS}{rosa.pk}/change/").status_code == 404
    assert ana.post(f"{NUMBERS}{ben.pk}/change/", {}).status_code == 404


def test_nothing_is_sent_by_looking(sharing: Cast) -> None:
    with platform_scope():
        before = Notification.objects.count()
    assert "Ben" in asked(sharing.ana, BEN_NUMBER)
    with platform_scope():
        assert Notification.objects.count() == before
