"""Calls are ruled, attempted, handed over and asked about; what cannot be told apart is left as it is, and said."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.models import Member
from notifications.dispatch.asking import ASKS
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.reconcile import reconcile
from notifications.models import Notification, Sender
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.sandbox.process import RunningSandbox


@pytest.fixture
def calling(cast: Cast, sandbox: RunningSandbox) -> RunningSandbox:
    """The cast's sender calls too, and Ben agreed to calls."""
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(channels=["sms", "voice"])
    agree(cast.ben, tenant=cast.harbor, channel="voice")
    return sandbox


def called(cast: Cast, *, number: str, name: str = "Dana") -> Member:
    """One more member, who agreed to calls."""
    member = person(cast, number=number, name=name)
    agree(member, tenant=cast.harbor, channel="voice")
    return member


def deliver(*, now: datetime | None = None) -> int:
    return deliver_due(clock=lambda: now or timezone.now(), owner="worker-1", for_seconds=5)


def asked(*, after: timedelta) -> int:
    return reconcile(clock=lambda: timezone.now() + after, owner="worker-2")


def state(row: Notification) -> tuple[str, str]:
    row = again(row)
    return row.status, row.reason


def shown(sandbox: RunningSandbox, number: str) -> list[dict[str, Any]]:
    return list(sandbox.calls(number))


def test_a_call_is_placed_and_the_row_is_sent_until_more_is_known(cast: Cast, calling: RunningSandbox) -> None:
    row = message(cast.ben, channel="voice", body="Harbor: The pump is down", expires_at=None)
    assert deliver() == 1
    assert state(row) == ("sent", "")
    (attempt,) = attempts(row)
    (call,) = shown(calling, BEN_NUMBER)
    assert (attempt.provider, attempt.outcome, attempt.provider_message_id) == ("twilio", "accepted", call["sid"])
    assert attempt.word == "queued"
    assert attempt.consent_event_public_id.startswith("cns_")
    assert (call["from"], call["to"]) == (SENDER_NUMBER, BEN_NUMBER)
    assert "Twiml" in attempt.trace["request_fields"]
    assert "pump" not in str(attempt.trace)


@pytest.mark.case("I14")
def test_consent_to_texts_is_no_consent_to_calls(cast: Cast, calling: RunningSandbox) -> None:
    dana = person(cast, number="+12065550177")
    text, call = message(dana), message(dana, channel="voice")
    deliver()
    assert state(text)[0] in {"sent", "delivered"}
    assert state(call) == ("skipped", "CONSENT-1")
    assert attempts(call) == []
    assert shown(calling, "+12065550177") == []


def test_a_call_that_the_provider_refuses_fails_with_its_reason(cast: Cast, calling: RunningSandbox) -> None:
    dana = called(cast, number="+12065551215")
    row = message(dana, channel="voice")
    deliver()
    assert state(row) == ("failed", "TWILIO-21215")


def test_an_account_at_azure_that_lacks_what_calls_need_places_none_and_the_row_says_so(
    cast: Cast, calling: RunningSandbox
) -> None:
    with platform_scope():
        account = cast.sender.account
        type(account).objects.filter(pk=account.pk).update(provider="azure", resource_id="a-resource")
    row = message(cast.ben, channel="voice")
    deliver()
    assert state(row) == ("skipped", "SENDER-2")
    assert attempts(row) == []


def test_a_call_whose_answer_was_lost_is_found_by_number_caller_and_time(
    cast: Cast, calling: RunningSandbox, impatient: None
) -> None:
    calling.force("timeout_after", to=BEN_NUMBER)
    row = message(cast.ben, channel="voice")
    deliver()
    assert state(row) == ("unconfirmed", "UNCONFIRMED-1")
    assert asked(after=ASKS[0] + timedelta(seconds=2)) == 1
    assert again(row).status == "sent"
    (attempt,) = attempts(row)
    assert attempt.provider_message_id == shown(calling, BEN_NUMBER)[0]["sid"]
    assert len(shown(calling, BEN_NUMBER)) == 1, "nobody is called twice"


def test_two_calls_that_fit_leave_the_row_unconfirmed_and_say_so(
    cast: Cast, calling: RunningSandbox, impatient: None
) -> None:
    calling.force("timeout_after", to=BEN_NUMBER)
    rows = [message(cast.ben, channel="voice"), message(cast.ben, channel="voice", body="The gate is open")]
    deliver()
    assert len(shown(calling, BEN_NUMBER)) == 2
    asked(after=ASKS[0] + timedelta(seconds=2))
    assert [state(row) for row in rows] == [("unconfirmed", "UNCONFIRMED-4")] * 2
    assert asked(after=timedelta(minutes=5)) == 0, "it is not asked about any more"
    assert len(shown(calling, BEN_NUMBER)) == 2


def test_a_call_that_never_got_there_is_placed_once_more(cast: Cast, calling: RunningSandbox, impatient: None) -> None:
    calling.force("timeout_before", to=BEN_NUMBER)
    row = message(cast.ben, channel="voice", expires_at=None)
    deliver()
    assert state(row) == ("unconfirmed", "UNCONFIRMED-1")
    for pause in ASKS:
        asked(after=pause + timedelta(seconds=3))
    assert state(row) == ("held", "RESEND-1")
    calling.force(None, to=BEN_NUMBER)
    deliver(now=timezone.now() + timedelta(minutes=2))
    assert again(row).status == "sent"
    assert len(shown(calling, BEN_NUMBER)) == 1


def test_an_accepted_call_of_which_nothing_was_heard_is_asked_about(cast: Cast, calling: RunningSandbox) -> None:
    dana = called(cast, number="+12065554486")
    row = message(dana, channel="voice")
    deliver()
    assert again(row).status == "sent"
    calling.over("+12065554486")
    assert asked(after=timedelta(seconds=65)) == 1
    assert state(row) == ("failed", "TWILIO-BUSY")


def test_a_call_rings_no_longer_than_the_page_is_worth(cast: Cast, calling: RunningSandbox) -> None:
    row = message(cast.ben, channel="voice", expires_at=timezone.now() + timedelta(seconds=12))
    deliver()
    (attempt,) = attempts(row)
    assert 5 <= int(attempt.trace["request_fields"]["Timeout"]) <= 12


def test_the_quota_counts_a_call_as_a_call(cast: Cast, calling: RunningSandbox) -> None:
    from billing.models import UsageMonth

    message(cast.ben, channel="voice")
    deliver()
    with tenant_scope(cast.harbor.pk):
        month = UsageMonth.objects.get()
    assert (month.notifications_used, month.calls_used, month.segments_used) == (1, 1, 0)
