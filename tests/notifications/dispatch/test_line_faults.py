"""What a fault says of a line: the number is closed to texts for everybody who has it, and nothing goes by a doubt."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.models import Capability, LineType, Member, Phone
from members.operations.lines import correct_line
from members.ports import messenger
from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.report import report
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.join import Report, join_reports
from notifications.models import Notification
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.sandbox.process import RunningSandbox

LANDLINE, NOT_MOBILE, OFF = "+12065553006", "+12065551614", "+12065553003"


def deliver() -> None:
    deliver_due(clock=timezone.now, owner="worker", for_seconds=0.2)


def ends(row: Notification, code: str, *, word: str = "undelivered") -> None:
    """The carrier's word comes in, as its webhook would bring it."""
    (*_, attempt) = attempts(row)
    join_reports([Report(attempt_id=attempt.pk, word=word, fault_code=code, door="callback", at=timezone.now())])


def stored(member: Member) -> Phone:
    with platform_scope():
        return Phone.objects.get(member=member)


def known(member: Member) -> tuple[str, str, str, str]:
    phone = stored(member)
    return phone.line_type, phone.sms_capability, phone.line_type_origin, phone.line_type_said


def entries(code: str) -> list[AuditEntry]:
    with platform_scope():
        return list(AuditEntry.objects.filter(code=code).select_related("detail").order_by("tenant_id"))


def override(cast: Cast, member: Member, *, at: datetime) -> None:
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get(member=member)
        says: dict[str, Any] = {"line_type": LineType.LANDLINE, "sms": Capability.YES, "voice": Capability.UNKNOWN}
        correct_line(phone, **says, why="She answers texts", actor=cast.ana, at=at)


@pytest.mark.row(95)
def test_a_landline_that_was_stored_as_a_mobile_is_learned_from_the_fault_in_every_tenant(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    dana = person(cast, number=LANDLINE)
    with tenant_scope(cast.ridge.pk):
        rosa = add_member(cast.ridge, name="Rosa", number=LANDLINE)
    agree(rosa, tenant=cast.ridge)
    row = message(dana)
    deliver()
    assert known(dana) == ("mobile", "unknown", "admin", "")
    ends(row, "30006")
    for member in (dana, rosa):
        assert known(member) == ("landline", "no", "fault", "Twilio 30006")
        assert stored(member).line_type_at == attempts(row)[0].committed_at
    assert {entry.tenant_id: entry.detail.data["said"] for entry in entries("phone.line_learned")} == {
        cast.harbor.pk: "Twilio 30006",
        cast.ridge.pk: "Twilio 30006",
    }
    found = report(read_facts([row.pk], now=timezone.now(), zone="UTC")[row.pk])
    assert found.cause is not None
    assert (found.cause.code, "30006" in found.cause.says) == ("PROVIDER-3", True)
    (beside,) = (one for one in found.findings if one.code == "LINE-4")
    assert f"{LANDLINE} was stored as a mobile when this was decided, and is a landline: learned from" in beside.says
    # The next one is not sent at all, here nor at Ridge; somebody else's is.
    after, elsewhere, ben = message(dana), message(rosa), message(cast.ben)
    deliver()
    assert [(again(one).status, again(one).reason, len(attempts(one))) for one in (after, elsewhere)] == [
        ("skipped", "LINE-1", 0)
    ] * 2
    assert len(attempts(ben)) == 1


def test_a_number_that_the_provider_refuses_as_no_mobile_is_learned_at_once(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    dana = person(cast, number=NOT_MOBILE)
    row = message(dana)
    deliver()
    assert (again(row).status, known(dana)) == ("failed", ("landline", "no", "fault", "Twilio 21614"))


def test_an_override_outlives_a_newer_fault_which_is_noted(cast: Cast, sandbox: RunningSandbox) -> None:
    dana, eli = person(cast, number=LANDLINE), person(cast, number="+12066663006", name="Eli")
    override(cast, dana, at=timezone.now() - timedelta(minutes=1))
    rows = [message(dana), message(eli)]
    deliver()
    for row in rows:
        ends(row, "30006")
    assert known(dana)[:3] == ("landline", "yes", "admin")
    assert known(eli)[2] == "fault"
    with tenant_scope(cast.harbor.pk):
        (met,) = messenger().line_faults(LANDLINE, tenant_ids=[cast.harbor.pk])
    assert (met.says, met.is_landline) == ("Twilio 30006", True)
    with tenant_scope(cast.ridge.pk):
        assert messenger().line_faults(LANDLINE, tenant_ids=[cast.ridge.pk]) == ()


def test_a_correction_made_while_the_fault_was_on_its_way_is_the_newer_word(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    dana = person(cast, number=LANDLINE)
    row = message(dana)
    deliver()
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get(member=dana)
        says: dict[str, Any] = {"line_type": LineType.MOBILE, "sms": Capability.UNKNOWN, "voice": Capability.UNKNOWN}
        correct_line(phone, **says, why="Ported today", actor=cast.ana, at=timezone.now())
    ends(row, "30006")
    assert known(dana)[:3] == ("mobile", "unknown", "admin")
    # The next text shows that the correction was wrong.
    later = message(dana)
    deliver()
    ends(later, "30006")
    assert known(dana)[:3] == ("landline", "no", "fault")


def test_a_number_whose_texts_arrive_is_no_landline_whatever_a_carrier_cannot_reach(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    first = message(cast.ben)
    deliver()
    ends(first, "", word="delivered")
    second = message(cast.ben)
    deliver()
    ends(second, "30006")
    assert (again(second).status, known(cast.ben)[:3]) == ("failed", ("mobile", "unknown", "admin"))
    # That it is no mobile is said without a doubt.
    third = message(cast.ben)
    deliver()
    ends(third, "21635", word="failed")
    assert known(cast.ben)[:3] == ("landline", "no", "fault")


def test_a_phone_that_is_off_closes_nothing_and_is_counted(cast: Cast, sandbox: RunningSandbox) -> None:
    dana = person(cast, number=OFF)
    for code in ("30003", "30005"):
        row = message(dana)
        deliver()
        ends(row, code)
    assert known(dana)[:3] == ("mobile", "unknown", "admin")
    assert entries("phone.line_learned") == []
    with tenant_scope(cast.harbor.pk):
        met = messenger().line_faults(OFF, tenant_ids=[cast.harbor.pk])
    assert [(one.says, one.is_landline) for one in met] == [("Twilio 30005", False), ("Twilio 30003", False)]
    last = message(dana)
    deliver()
    ends(last, "", word="delivered")
    with tenant_scope(cast.harbor.pk):
        assert messenger().line_faults(OFF, tenant_ids=[cast.harbor.pk]) == ()
