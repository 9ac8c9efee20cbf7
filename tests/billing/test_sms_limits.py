"""SMS Limits: one Save for all lines, by those who may, and nothing typed is lost or written over unseen."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.allowance import BLANK, UNLIMITED, Daily, Unreadable, of_word, read_daily
from billing.models import Allowance, AllowanceDay, Plan
from billing.months import month_at
from tenants.access import SESSION_KEY
from tenants.models import AuditDetail, AuditEntry, Membership, Role, Tenant, User
from tenants.scope import platform_scope
from tests.admin.parts import signed_in
from tests.billing.limits_page import PAGE, allowance_of, opened
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Dora administers Harbor beside Ana; nobody at Harbor has an allowance yet."""
    cast = make_cast()
    with platform_scope():
        Allowance.objects.filter(tenant=cast.harbor).delete()
    return cast


@pytest.fixture
def dora(cast: Cast) -> User:
    return login(cast.harbor, "dora", role=Role.ADMIN)


def login(tenant: Tenant, name: str, *, role: Role) -> User:
    with platform_scope():
        user = User.objects.create_user(f"{name}@{tenant.slug}.example", None, name=name.title())
        Membership.objects.create(tenant=tenant, user=user, role=role)
        return user


def number(daily: int) -> Daily:
    return Daily("number", daily)


def without_limits() -> None:
    """Put Harbor, which has the standard plan, on one without the module."""
    with platform_scope():
        Plan.objects.filter(is_default=True).update(has_sms_limits=False)


def set_to(tenant: Tenant, user: User, *, daily: int) -> None:
    with platform_scope():
        Allowance.objects.update_or_create(tenant=tenant, user=user, defaults={"kind": "number", "daily": daily})


@pytest.mark.parametrize(
    ("typed", "ticked", "meant"),
    [
        ("", False, BLANK),
        ("  ", False, BLANK),
        ("0", False, number(0)),
        (" 50 ", False, number(50)),
        ("1000000", False, number(1_000_000)),
        ("", True, UNLIMITED),
        ("50", True, "untick the box"),
        ("unlimited", False, "tick “Unlimited”"),
        ("-1", False, "not a whole number"),
        ("2.5", False, "not a whole number"),
        ("1,000", False, "not a whole number"),
        ("٥", False, "not a whole number"),
        ("1000001", False, "enter less"),
        ("9" * 400, False, "enter less"),
    ],
)
def test_what_is_typed_is_an_allowance_or_says_how_to_write_one(typed: str, ticked: bool, meant: Daily | str) -> None:
    found = read_daily(typed, unlimited=ticked)
    if isinstance(meant, str):
        assert isinstance(found, Unreadable)
        assert meant in found.says
    else:
        assert found == meant == of_word(meant.word)


def test_one_save_sets_every_line_and_each_is_audited_with_what_it_was(cast: Cast, dora: User) -> None:
    harbor, today = cast.harbor, month_at(timezone.now(), zone=cast.harbor.time_zone).today
    set_to(harbor, cast.vic, daily=7)
    with platform_scope():
        AllowanceDay.objects.create(tenant=harbor, user=dora, day=today, used=12)
    page = opened(signed_in(cast.ana))
    assert page.text.count("Blank: cannot send") == 2
    assert "cleo@ridge.example" not in page.text
    page = page.save({cast.ana: "50", dora: "*", cast.vic: ""})
    assert "Saved: Ana 50 a day; Dora unlimited; Vic blank (cannot send)." in page.text
    found = [allowance_of(user, tenant=harbor) for user in (cast.ana, dora, cast.vic)]
    assert found == [number(50), UNLIMITED, BLANK]
    assert re.search(r"Dora dora@harbor.example · Tenant admin .*? 12 12 Sends without limit", page.text)
    with platform_scope():
        entries = AuditEntry.objects.filter(code="billing.allowance_changed").order_by("pk")
        assert [(entry.subject_id, entry.actor_id, entry.tenant_id) for entry in entries] == [
            (user.public_id, cast.ana.pk, harbor.pk) for user in (cast.ana, dora, cast.vic)
        ]
        told = [AuditDetail.objects.get(entry=entry).data for entry in entries]
    assert [(one["before"], one["after"]) for one in told][2] == ("7 a day", "blank (cannot send)")
    assert "Nothing was changed" in page.save({}).text


