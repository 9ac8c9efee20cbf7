"""A line is looked up once for all who have the number, again only when it is due or asked for, and trouble waits."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Capability, LineType, Member, Number, Phone
from members.operations import change_number
from members.operations.lines import correct_line
from notifications.models import ProviderAccount
from notifications.operations.lines import look_up_due
from tenants.models import AuditEntry, Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member, make_cast
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db

LANDLINE, VOIP, DOWN, THROTTLED = "+12065553006", "+12065557701", "+12065557503", "+12065557429"


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox, settings: Any) -> RunningSandbox:
    one_sandbox.reset()
    settings.TWILIO_BASE_URL, settings.LINE_LOOKUPS = one_sandbox.url, True
    return one_sandbox


@pytest.fixture
def cast(sandbox: RunningSandbox) -> Cast:
    people = make_cast()
    with platform_scope():
        account = ProviderAccount.objects.get(pk=people.sender.account_id)
        account.account_id, account.secret = sandbox.account_sid, sandbox.auth_token
        account.save()
    return people


def new(tenant: Tenant, name: str, number: str) -> Member:
    """A member whose number nobody has said anything of."""
    with tenant_scope(tenant.pk):
        member = add_member(tenant, name=name, number=number)
        Phone.objects.filter(member=member).update(line_type="unknown")
    return member


def phone_of(member: Member) -> Phone:
    with platform_scope():
        return Phone.objects.select_related("tenant", "member").get(member=member)


def known(member: Member) -> tuple[str, str, str]:
    phone = phone_of(member)
    return phone.line_type, phone.line_type_origin, phone.line_type_said


def round_at(at: datetime) -> int:
    return look_up_due(clock=lambda: at)


def signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, who))
    return client


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_new_number_is_asked_about_once_for_every_tenant_and_again_when_it_is_old(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    now = timezone.now()
    dana, rosa = new(cast.harbor, "Dana", LANDLINE), new(cast.ridge, "Rosa", LANDLINE)
    assert round_at(now) == 1
    assert sandbox.get("/lookups") == [LANDLINE]
    assert known(dana) == known(rosa) == ("landline", "lookup", "landline")
    assert (phone_of(rosa).line_type_at, phone_of(rosa).looked_up_at) == (now, now)
    # Somebody who gets the number later has the answer without another look-up, with its own date.
    eli = new(cast.ridge, "Eli", LANDLINE)
    assert round_at(now + timedelta(days=179)) == 0
    assert (known(eli), phone_of(eli).looked_up_at) == (("landline", "lookup", "landline"), now)
    assert sandbox.get("/lookups") == [LANDLINE]
    assert round_at(now + timedelta(days=181)) == 1
    assert sandbox.get("/lookups") == [LANDLINE] * 2
    # What an administrator entered (Ben's) was never asked about.
    assert known(cast.ben) == ("mobile", "admin", "")


def test_nothing_is_looked_up_by_itself_unless_that_is_switched_on(
    cast: Cast, sandbox: RunningSandbox, settings: Any
) -> None:
    new(cast.harbor, "Dana", LANDLINE)
    settings.LINE_LOOKUPS = False
    assert round_at(timezone.now()) == 0
    assert sandbox.get("/lookups") == []
    settings.LINE_LOOKUPS = True
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(standing="suspended")
    assert round_at(timezone.now()) == 0
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(standing="active")
    assert round_at(timezone.now()) == 1


def test_a_changed_number_forgets_the_line_and_is_asked_about(cast: Cast, sandbox: RunningSandbox) -> None:
    dana = new(cast.harbor, "Dana", LANDLINE)
    round_at(timezone.now())
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get(member=dana)
        phone.number = VOIP
        change_number(phone, before=LANDLINE, actor=cast.ana, at=timezone.now())
    assert known(dana) == ("unknown", "admin", "")
    assert phone_of(dana).looked_up_at is None
    round_at(timezone.now())
    assert known(dana) == ("voip", "lookup", "nonFixedVoip")


def test_one_odd_number_stops_nobody_and_is_left_alone_for_an_hour(cast: Cast, sandbox: RunningSandbox) -> None:
    now = timezone.now()
    odd, missing = new(cast.harbor, "Dana", DOWN), new(cast.harbor, "Eli", "+12065557404")
    dull, good = new(cast.harbor, "Fay", "+12065557704"), new(cast.harbor, "Gus", LANDLINE)
    assert round_at(now) == 4
    assert known(good)[0] == "landline"
    # Answers that know nothing are answers, and paid for.
    assert known(missing) == ("unknown", "lookup", "no such number, code 20404")
    assert known(dull) == ("unknown", "lookup", "no type, code 60600")
    assert known(odd) == ("unknown", "admin", "")
    assert [round_at(now + timedelta(minutes=minutes)) for minutes in (1, 30, 59)] == [0, 0, 0]
    assert round_at(now + timedelta(minutes=61)) == 1


@pytest.mark.parametrize(("behaviour", "asked"), [("lookup_throttled", 1), ("lookup_down", 3)])
def test_a_provider_in_trouble_is_left_alone_for_a_while_and_then_asked_again(
    cast: Cast, sandbox: RunningSandbox, behaviour: str, asked: int
) -> None:
    now = timezone.now()
    people = [new(cast.harbor, f"Person {place}", f"+1206555810{place}") for place in range(5)]
    sandbox.force(behaviour)
    assert round_at(now) == asked
    assert [round_at(now + timedelta(minutes=minutes)) for minutes in (0, 1, 9)] == [0, 0, 0]
    assert {known(one)[0] for one in people} == {"unknown"}
    sandbox.force(None)
    assert round_at(now + timedelta(minutes=11)) == 5 - (0 if asked == 1 else asked)
    assert round_at(now + timedelta(minutes=62)) == (0 if asked == 1 else asked)
    assert {known(one)[0] for one in people} == {"mobile"}


def test_without_an_account_nothing_is_asked_and_it_is_said(cast: Cast, sandbox: RunningSandbox) -> None:
    dana = new(cast.harbor, "Dana", LANDLINE)
    with platform_scope():
        ProviderAccount.objects.update(provider="azure")
    round_at(timezone.now())
    page = signed_in(cast, "ana").post(f"/admin/members/phone/{phone_of(dana).pk}/do/look-up-line/", follow=True)
    assert "No account at Twilio can be used" in page.content.decode()
    assert sandbox.get("/lookups") == []
    assert known(dana)[0] == "unknown"


def test_an_administrator_looks_one_number_up_whatever_is_known_and_reads_the_answer(
    cast: Cast, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.LINE_LOOKUPS, settings.LINE_LOOKUP_PRICE = False, "0.008 USD"
    with tenant_scope(cast.harbor.pk):
        dana = add_member(cast.harbor, name="Dana", number=LANDLINE)
    rosa = new(cast.ridge, "Rosa", LANDLINE)
    ana, path = signed_in(cast, "ana"), f"/admin/members/phone/{phone_of(dana).pk}/do/look-up-line/"
    shown = text_of(ana.get(path).content.decode())
    assert "1 x 0.008 USD = 0.008 USD" in shown
    assert "Last looked up never" in shown
    assert sandbox.get("/lookups") == []
    done = text_of(ana.post(path, follow=True).content.decode())
    assert f"{LANDLINE} is a landline (Twilio says: landline). It cannot get SMS." in done
    assert "Looked up on" in done
    # Entered as a mobile, it is a landline for her who asked; at Ridge nobody had said anything.
    assert known(dana) == known(rosa) == ("landline", "lookup", "landline")
    ana.post(path)
    assert sandbox.get("/lookups") == [LANDLINE] * 2
    with platform_scope():
        mine = AuditEntry.objects.filter(code="phone.line_learned", tenant_id=cast.harbor.pk).earliest("id")
        theirs = AuditEntry.objects.filter(code="phone.line_learned", tenant_id=cast.ridge.pk).get()
    assert (mine.actor_id, theirs.actor_id) == (cast.ana.pk, None)
    for stranger in ("vic", "cleo", "sam"):
        assert signed_in(cast, stranger).post(path).status_code == 404
    assert len(sandbox.get("/lookups")) == 2


def test_many_are_looked_up_without_paying_for_what_is_fresh_and_an_override_stays(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    dana, eli = new(cast.harbor, "Dana", LANDLINE), new(cast.harbor, "Eli", VOIP)
    round_at(timezone.now())
    gus, zoe = new(cast.harbor, "Gus", "+12065557705"), new(cast.harbor, "Zoe", THROTTLED)
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get(member=gus)
        says: dict[str, Any] = {"line_type": LineType.UNKNOWN, "sms": Capability.YES, "voice": Capability.UNKNOWN}
        correct_line(phone, **says, why="Gus answers texts", actor=cast.ana, at=timezone.now())
    people = [dana, eli, gus, zoe, cast.ben]
    path = f"/admin/members/member/do/look-up-lines/?ids={','.join(str(one.pk) for one in people)}"
    ana = signed_in(cast, "ana")
    shown = text_of(ana.get(path).content.decode())
    assert "Numbers to look up 3" in shown
    assert "and not paid for again 2" in shown
    assert "3 paid look-ups, at the rate of the account with Twilio" in shown
    before = sandbox.get("/lookups")
    done = text_of(ana.post(path, {"ids": path.partition("=")[2]}, follow=True).content.decode())
    assert "2 of 3 numbers were looked up." in done
    assert f"{THROTTLED}: nothing was learned (HTTP 429)." in done
    assert sorted(sandbox.get("/lookups")[len(before) :]) == sorted([BEN_NUMBER, "+12065557705"])
    assert known(cast.ben) == ("mobile", "lookup", "mobile")
    assert known(gus) == ("unknown", "admin", "landline")
    assert phone_of(gus).sms_capability == "yes"


def test_after_the_account_met_trouble_the_rest_is_not_asked_and_is_told_so(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    people = [new(cast.harbor, f"Person {place}", f"+120655581{place:02}") for place in range(20)]
    sandbox.force("lookup_throttled")
    ids = ",".join(str(one.pk) for one in people)
    page = signed_in(cast, "ana").post("/admin/members/member/do/look-up-lines/", {"ids": ids}, follow=True)
    shown = text_of(page.content.decode())
    assert "0 of 20 numbers were looked up." in shown
    assert "It was not asked about and not paid for" in shown
    sandbox.force(None)
    signed_in(cast, "ana").post("/admin/members/member/do/look-up-lines/", {"ids": ids})
    assert len(sandbox.get("/lookups")) == 20


@pytest.mark.django_db(transaction=True)
def test_no_number_is_locked_while_the_provider_is_asked(sandbox: RunningSandbox, settings: Any) -> None:
    from django.db import connection

    from tests.contracts.scripted import Reply, ScriptedServer

    cast = make_cast()
    new(cast.harbor, "Dana", LANDLINE)
    seen: list[tuple[bool, bool]] = []

    class Looks(Reply):
        def play(self, handler: Any) -> None:
            # In a thread of the server's, and so on a connection of its own.
            with platform_scope():
                row = Number.objects.select_for_update(nowait=True).get(e164=LANDLINE)
                seen.append((row.line_ask_after is not None, connection.in_atomic_block))
            connection.close()
            super().play(handler)

    answer = f'{{"phone_number": "{LANDLINE}", "line_type_intelligence": {{"type": "landline", "error_code": null}}}}'
    with ScriptedServer() as server:
        settings.TWILIO_BASE_URL = server.url
        server.plays(Looks(200, answer))
        assert round_at(timezone.now()) == 1
    assert seen == [(True, True)]
