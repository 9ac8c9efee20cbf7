"""STOP, START, YES and HELP from the handset: what they do, and who answers them."""

from typing import Any

import pytest
from django.test import Client

from members.models import ConsentEvent, Suppression
from notifications.models import InboundMessage, Notification, ProviderAccount, Sender
from tenants.models import Standing
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.webhooks.twilio_requests import message_sid, replies, text_from


def _suppressed(number: str = BEN_NUMBER) -> bool:
    with platform_scope():
        return Suppression.objects.filter(number_id=number).exists()


def _outcome() -> tuple[str, str]:
    with platform_scope():
        row = InboundMessage.objects.order_by("-id")[0]
    return row.reading, row.outcome


@pytest.mark.parametrize(
    ("body", "opt_out_type", "answered"),
    [
        ("STOP", "", False),
        (" stop ", "", False),
        ("Unsubscribe", "", False),
        ("STOP!", "", True),
        ("Please stop texting me", "", True),
        ("opt out", "", True),
        ("ENOUGH", "STOP", False),
    ],
)
def test_a_stop_counts_before_it_is_answered_and_is_confirmed_once_by_whoever_read_it(
    *, cast: Cast, sent: Notification, client: Client, body: str, opt_out_type: str, answered: bool
) -> None:
    assert text_from(client, body, opt_out_type=opt_out_type).status_code == 200
    assert _suppressed()
    assert _outcome() == ("STOP", "opted_out")
    assert [row.body.startswith("You are opted out.") for row in replies()] == [True] * answered
    text_from(client, body, opt_out_type=opt_out_type)
    assert _outcome() == ("STOP", "opted_out_again")
    assert len(replies()) == answered


def test_one_stop_delivered_twice_is_one_line_of_the_ledger(cast: Cast, client: Client) -> None:
    sid = message_sid()
    text_from(client, "STOP", sid=sid)
    text_from(client, "STOP", sid=sid)
    with platform_scope():
        assert ConsentEvent.objects.filter(act="revoke").count() == 1


@pytest.mark.parametrize("standing", [Standing.PAST_DUE, Standing.SUSPENDED, Standing.CANCELLED])
def test_a_stop_counts_whatever_the_tenants_standing(
    cast: Cast, sent: Notification, client: Client, standing: Standing
) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.harbor.standing = standing
        cast.harbor.save()
    text_from(client, "stop texting me")
    assert _suppressed()
    assert len(replies()) == 1


def test_start_lifts_the_stop_and_tells_one_who_never_agreed_how_to(
    cast: Cast, sent: Notification, client: Client
) -> None:
    text_from(client, "STOP")
    text_from(client, "START")
    assert not _suppressed()
    assert _outcome() == ("START", "opted_in_without_consent")
    assert "Harbor" in replies()[0].body
    assert "tick the SMS box" in replies()[0].body


def test_start_brings_back_one_who_had_agreed_and_twilio_answers_its_own_keyword(
    cast: Cast, sent: Notification, client: Client
) -> None:
    _agree(cast)
    text_from(client, "STOP")
    text_from(client, "START")
    assert _outcome() == ("START", "opted_in")
    assert replies() == []
    text_from(client, "STOP")
    text_from(client, "Start!")
    assert replies()[0].body.startswith("You are opted in again")


