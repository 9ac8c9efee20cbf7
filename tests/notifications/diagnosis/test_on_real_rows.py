"""Faults that were really caused are named as the cause, and healthy deliveries have none."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.consent.handset import opt_in_from_handset, opt_out_from_handset
from members.models import Phone
from notifications.diagnosis.finding import Finding, Verdict
from notifications.diagnosis.rendering import as_json
from notifications.diagnosis.saved import load, save
from notifications.flows.acknowledge import acknowledge
from notifications.models import Sender
from tenants.models import Standing
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast, add_member
from tests.consenting import agree
from tests.notifications.diagnosis.conftest import Fires, code_of, deliver, diagnosed, facts_of, pulse_now, receive
from tests.notifications.dispatch.conftest import again, person
from tests.sandbox.process import RunningSandbox

PROVIDERS_CODE = "Provider's code"

pytestmark = pytest.mark.django_db(transaction=True)


def _stop(cast: Cast, *, heard_in: int) -> None:
    at = timezone.now()
    opt_out_from_handset(
        number=BEN_NUMBER,
        at=at,
        received_at=at,
        raw_text="STOP",
        method="keyword",
        provider="twilio",
        provider_message_id=f"SM{heard_in}",
        sender_address=SENDER_NUMBER,
        tenant_id=heard_in,
        member_id=None,
    )


@pytest.mark.row(3, 23)
def test_a_delivered_page_has_no_cause_and_nothing_stopped_it(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    deliver()
    sent = diagnosed(row)
    receive(row, "delivered")
    found = diagnosed(row)
    assert (sent.cause, found.cause) == (None, None)
    assert sent.headline.startswith("Sent: Twilio accepted it")
    assert sent.headline.endswith("Check the device.")
    assert "elivered" not in sent.headline
    confirm = {one.code: one for one in sent.findings}["NUMBER-4"]
    assert confirm.verdict is Verdict.NOTABLE
    assert confirm.evidence[0].value == BEN_NUMBER
    assert confirm.evidence[1].name == "Proved to be theirs"
    assert confirm.remedy is not None
    assert "Confirm with the person" in confirm.remedy.text
    assert found.headline.startswith("Delivered: the carrier's receipt says so")
    assert [one.code for one in found.findings if one.verdict is Verdict.STOPPED] == []
    clear = {one.code for one in found.findings if one.verdict is Verdict.CLEAR}
    assert clear >= {
        "LOG-5",
        "NUMBER-2",
        "MEMBER-2",
        "SMS-6",
        "CONSENT-8",
        "LINE-3",
        "PROVIDER-13",
        "QUEUE-1",
        "QUEUE-2",
    }
    assert clear >= {"TENANT-4", "SENDER-3", "AGAIN-1"}


def test_a_stop_heard_in_another_tenant_is_the_cause_and_names_nobody(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (row,) = fire(cast.ben)
    _stop(cast, heard_in=cast.ridge.pk)
    deliver()
    found = diagnosed(row)
    assert found.cause is not None
    assert (again(row).status, found.cause.code) == ("skipped", "CONSENT-3")
    assert found.cause.remedy is not None
    assert f"START to {SENDER_NUMBER}" in found.cause.remedy.text
    client = Client()
    client.force_login(cast.ana)
    page = client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk])).content.decode()
    assert "opted out of every message on this platform" in page
    assert "Ridge" not in page
    said = json.dumps(as_json(found))
    assert "Ridge" not in said
    assert cast.ridge.public_id not in said
    assert "SM" + str(cast.ridge.pk) not in said


def test_a_start_after_the_stop_is_shown_as_mended(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    _stop(cast, heard_in=cast.harbor.pk)
    deliver()
    at = timezone.now()
    with platform_scope():
        opt_in_from_handset(
            number=BEN_NUMBER,
            at=at,
            received_at=at,
            raw_text="START",
            method="keyword",
            provider="twilio",
            provider_message_id="SMstart",
            sender_address=SENDER_NUMBER,
            tenant_id=cast.harbor.pk,
            member_id=None,
        )
    found = diagnosed(row)
    assert found.cause is not None
    assert found.cause.code == "CONSENT-3"
    assert (found.cause.then, found.cause.now) == ("opted out", "not opted out")
    assert found.cause.remedy is not None
    assert found.cause.remedy.text.startswith("This has been mended since")


def test_a_stop_after_it_went_is_not_the_cause(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    deliver()
    receive(row, "delivered")
    _stop(cast, heard_in=cast.harbor.pk)
    found = {one.code: one for one in diagnosed(row).findings}
    assert code_of(row) == ""
    assert found["CONSENT-3"].verdict is Verdict.NOTABLE
    assert found["CONSENT-8"].verdict is Verdict.CLEAR


@pytest.mark.row(2)
def test_a_member_without_a_phone_and_one_who_never_agreed(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    with tenant_scope(cast.harbor.pk):
        nora = add_member(cast.harbor, name="Nora")
        otto = add_member(cast.harbor, name="Otto", number="+12065550177")
    without, never, ben = fire(nora, otto, cast.ben)
    deliver()
    assert (code_of(without), code_of(never), code_of(ben)) == ("NUMBER-1", "CONSENT-1", "")
    assert "Nora had no phone number for SMS" in diagnosed(without).headline


def test_a_suspended_tenant_is_the_cause_then_and_not_after_it_was_lifted(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (row,) = fire(cast.ben)
    with platform_scope():
        cast.harbor.standing = Standing.SUSPENDED
        cast.harbor.save()
    deliver()
    with platform_scope():
        cast.harbor.standing = Standing.ACTIVE
        cast.harbor.save()
    found = diagnosed(row)
    assert found.cause is not None
    assert (found.cause.code, found.cause.then, found.cause.now) == ("TENANT-2", "suspended", "active")


@pytest.mark.row(76)
@pytest.mark.parametrize(
    ("ending", "code"), [("1211", "PROVIDER-2"), ("1610", "BLOCK-1"), ("1614", "PROVIDER-2"), ("1429", "PROVIDER-6")]
)
def test_what_the_provider_refused_is_named_by_its_code(
    cast: Cast, fire: Fires, sandbox: RunningSandbox, ending: str, code: str
) -> None:
    dana = person(cast, number=f"+1206555{ending}")
    refused, ben = fire(dana, cast.ben)
    deliver()
    found = diagnosed(refused)
    assert found.cause is not None, found.headline
    assert found.cause.code == code
    assert any(f"2{ending}" in one.value or "20429" in one.value for one in found.cause.evidence)
    answer = next(one for one in found.findings if one.code in {"PROVIDER-2", "PROVIDER-6"})
    shown = {one.name: one.value for one in answer.evidence}
    assert shown["HTTP status"] in {"400", "429"}
    assert shown["Code in words"].startswith(f"twilio {shown[PROVIDERS_CODE]}: ")
    assert shown["About this code"].endswith(shown[PROVIDERS_CODE])
    assert code_of(ben) == ""


def test_a_receipt_with_a_code_is_the_cause_in_words(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    deliver()
    receive(row, "undelivered", code="30003")
    found = diagnosed(row)
    assert found.cause is not None
    assert found.cause.code == "PROVIDER-3"
    assert "30003" in found.cause.says
    assert again(row).status == "failed"


@pytest.mark.row(19)
def test_a_landline_is_the_cause(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    with tenant_scope(cast.harbor.pk):
        Phone.objects.filter(member=cast.ben).update(line_type="landline")
    deliver()
    assert code_of(row) == "LINE-1"


@pytest.mark.row(79)
def test_a_sender_without_sms_cannot_text_and_says_what_it_can(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (row,) = fire(cast.ben)
    with platform_scope():
        Sender.objects.update(channels=["voice"])
    deliver()
    found = diagnosed(row).cause
    assert found is not None
    assert (found.code, found.says) == ("SENDER-2", "The sender could not send SMS.")
    assert any(one.name == SENDER_NUMBER and one.value.endswith("voice") for one in found.evidence)
    assert found.remedy is not None
    assert "activates a sender that can send SMS, or adds one" in found.remedy.text
    with platform_scope():
        Sender.objects.update(channels=["sms", "voice"])
    (after,) = fire(cast.ben)
    deliver()
    assert (again(after).status, code_of(after)) == ("sent", "")


def test_without_a_sender_it_is_held_and_says_so(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    with platform_scope():
        Sender.objects.update(is_active=False)
    deliver()
    found = diagnosed(row)
    assert found.cause is not None
    assert (again(row).status, found.cause.code) == ("held", "SENDER-1")
    assert any("not active" in one.value for one in found.cause.evidence)


@pytest.mark.row(25)
def test_without_a_worker_a_row_turns_amber_then_red_and_the_worker_is_the_cause(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (row,) = fire(cast.ben)

    def queued(after: timedelta) -> Finding:
        found = diagnosed(row, now=row.due_at + after).findings[0]
        assert found.code == "LOG-1"
        return found

    assert queued(timedelta(seconds=10)).verdict is Verdict.CLEAR
    amber, red = queued(timedelta(seconds=61)), queued(timedelta(minutes=7))
    assert (amber.verdict, red.verdict) == (Verdict.NOTABLE, Verdict.STOPPED)
    assert "the worker may be paused" in amber.says
    assert amber.remedy is not None
    assert "a platform admin checks that a worker is running" in amber.remedy.text
    assert code_of(row, now=row.due_at + timedelta(minutes=7)) == "QUEUE-1"
    deliver()
    assert (again(row).status, code_of(row)) == ("sent", "")


def test_a_cancelled_sibling_names_who_answered_and_the_answer_is_not_the_row_you_want(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    dana = person(cast, number="+12065550155")
    answered, unsent = fire(cast.ben, dana)
    with platform_scope():
        unsent.due_at = timezone.now() + timedelta(minutes=5)
        unsent.save()
    deliver()
    at = timezone.now()
    acknowledge(again(answered), via="sms", at=at, by_member=cast.ben)
    found = diagnosed(unsent)
    assert found.cause is not None
    assert found.cause.code == "LOG-12"
    assert f"Ben acknowledged sibling {answered.public_id} at {at:%H:%M:%S} UTC" in found.cause.says
    other = diagnosed(answered)
    assert other.cause is None
    assert "probably not the row you want" in other.headline
    assert any(one.ref == unsent.public_id for one in other.findings[0].evidence)


def test_a_number_that_was_changed_since_shows_when(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    deliver()
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.get(member=cast.ben)
        phone.number = "+12065550143"
        phone.save()
    finding = {one.code: one for one in diagnosed(row).findings}["NUMBER-3"]
    assert (finding.then, finding.now) == (BEN_NUMBER, "+12065550143")
    assert [one.value for one in finding.evidence][-1] == f"{BEN_NUMBER} → +12065550143"
    assert code_of(row) == ""


def test_saved_facts_give_the_same_report(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> None:
    (row,) = fire(cast.ben)
    deliver()
    agree(cast.ben, tenant=cast.harbor)
    pulse_now()
    facts = facts_of(row)
    again_read = load(json.loads(json.dumps(save(facts))))
    assert again_read == facts
