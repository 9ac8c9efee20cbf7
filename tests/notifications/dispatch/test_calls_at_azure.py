"""Calls through Azure are handed over like texts: what is unknown is settled by the same request, and nobody is called
twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.consent.handset import opt_out_from_handset
from members.models import Member
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.reconcile import reconcile
from notifications.models import Notification, ProviderAccount, Sender
from notifications.sandbox import defaults
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.sandbox.process import RunningSandbox


@pytest.fixture(autouse=True)
def by_azure(cast: Cast, sandbox: RunningSandbox, settings: Any) -> Sender:
    """Azure is the only provider, and Ben agreed to calls; nobody is there to take in events."""
    settings.AZURE_BASE_URL = sandbox.url
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    agree(cast.ben, tenant=cast.harbor, channel="voice")
    with platform_scope():
        Sender.objects.update(is_active=False)
        account = ProviderAccount.objects.create(
            provider="azure",
            name="ACS",
            account_id=defaults.AZURE_HOST,
            secret=defaults.AZURE_ACCESS_KEY,
            resource_id=defaults.AZURE_RESOURCE_ID,
            speech_endpoint=defaults.AZURE_SPEECH,
        )
        return Sender.objects.create(account=account, address=defaults.AZURE_NUMBERS[0], channels=["sms", "voice"])


def deliver() -> int:
    return deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)


def asked(*, after: float) -> int:
    return reconcile(clock=lambda: timezone.now() + timedelta(seconds=after), owner="worker-2")


def state(row: Notification) -> tuple[str, str]:
    row = again(row)
    return row.status, row.reason


def called(cast: Cast, number: str) -> Member:
    member = person(cast, number=number)
    agree(member, tenant=cast.harbor, channel="voice")
    return member


def test_a_call_is_placed_with_the_attempt_in_the_address_of_its_events(cast: Cast, sandbox: RunningSandbox) -> None:
    row = message(cast.ben, channel="voice", body="Harbor: The pump is down")
    assert deliver() == 1
    assert state(row) == ("sent", "")
    (attempt,) = attempts(row)
    (call,) = sandbox.calls(BEN_NUMBER)
    assert (attempt.provider, attempt.channel, attempt.provider_message_id) == ("azure", "voice", call["sid"])
    assert (attempt.word, call["provider"], call["from"]) == ("initiated", "azure", defaults.AZURE_NUMBERS[0])
    fields = attempt.trace["request_fields"]
    assert fields["callbackUri"] == f"http://127.0.0.1:9/webhooks/azure/call/{attempt.public_id}"
    assert "pump" not in str(attempt.trace)
    assert BEN_NUMBER not in str(attempt.trace)


@pytest.mark.parametrize("trouble", ["timeout_after", "reset_after"])
def test_a_call_whose_answer_was_lost_is_settled_by_the_same_request_and_placed_once(
    cast: Cast, sandbox: RunningSandbox, impatient: None, trouble: str
) -> None:
    sandbox.force(trouble, to=BEN_NUMBER, provider="azure")
    row = message(cast.ben, channel="voice")
    deliver()
    assert state(row) == ("unconfirmed", "UNCONFIRMED-1")
    assert asked(after=7) == 1
    assert again(row).status == "sent"
    (attempt,) = attempts(row)
    (call,) = sandbox.calls(BEN_NUMBER)
    assert (attempt.outcome, attempt.provider_message_id) == ("accepted", call["sid"])
    assert attempt.trace["first_request"]["request_fields"] == attempt.trace["request_fields"]


def test_a_call_that_never_got_there_is_placed_by_the_second_request(
    cast: Cast, sandbox: RunningSandbox, impatient: None
) -> None:
    sandbox.force("timeout_before", to=BEN_NUMBER, provider="azure")
    row = message(cast.ben, channel="voice")
    deliver()
    sandbox.force(None, to=BEN_NUMBER, provider="azure")
    # What it will say may change meanwhile: the request holds no word of it.
    with platform_scope():
        Notification.objects.filter(pk=row.pk).update(body="The gate is open")
    assert asked(after=7) == 1
    assert again(row).status == "sent"
    assert len(sandbox.calls(BEN_NUMBER)) == 1
    assert len(attempts(row)) == 1


def _opts_out(row: Notification, now: datetime) -> None:
    opt_out_from_handset(
        number=row.number,
        at=now,
        received_at=now,
        raw_text="STOP",
        method="keyword",
        provider="azure",
        provider_message_id="Incoming_1",
        sender_address=defaults.AZURE_NUMBERS[0],
        tenant_id=None,
        member_id=None,
    )


def test_nobody_is_called_by_a_second_request_after_a_stop_or_after_four_minutes(
    cast: Cast, sandbox: RunningSandbox, impatient: None
) -> None:
    dana = called(cast, "+12065550177")
    sandbox.force("timeout_before", provider="azure")
    stopped, late = message(dana, channel="voice"), message(cast.ben, channel="voice")
    deliver()
    sandbox.force(None, provider="azure")
    with platform_scope():
        _opts_out(stopped, timezone.now())
    assert asked(after=245) == 0
    assert state(late) == ("unconfirmed", "UNCONFIRMED-5")
    assert state(stopped)[0] == "unconfirmed"
    assert sandbox.calls() == []


def test_a_call_that_azure_refuses_fails_with_its_reason(cast: Cast, sandbox: RunningSandbox) -> None:
    with platform_scope():
        Sender.objects.filter(is_active=True).update(address="+12065550199")
    row = message(cast.ben, channel="voice")
    deliver()
    assert state(row) == ("failed", "AZURE-7507")
    assert sandbox.calls(BEN_NUMBER) == []