@pytest.mark.parametrize(
    ("stopped", "toll_free", "counts"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_yes_is_start_only_for_an_opted_out_number_on_a_sender_that_heeds_it(
    *, cast: Cast, sent: Notification, client: Client, stopped: bool, toll_free: bool, counts: bool
) -> None:
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(is_toll_free=toll_free)
    if stopped:
        text_from(client, "STOP")
    text_from(client, "YES")
    assert _outcome()[0] == ("START" if counts else "NONE")
    assert _suppressed() is (stopped and not counts)


@pytest.mark.parametrize(("body", "opt_out_type", "answered"), [("HELP", "", 0), ("Help!", "", 1), ("HULP", "HELP", 0)])
def test_help_is_answered_by_us_only_where_twilio_does_not(
    *, cast: Cast, sent: Notification, client: Client, body: str, opt_out_type: str, answered: int
) -> None:
    text_from(client, body, opt_out_type=opt_out_type)
    assert len(replies()) == answered
    assert all("Harbor" in row.body and "STOP" in row.body for row in replies())


def test_other_words_are_kept_and_do_nothing(cast: Cast, sent: Notification, client: Client) -> None:
    text_from(client, "who is this?")
    assert _outcome() == ("NONE", "kept")
    assert replies() == []
    assert not _suppressed()
    with tenant_scope(cast.harbor.pk):
        assert InboundMessage.objects.get().body == "who is this?"
    with tenant_scope(cast.ridge.pk):
        assert not InboundMessage.objects.exists()


def test_a_stop_from_a_number_that_nobody_knows_counts_too(cast: Cast, client: Client) -> None:
    text_from(client, "stop texting me", number="+12065550198")
    assert _suppressed("+12065550198")
    assert replies() == []


def test_a_text_from_what_is_no_phone_number_is_kept_and_does_nothing(cast: Cast, client: Client) -> None:
    assert text_from(client, "STOP", number="22395").status_code == 200
    assert _outcome() == ("STOP", "kept")


OWN_ACCOUNT = "AC" + "7" * 32
OWN_NUMBER = "+12065550177"
OWN_TOKEN = "token-that-harbor-holds"


@pytest.fixture
def own(cast: Cast) -> Sender:
    """Harbor's number at an account of its own."""
    with platform_scope():
        account = ProviderAccount.objects.create(
            tenant=cast.harbor, provider="twilio", name="Harbor", account_id=OWN_ACCOUNT, secret=OWN_TOKEN
        )
        return Sender.objects.create(tenant=cast.harbor, account=account, address=OWN_NUMBER)


def _text_to_own(client: Client, body: str) -> None:
    assert text_from(client, body, to=OWN_NUMBER, account=OWN_ACCOUNT, token=OWN_TOKEN).status_code == 200


@pytest.mark.parametrize("body", ["START", "Start!", "YES"])
def test_start_lifts_through_the_platforms_account_and_not_through_a_tenants_own(
    *, cast: Cast, sent: Notification, own: Sender, client: Client, body: str
) -> None:
    text_from(client, "STOP")
    _text_to_own(client, body)
    assert _suppressed()
    assert _outcome() == ("START", "start_not_lifted")
    with platform_scope():
        assert not ConsentEvent.objects.filter(act="restore").exists()
    (answer,) = replies()
    assert answer.body.endswith(f"Text START to {SENDER_NUMBER} to come back.")
    assert answer.reply_from_id == own.pk
    text_from(client, body)
    assert not _suppressed()


@pytest.mark.parametrize("gone", ["inactive", "service", "of a tenant"])
def test_where_no_shared_number_is_there_a_start_that_lifts_nothing_is_kept_without_an_answer(
    *, cast: Cast, own: Sender, client: Client, gone: str
) -> None:
    text_from(client, "STOP")
    change: dict[str, dict[str, Any]] = {
        "inactive": {"is_active": False},
        "service": {"kind": "service"},
        "of a tenant": {"tenant": cast.ridge},
    }
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(**change[gone])
    _text_to_own(client, "START")
    assert (_suppressed(), _outcome(), replies()) == (True, ("START", "start_not_lifted"), [])


@pytest.mark.parametrize("body", ["STOP", "stop texting me"])
def test_a_stop_counts_through_a_tenants_own_account(*, cast: Cast, own: Sender, client: Client, body: str) -> None:
    assert not _suppressed()
    _text_to_own(client, body)
    assert _suppressed()
    assert _outcome() == ("STOP", "opted_out")


def test_start_of_one_who_never_stopped_writes_nothing_through_a_tenants_own_account(
    cast: Cast, own: Sender, client: Client
) -> None:
    _text_to_own(client, "START")
    assert _outcome() == ("START", "opted_in_without_consent")
    with platform_scope():
        assert not ConsentEvent.objects.filter(act="restore").exists()
    text_from(client, "START")
    with platform_scope():
        assert ConsentEvent.objects.filter(act="restore").count() == 1


def _agree(cast: Cast) -> None:
    agree(cast.ben, tenant=cast.harbor)
