"""STOP and START as they come in from a handset, and what the next message to it meets."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.consent.choices import lose_number
from members.consent.standing import StandingState
from members.models import ConsentEvent, Member
from members.queries import standing_of
from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.models import Notification, ProviderAccount, ProviderBlock, Sender
from tenants.models import Tenant, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast, add_flow
from tests.consenting import agree
from tests.notifications.webhooks.twilio_requests import TOKEN, again, another_on, fired, replies, text_from

RIDGE_SENDER = "+12065550190"
RIDGE_ACCOUNT = "AC" + "9" * 32


def state_of(member: Member, *, channel: str = "sms") -> StandingState:
    with tenant_scope(member.tenant_id):
        found = standing_of(member, channel=channel, at=timezone.now())  # type: ignore[arg-type]
    assert found is not None
    return found.state


def page_to(member: Member, *, tenant: Tenant) -> Notification:
    """A page to this member, as far as the worker takes it before anybody is called."""
    with tenant_scope(tenant.pk):
        flow = add_flow(tenant, name=f"Flow {timezone.now().timestamp()}", members=[member])
    alert = fired(flow, at=timezone.now(), service="Pump 3")
    with platform_scope():
        row = Notification.objects.get(alert=alert)
    claimed = claim_due(now=timezone.now(), limit=50, owner="worker-1", lease=timedelta(seconds=45))
    intend(claimed, clock=timezone.now, owner="worker-1", lease=timedelta(seconds=45))
    return again(row)


def diagnosis(row: Notification, *, reader: User) -> str:
    client = Client()
    client.force_login(reader)
    return client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk])).content.decode()


@pytest.fixture
def ridge_sender(cast: Cast) -> Sender:
    """Ridge has a number of its own, at an account of its own."""
    with platform_scope():
        account = ProviderAccount.objects.create(
            tenant=cast.ridge, provider="twilio", name="Ridge's", account_id=RIDGE_ACCOUNT, secret=TOKEN
        )
        return Sender.objects.create(tenant=cast.ridge, account=account, address=RIDGE_SENDER)


@pytest.mark.case("O1")
def test_a_stop_counts_when_the_provider_has_its_answer_and_the_next_page_is_blocked(
    cast: Cast, client: Client
) -> None:
    agree(cast.ben, tenant=cast.harbor)
    before = page_to(cast.ben, tenant=cast.harbor)
    assert (before.status, attempts(before)) == ("sending", 1)
    assert text_from(client, "STOP").status_code == 200
    assert state_of(cast.ben) is StandingState.OPTED_OUT
    after = page_to(cast.ben, tenant=cast.harbor)
    assert (after.status, after.reason, attempts(after)) == ("skipped", "CONSENT-3", 0)
    assert "opted out" in after.reason_text


@pytest.mark.case("O2")
@pytest.mark.row(11)
def test_a_stop_to_ridges_own_sender_silences_the_number_at_harbor_which_learns_the_date_alone(
    cast: Cast, client: Client, ridge_sender: Sender
) -> None:
    rhona = another_on(BEN_NUMBER, tenant=cast.ridge, name="Rhona")
    agree(rhona, tenant=cast.ridge)
    agree(cast.ben, tenant=cast.harbor)
    for member, tenant in ((cast.ben, cast.harbor), (rhona, cast.ridge)):
        assert page_to(member, tenant=tenant).status == "sending"
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        text_from(client, "STOP", to=RIDGE_SENDER, account=RIDGE_ACCOUNT)
    rows = [page_to(member, tenant=tenant) for member, tenant in ((cast.ben, cast.harbor), (rhona, cast.ridge))]
    assert [(row.status, row.reason) for row in rows] == [("skipped", "CONSENT-3")] * 2
    shown = diagnosis(rows[0], reader=cast.ana)
    assert "opted out of every message on this platform" in shown
    with platform_scope():
        stop = ConsentEvent.objects.get(act="revoke")
    assert f"{stop.effective_at:%H:%M:%S} UTC on {stop.effective_at.day} {stop.effective_at:%b %Y}" in shown
    for foreign in ("Ridge", "Rhona", RIDGE_SENDER, cast.ridge.public_id, rhona.public_id, stop.public_id):
        assert foreign not in shown


@pytest.mark.case("R12")
def test_a_start_brings_consent_back_and_clears_the_block_of_the_sender_it_was_texted_to_alone(
    cast: Cast, client: Client, ridge_sender: Sender
) -> None:
    rhona = another_on(BEN_NUMBER, tenant=cast.ridge, name="Rhona")
    for member, tenant in ((cast.ben, cast.harbor), (rhona, cast.ridge)):
        agree(member, tenant=tenant)
    text_from(client, "STOP")
    text_from(client, "STOP", to=RIDGE_SENDER, account=RIDGE_ACCOUNT)
    assert blocks() == {SENDER_NUMBER: "active", RIDGE_SENDER: "active"}
    text_from(client, "START")
    assert [state_of(member) for member in (cast.ben, rhona)] == [StandingState.OPTED_IN] * 2
    assert blocks() == {SENDER_NUMBER: "cleared", RIDGE_SENDER: "active"}
    assert page_to(cast.ben, tenant=cast.harbor).status == "sending"
    blocked = page_to(rhona, tenant=cast.ridge)
    assert (blocked.status, blocked.reason) == ("skipped", "BLOCK-1")
    assert RIDGE_SENDER in diagnosis(blocked, reader=cast.cleo)
    text_from(client, "START", to=RIDGE_SENDER, account=RIDGE_ACCOUNT)
    assert page_to(rhona, tenant=cast.ridge).status == "sending"


@pytest.mark.case("R13")
@pytest.mark.parametrize("stopped", [False, True])
def test_a_start_of_a_number_that_never_consented_is_kept_creates_nothing_and_is_told_how_to_consent(
    cast: Cast, client: Client, stopped: bool
) -> None:
    page_to(cast.ben, tenant=cast.harbor)
    if stopped:
        text_from(client, "STOP")
    text_from(client, "Start")
    with platform_scope():
        line = ConsentEvent.objects.select_related("detail").get(act="restore")
        assert not ConsentEvent.objects.filter(act="grant").exists()
    assert line.detail.data["raw_text"] == "Start"
    assert state_of(cast.ben) is StandingState.NONE
    skipped = page_to(cast.ben, tenant=cast.harbor)
    assert (skipped.status, skipped.reason) == ("skipped", "CONSENT-1")


@pytest.mark.case("R13")
def test_the_answer_to_such_a_start_says_how_to_consent(cast: Cast, sent: Notification, client: Client) -> None:
    """Ours, also where the provider has answered its own keyword: it cannot know that nothing will come."""
    assert again(sent).number == BEN_NUMBER
    text_from(client, "START")
    assert "tick the SMS box" in replies()[-1].body


@pytest.mark.case("R14")
def test_a_start_is_not_enough_for_a_number_that_is_not_theirs_any_more(cast: Cast, client: Client) -> None:
    agree(cast.ben, tenant=cast.harbor)
    text_from(client, "STOP")
    with tenant_scope(cast.harbor.pk):
        lose_number(tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, actor=cast.ana, at=timezone.now())
    text_from(client, "START")
    assert state_of(cast.ben) is StandingState.STALE
    skipped = page_to(cast.ben, tenant=cast.harbor)
    assert (skipped.status, skipped.reason) == ("skipped", "CONSENT-5")
    # Whoever has the number now completes the form themselves, and proves it.
    agree(cast.ben, tenant=cast.harbor, at=timezone.now())
    assert page_to(cast.ben, tenant=cast.harbor).status == "sending"


def attempts(row: Notification) -> int:
    with platform_scope():
        return row.attempts.count()


def blocks() -> dict[str, str]:
    with platform_scope():
        return dict(ProviderBlock.objects.filter(number=BEN_NUMBER).values_list("sender_address", "state"))
