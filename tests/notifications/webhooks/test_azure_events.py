"""Azure's delivery reports and texts: taken in like Twilio's, once each, whatever dress they come in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Suppression
from notifications.models import (
    Attempt,
    InboundMessage,
    Notification,
    ProviderBlock,
    ProviderCallback,
    Sender,
)
from notifications.operations import callbacks
from notifications.operations.callbacks import join_unjoined
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.webhooks.azure_posts import (
    HOST,
    KEY,
    NUMBER,
    azure_account,
    azure_sender,
    by_azure,
    message_id,
    post,
    report_event,
    text_event,
)
from tests.notifications.webhooks.twilio_requests import again, fired, replies


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.AZURE_EVENTS_KEYS = [KEY]


@pytest.fixture
def sender(cast: Cast) -> Sender:
    return azure_sender(azure_account())


@pytest.fixture
def gone(cast: Cast, sender: Sender) -> Attempt:
    """A page to Ben that went by Azure a minute ago."""
    at = timezone.now() - timedelta(minutes=1)
    alert = fired(cast.flow, at=at, service="Pump 3")
    with platform_scope():
        row = Notification.objects.get(alert=alert)
    return by_azure(row, sender=sender, at=at)


def row_of(attempt: Attempt) -> Notification:
    with platform_scope():
        return Notification.objects.get(pk=attempt.notification_id)


def suppressed() -> bool:
    with platform_scope():
        return Suppression.objects.filter(number_id=BEN_NUMBER).exists()


def outcomes() -> list[tuple[str, str]]:
    with platform_scope():
        return list(InboundMessage.objects.order_by("id").values_list("reading", "outcome"))


def test_a_report_is_joined_by_its_tag_and_kept_as_it_came(gone: Attempt, client: Client) -> None:
    told = report_event(gone, messageId=message_id("Outgoing"))
    with platform_scope():
        Attempt.objects.filter(pk=gone.pk).update(provider_message_id="")
    assert post(client, told).status_code == 200
    assert row_of(gone).status == "delivered"
    with platform_scope():
        [kept] = ProviderCallback.objects.all()
        attempt = Attempt.objects.get(pk=gone.pk)
        [receipt] = attempt.receipts.all()
    assert (kept.payload, kept.account_id, kept.joined_at is not None) == (told, HOST, True)
    assert attempt.provider_message_id == told["data"]["messageId"]
    assert (receipt.word, receipt.callback_id) == ("Delivered", kept.pk)
    assert receipt.provider_at == datetime(2026, 11, 20, 18, 0, 6, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("dress", ["capital letters", "a plus sign", "no tag", "a CloudEvent", "one CloudEvent alone"])
def test_a_report_is_read_whatever_dress_it_comes_in(gone: Attempt, client: Client, dress: str) -> None:
    told = report_event(gone, "Failed", "4006: The recipient is not reachable now.")
    if dress == "capital letters":
        told["data"] = {name[0].upper() + name[1:]: value for name, value in told["data"].items()}
    elif dress == "a plus sign":
        told["data"] |= {"from": NUMBER, "to": BEN_NUMBER}
    elif dress == "no tag":
        del told["data"]["tag"]
    else:
        told = {
            "specversion": "1.0",
            "type": told["eventType"],
            "source": told["topic"],
            "data": told["data"],
            "id": "1",
        }
    body = json.dumps(told) if dress == "one CloudEvent alone" else ""
    assert post(client, told, body=body).status_code == 200
    assert (row_of(gone).status, row_of(gone).reason) == ("failed", "AZURE-4006")


@pytest.mark.row(77)
@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ("4004: The recipient's number does not exist.", "AZURE-4004"),
        ("Sender blocked for given recipient.", "AZURE-4007"),
        ("Unknown (9999)", "AZURE-9999"),
        ("4998: something new", "AZURE-4998"),
        ("Nobody knows why.", "AZURE-FAILED"),
    ],
)
def test_a_failure_is_told_with_the_code_that_its_details_hold(
    gone: Attempt, client: Client, details: str, reason: str
) -> None:
    post(client, report_event(gone, "Failed", details))
    assert (row_of(gone).status, row_of(gone).reason) == ("failed", reason)


def test_a_carrier_that_gives_no_reports_proves_no_failure(gone: Attempt, client: Client) -> None:
    post(client, report_event(gone, "Failed", "5002: The carrier gives no delivery reports."))
    assert row_of(gone).status == "sent"
    post(client, report_event(gone, "Delivered"))
    assert row_of(gone).status == "delivered"


def test_a_status_that_nobody_knows_is_kept_said_aloud_and_changes_nothing(
    gone: Attempt, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert post(client, report_event(gone, "Teleported")).status_code == 200
    assert row_of(gone).status == "sent"
    assert "Teleported" in caplog.text
    with platform_scope():
        assert Attempt.objects.get(pk=gone.pk).receipts.filter(word="Teleported").exists()


def test_reports_in_a_batch_doubled_and_against_each_other(gone: Attempt, client: Client) -> None:
    delivered = report_event(gone, "Delivered")
    failed = report_event(gone, "Failed", "4006: The recipient is not reachable now.")
    assert post(client, failed, delivered, delivered).status_code == 200
    assert post(client, delivered).status_code == 200
    with platform_scope():
        attempt = Attempt.objects.get(pk=gone.pk)
        assert {(each.word, each.times) for each in attempt.receipts.all()} == {("Failed", 1), ("Delivered", 1)}
        assert ProviderCallback.objects.count() == 2
    assert (row_of(gone).status, attempt.has_conflict) == ("delivered", True)


def test_a_report_of_what_another_account_sent_changes_nothing(
    cast: Cast, gone: Attempt, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    other = azure_sender(azure_account(host="other.communication.azure.com"), number="+12065550191")
    post(client, report_event(gone, "Failed", "4004", **{"from": other.address.lstrip("+")}))
    assert row_of(gone).status == "sent"
    assert "does not belong to attempt" in caplog.text


def test_1_acknowledges_and_the_answer_leaves_from_the_number_that_was_texted(
    gone: Attempt, sender: Sender, client: Client
) -> None:
    assert post(client, text_event("1")).status_code == 200
    assert row_of(gone).status == "acknowledged"
    [reply] = replies()
    assert (reply.body, reply.number, reply.reply_from_id) == ("Acknowledged: Pump 3 is down.", BEN_NUMBER, sender.pk)
    assert again(row_of(gone)).acknowledged_via == "sms"


@pytest.mark.parametrize(
    ("body", "answered"), [("STOP", False), (" stop ", False), ("Unsubscribe", True), ("please stop texting me", True)]
)
def test_a_stop_counts_everywhere_and_is_confirmed_by_whoever_acts_on_it(
    gone: Attempt, client: Client, body: str, answered: bool
) -> None:
    post(client, text_event(body))
    assert suppressed()
    assert outcomes() == [("STOP", "opted_out")]
    assert [row.body.startswith("You are opted out.") for row in replies()] == [True] * answered
    with platform_scope():
        blocked = ProviderBlock.objects.filter(provider="azure", sender_address=NUMBER, state="active").exists()
    assert blocked is not answered, "Azure acts on STOP itself, and on nothing else"


def test_the_same_text_delivered_twice_counts_once(gone: Attempt, client: Client) -> None:
    told = text_event("STOP")
    again_in_another_dress = {**told, "data": {name.upper(): value for name, value in told["data"].items()}}
    for each in (told, told, again_in_another_dress):
        assert post(client, each).status_code == 200
    assert outcomes() == [("STOP", "opted_out")]


def test_a_start_lifts_the_opt_out_and_yes_does_not(cast: Cast, gone: Attempt, client: Client) -> None:
    agree(cast.ben, tenant=cast.harbor)
    post(client, text_event("STOP"))
    post(client, text_event("YES"))
    assert suppressed()
    post(client, text_event("UNSTOP"))
    assert not suppressed()
    assert outcomes()[-1] == ("START", "opted_in")
    assert replies() == [], "Azure answers its own words"
    with platform_scope():
        assert not ProviderBlock.objects.filter(state="active").exists()


def test_a_stop_that_comes_hours_late_is_older_than_the_start_that_overtook_it(
    cast: Cast, gone: Attempt, client: Client
) -> None:
    agree(cast.ben, tenant=cast.harbor)
    now = timezone.now()
    post(client, text_event("START", at=now - timedelta(minutes=1)))
    post(client, text_event("STOP", at=now - timedelta(hours=3)))
    assert not suppressed()


def test_help_is_answered_by_us(gone: Attempt, client: Client) -> None:
    post(client, text_event("HELP"))
    assert outcomes() == [("HELP", "helped")]
    assert len(replies()) == 1


def test_what_could_not_be_joined_is_kept_and_joined_by_the_sweep(
    gone: Attempt, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> bool:
        raise RuntimeError("the database went away")

    told = text_event("1")
    with monkeypatch.context() as broken:
        broken.setattr(callbacks, "join_event", breaks)
        assert post(client, told).status_code == 500, "so that Event Grid posts it again"
    assert row_of(gone).status == "sent"
    assert post(client, told).status_code == 200, "it is kept already"
    assert join_unjoined(at=timezone.now()) == 1
    assert row_of(gone).status == "acknowledged"
    assert len(replies()) == 1


def test_a_report_that_comes_before_its_message_is_known_waits_for_it(gone: Attempt, client: Client) -> None:
    early = report_event(gone, "Delivered", tag="", messageId=message_id("Outgoing"))
    assert post(client, early).status_code == 200
    assert row_of(gone).status == "sent"
    with platform_scope():
        Attempt.objects.filter(pk=gone.pk).update(provider_message_id=early["data"]["messageId"])
    assert join_unjoined(at=timezone.now()) == 1
    assert row_of(gone).status == "delivered"


@pytest.mark.parametrize("text", ["nul \x00 byte", "half \ud83d of one", "a \\u0000 that is none", "Ünïcode ✓"])
def test_whatever_stands_in_a_text_is_kept(gone: Attempt, client: Client, text: str) -> None:
    assert post(client, text_event(text)).status_code == 200
    with platform_scope():
        [row] = InboundMessage.objects.all()
    assert row.body == text.replace("\x00", "").encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    "value", ["NaN", "-Infinity", "1e999", "[" * 40 + "]" * 40, "[" * 700 + "]" * 700, '{"a":' * 700 + "1" + "}" * 700]
)
def test_what_no_database_can_keep_is_no_event(sender: Sender, client: Client, value: str) -> None:
    body = json.dumps([text_event("hello", messageId="m-1", odd="HERE")]).replace('"HERE"', value)
    answer = client.post(f"/webhooks/azure/events?key={KEY}", data=body, content_type="application/json")
    assert answer.status_code == 400
    with platform_scope():
        assert not ProviderCallback.objects.exists()