@pytest.mark.parametrize(
    ("who", "has_module", "says", "says_not"),
    [
        ("vic", True, "You are not an administrator", "Module not enabled"),
        ("sam", True, "You are not an administrator", "Module not enabled"),
        ("ana", False, "Module not enabled", "You are not an administrator"),
        ("vic", False, "Module not enabled", "Daily allowance of"),
    ],
)
def test_it_is_read_only_and_says_which_of_the_two_conditions_is_missing(
    cast: Cast, who: str, has_module: bool, says: str, says_not: str
) -> None:
    set_to(cast.harbor, cast.ana, daily=5)
    allowed = opened(signed_in(cast.ana))
    if not has_module:
        without_limits()
    client = signed_in(getattr(cast, who))
    choose(client, cast.harbor)
    page = opened(client)
    assert says in page.text
    assert says_not not in page.text
    assert page.fields == {}
    assert ">Save<" not in re.sub(r"\s", "", page.html)
    sent = {**allowed.fields, f"daily-{cast.ana.public_id}": "500"}
    answer = client.post(PAGE, sent)
    assert answer.status_code == (404 if has_module or who == "vic" else 200)
    assert allowance_of(cast.ana, tenant=cast.harbor) == number(5)
    if who == "ana":
        with platform_scope():
            Plan.objects.filter(is_default=True).update(has_sms_limits=True)
        client.post(PAGE, sent)
        assert allowance_of(cast.ana, tenant=cast.harbor) == number(500)


def choose(client: Client, tenant: Tenant) -> None:
    session = client.session
    session[SESSION_KEY] = tenant.pk
    session.save()


def test_a_platform_admin_opens_a_tenant_first_and_finds_themselves_on_its_page(cast: Cast) -> None:
    client = signed_in(cast.pat)
    assert "Choose a tenant first" in opened(client).text
    assert client.post(PAGE, {}).status_code == 404
    choose(client, cast.harbor)
    page = opened(client).save({cast.pat: "3", cast.ana: "4"})
    assert re.search(r"Pat pat@imes.example · Platform admin", page.text)
    assert [allowance_of(user, tenant=cast.harbor) for user in (cast.pat, cast.ana)] == [number(3), number(4)]


def test_what_cannot_be_read_names_the_person_and_the_fix_and_keeps_all_that_was_typed(cast: Cast, dora: User) -> None:
    page = opened(signed_in(cast.ana)).save({cast.ana: "1,000", dora: "20", cast.vic: "5*"})
    assert "Nothing was saved yet. Mend these lines" in page.text
    assert "Ana: “1,000” is not a whole number: enter digits alone, such as 50" in page.text
    assert "Vic: “5” is entered and “Unlimited” is ticked" in page.text
    kept = page.fields
    assert [kept[f"daily-{user.public_id}"] for user in (cast.ana, dora, cast.vic)] == ["1,000", "20", "5"]
    assert f"unlimited-{cast.vic.public_id}" in kept
    assert allowance_of(dora, tenant=cast.harbor) == BLANK
    page.save({cast.ana: "1000", cast.vic: "5"})
    assert allowance_of(dora, tenant=cast.harbor) == number(20)


def test_a_line_that_somebody_changed_meanwhile_is_told_and_not_written_over(cast: Cast, dora: User) -> None:
    first, second = opened(signed_in(cast.ana)), opened(signed_in(dora))
    first.save({cast.vic: "40", cast.ana: "9"})
    told = second.save({cast.vic: "5", dora: "8"})
    assert "Ana set this to 40 a day at" in told.text
    assert "Nothing was saved" in told.text
    # Ana's own line was not touched here, so that what she made of it stands, and is not in the way.
    assert [allowance_of(user, tenant=cast.harbor) for user in (cast.ana, cast.vic, dora)] == [
        number(9),
        number(40),
        BLANK,
    ]
    assert told.fields[f"daily-{cast.vic.public_id}"] == "5"
    told.save({})
    found = [allowance_of(user, tenant=cast.harbor) for user in (cast.ana, cast.vic, dora)]
    assert found == [number(9), number(5), number(8)]


def test_lines_of_others_are_not_taken(cast: Cast) -> None:
    key = cast.cleo.public_id
    sent = {f"seen-{key}": "blank", f"daily-{key}": "999"}
    assert signed_in(cast.ana).post(PAGE, sent, follow=True).status_code == 200
    assert allowance_of(cast.cleo, tenant=cast.harbor) == BLANK
    assert allowance_of(cast.cleo, tenant=cast.ridge) == UNLIMITED


def test_a_page_costs_the_same_for_few_and_for_many_and_is_searched(cast: Cast) -> None:
    client = signed_in(cast.ana)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            opened(client)
        return len(seen)

    few = cost()
    for place in range(110):
        login(cast.harbor, f"person{place:03}", role=Role.ADMIN)
    assert cost() == few
    assert "Page 1 of 2" in opened(client).text
    found = opened(client, f"{PAGE}?q=PERSON107")
    assert [name for name in found.fields if name.startswith("daily-")].__len__() == 1
    assert "No user here is called “nobody”" in opened(client, f"{PAGE}?q=nobody").text
