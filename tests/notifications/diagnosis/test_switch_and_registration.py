"""Why somebody who got SMS gets none any more: the diagnosis names the change, who made it, and what brings it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Plan
from billing.operations import subscribe, take_seat
from members.models import Phone
from members.models.phone import Origin
from members.operations import change_number, switch_off, switch_on
from notifications.diagnosis.bundle import bundle
from notifications.diagnosis.finding import Finding, Verdict, Who
from notifications.models import Notification, Sender
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.diagnosis.conftest import Fires, code_of, deliver, diagnosed, facts_of, receive
from tests.notifications.dispatch.conftest import again
from tests.sandbox.process import RunningSandbox

NEW = "+12065550143"

pytestmark = pytest.mark.django_db(transaction=True)


def cause(row: Notification) -> Finding:
    found = diagnosed(row).cause
    assert found is not None
    return found


def finding(row: Notification, code: str) -> Finding | None:
    return {one.code: one for one in diagnosed(row).findings}.get(code)


def imported(cast: Cast) -> None:
    """A sync with another system brings another number for Ben."""
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get(member=cast.ben)
        phone.number = NEW
        change_number(phone, before=BEN_NUMBER, actor=cast.ana, at=timezone.now(), origin=Origin.IMPORT)


def on_again(cast: Cast, *, number: str) -> None:
    with tenant_scope(cast.harbor.pk):
        switch_on(cast.ben, number=number, actor=cast.ana, why="asked Ben", at=timezone.now())
    deliver()  # the opt-in confirmation, where it is owed, goes first


@pytest.mark.row(62, 63)
def test_a_changed_number_is_off_until_it_is_switched_on_and_then_still_needs_its_own_consent(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (before,) = fire(cast.ben)
    deliver()
    assert again(before).status == "sent"
    imported(cast)
    (row,) = fire(cast.ben)
    deliver()
    assert (again(row).status, again(row).reason, again(row).number) == ("skipped", "SMS-3", NEW)
    found = cause(row)
    assert found.code == "SMS-3"
    assert f"SMS was on for {BEN_NUMBER} since" in found.says
    assert f"the number became {NEW} at" in found.says
    assert "by Ana (imported)" in found.says
    lines = {(one.name, one.value) for one in found.evidence}
    assert ("Number changed", f"{BEN_NUMBER} → {NEW} by Ana, imported") in lines
    assert all(one.at for one in found.evidence)
    assert found.remedy is not None
    assert (found.remedy.who, found.remedy.link_label) == (Who.TENANT_ADMIN, "Switch SMS on")
    # Switched on for the new number, what is left is consent, which did not travel.
    on_again(cast, number=NEW)
    (without,) = fire(cast.ben)
    deliver()
    assert (again(without).reason, cause(without).code) == ("CONSENT-1", "CONSENT-1")
    assert finding(row, "SMS-3") is not None
    assert cause(row).now == "on"
    agree(cast.ben, tenant=cast.harbor, number=NEW, at=timezone.now())
    (last,) = fire(cast.ben)
    deliver()
    assert (again(last).status, code_of(last)) == ("sent", "")


@pytest.mark.row(64, 62)
def test_another_plan_is_named_as_what_changed_with_who_and_when(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    with platform_scope():
        plan = Plan.objects.create(name="Basic", sms_seats=None)
    subscribe(cast.harbor, plan=plan, actor=cast.pat, at=timezone.now())
    (row,) = fire(cast.ben)
    deliver()
    found = cause(row)
    assert (again(row).status, again(row).number, found.code) == ("skipped", BEN_NUMBER, "SMS-4")
    assert f"SMS was on for {BEN_NUMBER} since" in found.says
    assert "taken back at" in found.says
    assert "by Pat (the plan changed to Basic)" in found.says
    on_again(cast, number=BEN_NUMBER)
    (after,) = fire(cast.ben)
    deliver()
    assert again(after).status == "sent"
    confirmations = [row for row in rows_to(cast) if row.purpose == "consent_confirmation"]
    assert [row.status for row in confirmations] == ["sent"]
    subscribe(cast.harbor, plan=Plan.objects.get(name="Standard"), actor=cast.pat, at=timezone.now())
    on_again(cast, number=BEN_NUMBER)
    assert len([row for row in rows_to(cast) if row.purpose == "consent_confirmation"]) == 1


@pytest.mark.row(65)
def test_a_seat_that_was_taken_is_named_and_one_given_again_needs_an_administrator(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    take_seat(tenant=cast.harbor, member_id=cast.ben.pk, actor=cast.ana, why="on leave", at=timezone.now())
    (row,) = fire(cast.ben)
    deliver()
    found = cause(row)
    assert found.code == "SMS-5"
    assert "by Ana (on leave)" in found.says
    on_again(cast, number=BEN_NUMBER)
    (after,) = fire(cast.ben)
    deliver()
    assert (again(after).status, code_of(after)) == ("sent", "")
    assert cause(row).now == "on"


@pytest.mark.row(66)
def test_switched_off_by_an_administrator_shows_who_when_and_why_and_the_bundle_keeps_it_to_itself(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    at = timezone.now()
    with tenant_scope(cast.harbor.pk):
        switch_off(cast.ben, actor=cast.ana, why="suspended after the audit", at=at)
    (row,) = fire(cast.ben)
    deliver()
    found = cause(row)
    assert found.code == "SMS-1"
    assert f"SMS was switched off for Ben at {at:%H:%M:%S} UTC by Ana: suspended after the audit." in found.says
    assert found.remedy is not None
    assert "An administrator switches SMS on" in found.remedy.text
    outside = bundle(facts_of(row), found)
    assert not {"Ana", "Ben", "audit"} & set(outside.replace(".", " ").split())


@pytest.mark.row(101, 102)
def test_a_failure_just_after_the_number_changed_shows_when_and_through_which_door_and_says_call_them(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (old,) = fire(cast.ben)
    deliver()
    receive(old, "delivered")
    imported(cast)
    on_again(cast, number=NEW)
    agree(cast.ben, tenant=cast.harbor, number=NEW, at=timezone.now())
    (row,) = fire(cast.ben)
    deliver()
    receive(row, "undelivered", code="30006")
    found = finding(row, "NUMBER-5")
    assert found is not None
    assert f"The number had changed from {BEN_NUMBER} to {NEW} at" in found.says
    assert "by Ana (imported)" in found.says
    assert found.evidence[0].at is not None
    assert found.remedy is not None
    assert "Call Ben to confirm the number" in found.remedy.text
    assert "set its line type to Landline" in found.remedy.text
    assert found.verdict is Verdict.NOTABLE
    assert code_of(row) == "PROVIDER-3"
    assert finding(old, "NUMBER-5") is None
    receive(row, "delivered")
    assert finding(row, "NUMBER-5") is None


def rows_to(cast: Cast) -> list[Notification]:
    with tenant_scope(cast.harbor.pk):
        return list(Notification.objects.filter(member=cast.ben).order_by("pk"))


def registered(state: str, **fields: object) -> None:
    with platform_scope():
        Sender.objects.update(registration=state, registration_kind="a2p", **fields)


@pytest.mark.row(67, 68, 73)
def test_a_pending_or_refused_registration_is_shown_with_age_errors_and_path_and_blames_nothing_alone(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (row,) = fire(cast.ben)
    deliver()
    assert finding(row, "SENDER-4") is None
    registered("pending", registration_since=timezone.now() - timedelta(days=3))
    pending = finding(row, "SENDER-4")
    assert pending is not None
    assert (pending.verdict, code_of(row)) == (Verdict.NOTABLE, "")
    assert "PENDING" in pending.says
    assert "pending for 3 days" in pending.says
    assert "no time is promised" in pending.says
    errors = [{"code": "30896", "field": "message_flow", "says": "Opt-in not acceptable"}]
    registered("failed", registration_errors=errors)
    refused = finding(row, "SENDER-4")
    assert refused is not None
    shown = [one.value for one in refused.evidence if one.name == "To correct"]
    assert len(shown) == 1
    assert shown[0].startswith("30896: Opt-in not acceptable (field message_flow). Show how people agree")
    assert refused.remedy is not None
    assert "Edit and resubmit" in refused.remedy.text
    # The receipt that says so is the cause; the registration stands beside it.
    receive(row, "undelivered", code="30034")
    assert code_of(row) == "PROVIDER-3"
    assert "30034" in cause(row).says


@pytest.mark.row(67, 72)
def test_verified_is_clear_and_a_member_who_is_off_is_looked_at_first(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    registered("verified", registration_since=timezone.now() - timedelta(days=30))
    with tenant_scope(cast.harbor.pk):
        switch_off(cast.ben, actor=cast.ana, why="on leave", at=timezone.now())
    (row,) = fire(cast.ben)
    deliver()
    codes = [one.code for one in diagnosed(row).findings]
    assert cause(row).code == "SMS-1"
    verified = finding(row, "SENDER-4")
    assert verified is not None
    assert verified.verdict is Verdict.CLEAR
    assert codes.index("SMS-1") < codes.index("SENDER-4")


@pytest.mark.row(67)
def test_for_a_recipient_abroad_no_registration_is_shown(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    with tenant_scope(cast.harbor.pk):
        Phone.objects.filter(member=cast.ben).update(number="+447911123456")
    registered("failed")
    (row,) = fire(cast.ben)
    deliver()
    assert finding(row, "SENDER-4") is None
