"""A re-consent while the provider still blocks: it counts, nothing is sent, and everybody is told what lifts it.

And the page's word on consent is the word that the diagnosis reads.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from members.consent.standing import StandingState
from members.consent.words import ConsentState
from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.report import report
from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.models import Attempt, Notification, ProviderBlock
from notifications.operations.hooks import make_hook
from tenants.models import User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.consenting import agree
from tests.members.record_pages import MEMBERS, RECORDS, decision, page, posted
from tests.members.recording_stories import approves, recorded, second_admin, state_of
from tests.members.stories import MINUTE, NOW, leaves_unticked, starts, stops, ticks
from tests.members.web import signed_in
from tests.notifications.dispatch.conftest import again, message

LEASE = timedelta(seconds=45)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def dora(cast: Cast) -> User:
    return second_admin(cast.harbor)


@pytest.fixture
def out(cast: Cast, dora: User) -> Cast:
    """Ben agreed once and texted STOP, which the provider heard as well."""
    agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    stops(at=NOW - 30 * MINUTE)
    with platform_scope():
        ProviderBlock.objects.create(
            provider="twilio",
            sender=cast.sender,
            sender_address=SENDER_NUMBER,
            number=BEN_NUMBER,
            since=NOW - 30 * MINUTE,
            source="keyword",
        )
    return cast


def work() -> None:
    """Claim and rule all that is due; what may go has an attempt then."""
    intend(claim_due(now=timezone.now(), limit=50, owner="w", lease=LEASE), clock=timezone.now, owner="w", lease=LEASE)


def diagnosed(row: Notification) -> str:
    with platform_scope():
        facts = read_facts([row.pk], now=timezone.now(), zone="UTC")[row.pk]
    cause = report(facts).cause
    assert cause is not None
    return f"{cause.says} {cause.remedy.text if cause.remedy else ''}"


@pytest.mark.case("R9")
def test_a_valid_reconsent_counts_and_nothing_goes_by_sms_while_the_provider_blocks(out: Cast, dora: User) -> None:
    approves(recorded(out.ben, by=out.ana), by=dora, at=timezone.now())
    assert state_of(out.ben, at=NOW + timedelta(hours=2)) is StandingState.OPTED_IN
    page_row = message(out.ben)
    work()
    with platform_scope():
        rows = list(Notification.objects.order_by("id"))
        assert not Attempt.objects.exists(), "no SMS is attempted"
    assert {(row.purpose, row.status, row.reason) for row in rows} == {
        ("consent_confirmation", "skipped", "BLOCK-1"),
        ("direct_message", "skipped", "BLOCK-1"),
    }
    said = diagnosed(page_row)
    assert "START" in said
    assert SENDER_NUMBER in said
    with platform_scope():
        ProviderBlock.objects.update(state="cleared")
    later = message(out.ben)
    work()
    assert again(later).status == "sending"


def test_the_provider_is_told_by_a_confirmed_action_once_it_is_approved(out: Cast, dora: User) -> None:
    row = recorded(out.ben, by=out.ana)
    client = signed_in(out.ana)
    assert client.get(decision(row, "tell-provider")).status_code == 404
    approves(row, by=dora)
    html = page(client, decision(row, "tell-provider"))
    assert "Nothing is sent to the person." in html
    assert SENDER_NUMBER in html
    assert "The provider is asked now." in posted(client, decision(row, "tell-provider"))
    assert "Our last request to it: Lift the block" in page(client, f"{RECORDS}{row.pk}/change/")
    stops(at=NOW + 50 * MINUTE, message="SM9")
    assert "does not count as agreed any more" in page(client, decision(row, "tell-provider"))
    for stranger in (out.cleo, out.vic, out.sam):
        assert signed_in(stranger).post(decision(row, "tell-provider")).status_code == 404


@pytest.mark.row(8)
@pytest.mark.parametrize("story", ["never", "declined", "agreed", "stopped", "came back", "recorded"])
def test_the_members_page_shows_the_status_of_sms_consent_and_the_check_reads_the_same(
    cast: Cast, dora: User, story: str
) -> None:
    expected, cause = ConsentState.OPTED_IN, ""
    if story == "never":
        expected, cause = ConsentState.NEVER, "CONSENT-1"
    elif story == "declined":
        leaves_unticked(cast.ben, tenant=cast.harbor, at=NOW)
        expected, cause = ConsentState.NEVER, "CONSENT-4"
    else:
        ticks(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    if story in ("stopped", "came back", "recorded"):
        stops(at=NOW - 30 * MINUTE)
        expected, cause = ConsentState.OPTED_OUT, "CONSENT-3"
    if story == "came back":
        starts(at=NOW - 20 * MINUTE)
        expected, cause = ConsentState.OPTED_IN, ""
    if story == "recorded":
        approves(recorded(cast.ben, by=cast.ana), by=dora)
        expected, cause = ConsentState.OPTED_IN, ""
    html = page(signed_in(cast.ana), f"{MEMBERS}{cast.ben.pk}/change/")
    (field,) = re.findall(r"SMS consent status.*?pt-pill[^>]*>([^<]+)<", html, re.DOTALL)
    assert field == expected.label
    with tenant_scope(cast.harbor.pk):
        Notification.objects.filter(purpose="consent_confirmation").update(status="sent")
    row = message(cast.ben)
    work()
    found = again(row)
    if expected is ConsentState.OPTED_IN:
        assert found.status == "sending"
        return
    assert found.status == "skipped"
    with platform_scope():
        facts = read_facts([row.pk], now=timezone.now(), zone="UTC")[row.pk]
    says = report(facts).cause
    assert says is not None
    assert says.code == cause
    assert found.reason == cause


@pytest.mark.case("I17")
@pytest.mark.parametrize("urgency", [{"emergency": True, "priority": "critical", "force": 1}, {"service": "Gas leak"}])
def test_there_is_no_emergency_exemption(cast: Cast, client: Client, urgency: dict[str, object]) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    with tenant_scope(cast.harbor.pk):
        Notification.objects.filter(purpose="consent_confirmation").update(status="sent")
        _, token = make_hook(cast.flow, actor=cast.ana, at=timezone.now())

    def fired() -> tuple[str, str]:
        body = {"service": "EMERGENCY: gas leak, evacuate", **urgency}
        assert client.post(f"/hooks/{token}", body, content_type="application/json").status_code == 202
        work()
        with platform_scope():
            row = Notification.objects.filter(purpose="page").latest("id")
        return row.status, row.reason

    assert fired()[0] == "sending"
    stops(at=NOW)
    assert fired() == ("skipped", "CONSENT-3")
    with platform_scope():
        assert Attempt.objects.count() == 1
