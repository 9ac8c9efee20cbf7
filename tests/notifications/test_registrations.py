"""A sender's registration is entered by hand or fetched, ages until it changes, and stands above the SMS area."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Phone
from members.operations import switch_off
from notifications.models import ProviderAccount, Sender
from notifications.operations.registrations import NotFetched, fetch_from_provider
from tenants.models import AuditEntry, Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.admin.parts import signed_in
from tests.cast import Cast, make_cast
from tests.sandbox.conftest import SERVICE
from tests.sandbox.process import RunningSandbox

pytestmark = pytest.mark.django_db

FAILED = {
    "state": "failed",
    "kind": "a2p",
    "ref": "QE1",
    "to_correct": "30896; message_flow; Opt-in not acceptable\n30908; ; Privacy policy not compliant\nAsk them to call",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox) -> RunningSandbox:
    one_sandbox.reset()
    return one_sandbox


def page(sender: Sender, action: str = "") -> str:
    return f"/admin/notifications/sender/{sender.pk}/{action or 'change/'}"


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    body = answer.content.decode().partition("<main")[2] or answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def stored(sender: Sender) -> Sender:
    with platform_scope():
        return Sender.objects.get(pk=sender.pk)


def own_sender(tenant: Tenant, **fields: Any) -> Sender:
    with platform_scope():
        account = ProviderAccount.objects.create(
            tenant=tenant, provider="twilio", name="Own", account_id="AC" + "7" * 32, secret="own-secret"
        )
        return Sender.objects.create(tenant=tenant, account=account, address="+12065550199", **fields)


@pytest.mark.row(71, 73)
def test_entered_by_hand_it_stands_at_the_top_of_the_sms_area_with_each_error_and_the_way_to_resubmit(
    cast: Cast,
) -> None:
    pat, ana = signed_in(cast.pat), signed_in(cast.ana)
    assert pat.post(page(cast.sender, "do/registration/"), FAILED).status_code == 302
    for client, path in (
        (pat, page(cast.sender)),
        (ana, page(cast.sender)),
        (ana, "/admin/notifications/sender/"),
        (ana, f"/admin/members/member/{cast.ben.pk}/change/"),
    ):
        shown = text_of(client, path)
        assert "FAILED The US A2P 10DLC brand and campaign of +12065550100 was refused" in shown
        assert "30896: Opt-in not acceptable (field message_flow). Show how people agree" in shown
        assert "30908: Privacy policy not compliant. Give an address of a privacy policy" in shown
        assert "Ask them to call." in shown
        assert "Submit again: Twilio Console, Messaging, Regulatory Compliance, A2P 10DLC" in shown
    assert "FAILED SMS from +12065550100" in text_of(ana, "/admin/")
    with platform_scope():
        entry = AuditEntry.objects.get(code="sender.registration_changed")
        assert (entry.actor_id, entry.detail.data["codes"]) == (cast.pat.pk, ["30896", "30908", ""])
    verified = {"state": "verified", "kind": "a2p", "ref": "QE1", "to_correct": ""}
    pat.post(page(cast.sender, "do/registration/"), verified)
    shown = text_of(ana, f"/admin/members/member/{cast.ben.pk}/change/")
    assert "VERIFIED +12065550100 is properly registered" in shown
    assert "VERIFIED SMS from +12065550100" in text_of(ana, "/admin/")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"to_correct": " "}, "Say what has to be corrected"),
        ({"kind": ""}, "Choose which registration this is"),
        ({"since_0": "2999-01-01", "since_1": "00:00"}, "This lies in the future"),
        ({"state": "perfect"}, "Select a valid choice"),
    ],
)
def test_a_form_that_says_too_little_is_shown_again(cast: Cast, changes: dict[str, str], says: str) -> None:
    pat = signed_in(cast.pat)
    answer = pat.post(page(cast.sender, "do/registration/"), FAILED | changes)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert stored(cast.sender).registration == "not_needed"
    assert pat.post(page(cast.sender, "do/registration/"), FAILED).status_code == 302
    assert stored(cast.sender).registration == "failed"


@pytest.mark.row(68)
def test_a_pending_one_ages_however_often_it_is_entered_and_anew_when_it_changes(cast: Cast) -> None:
    pat = signed_in(cast.pat)
    pending = {"state": "pending", "kind": "toll_free", "since_0": "2026-11-01", "since_1": "09:00:00"}
    pat.post(page(cast.sender, "do/registration/"), pending)
    first = stored(cast.sender).registration_since
    assert first is not None
    pat.post(page(cast.sender, "do/registration/"), {"state": "pending", "kind": "toll_free"})
    assert stored(cast.sender).registration_since == first
    days = (timezone.now() - first).days
    assert f"pending for {days} days" in text_of(pat, page(cast.sender))
    pat.post(page(cast.sender, "do/registration/"), {"state": "verified", "kind": "toll_free"})
    changed = stored(cast.sender).registration_since
    assert changed is not None
    assert timezone.now() - changed < timedelta(hours=1)


def test_a_tenant_keeps_its_own_senders_and_nobody_elses(cast: Cast) -> None:
    own = own_sender(cast.harbor)
    ana, cleo, vic = signed_in(cast.ana), signed_in(cast.cleo), signed_in(cast.vic)
    assert ana.post(page(own, "do/registration/"), FAILED).status_code == 302
    assert stored(own).registration == "failed"
    for client, sender in ((ana, cast.sender), (cleo, own), (vic, own)):
        assert client.get(page(sender, "do/registration/")).status_code == 404
        assert client.post(page(sender, "do/registration/"), FAILED).status_code == 404
    assert stored(cast.sender).registration == "not_needed"
    assert own.address not in text_of(cleo, "/admin/")


@pytest.mark.row(72)
def test_verified_and_one_member_off_points_to_that_members_switch_first(cast: Cast) -> None:
    with platform_scope():
        Sender.objects.update(registration="verified", registration_kind="a2p")
    ana, path = signed_in(cast.ana), f"/admin/members/member/{cast.ben.pk}/change/"
    first = "The service is in order: what stops SMS to Ben is their own switch below. Look there first."
    assert first not in text_of(ana, path)
    with tenant_scope(cast.harbor.pk):
        switch_off(cast.ben, actor=cast.ana, why="on leave", at=timezone.now())
    shown = text_of(ana, path)
    assert first in shown
    assert shown.index("VERIFIED") < shown.index(first) < shown.index("switched off on")


@pytest.mark.row(67, 69, 70)
def test_a_member_who_is_switched_on_sees_a_pending_service_and_none_abroad(cast: Cast) -> None:
    ana, path = signed_in(cast.ana), f"/admin/members/member/{cast.ben.pk}/change/"
    # Nothing is pending only because somebody was switched on: no wait is made up.
    assert "PENDING" not in text_of(ana, path)
    since = timezone.now() - timedelta(days=3)
    with platform_scope():
        Sender.objects.update(registration="pending", registration_kind="a2p", registration_since=since)
    shown = text_of(ana, path)
    assert "PENDING The US A2P 10DLC brand and campaign of +12065550100 has been pending for 3 days" in shown
    assert "also to members for whom SMS was just switched on" in shown
    assert "Enabled" in shown
    with tenant_scope(cast.harbor.pk):
        Phone.objects.update(number="+447911123456")
    assert "PENDING" not in text_of(ana, path)


def test_fetched_from_twilio_it_is_kept_with_its_errors_and_its_time(
    cast: Cast, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.TWILIO_BASE_URL = sandbox.url
    with platform_scope():
        account = ProviderAccount.objects.get(pk=cast.sender.account_id)
        account.account_id, account.secret = sandbox.account_sid, sandbox.auth_token
        account.save()
        service = Sender.objects.create(account=account, kind="service", address=SERVICE, priority=1)
    errors = [{"code": 30896, "says": "Opt-in not acceptable.", "fields": ["MESSAGE_FLOW"]}]
    since = "2026-11-18T09:00:00+00:00"
    sandbox.post("/registrations", kind="campaign", about=SERVICE, state="FAILED", errors=errors, since=since)
    pat = signed_in(cast.pat)
    answer = pat.post(page(service, "do/fetch-registration/"), follow=True)
    assert f"Twilio says of {SERVICE}: Failed." in answer.content.decode()
    kept = stored(service)
    assert (kept.registration, kept.registration_kind, kept.registration_source) == ("failed", "a2p", "provider")
    assert kept.registration_since is not None
    assert kept.registration_since.isoformat() == since
    assert kept.registration_errors == [{"code": "30896", "field": "MESSAGE_FLOW", "says": "Opt-in not acceptable."}]
    sandbox.post("/registrations", kind="campaign", about=SERVICE, state="VERIFIED")
    pat.post(page(service, "do/fetch-registration/"))
    assert (stored(service).registration, stored(service).registration_errors) == ("verified", [])


def test_without_an_answer_what_was_known_stays(cast: Cast, settings: Any) -> None:
    settings.TWILIO_BASE_URL, settings.PROVIDER_TIMEOUT = "http://127.0.0.1:9", 2.0
    with platform_scope():
        Sender.objects.update(registration="pending", registration_kind="a2p")
        Sender.objects.filter(pk=cast.sender.pk).update(kind="service", address=SERVICE)
        found = fetch_from_provider(stored(cast.sender), actor=cast.pat, at=timezone.now())
    assert isinstance(found, NotFetched)
    assert "What was known stays as it is" in found.why
    assert "token-of-the-tests" not in found.why
    assert stored(cast.sender).registration == "pending"
