"""The consent cases of texts, through the webhook: what counts, who answers and when, and what people look at."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.consent.choices import lose_number
from members.models import ConsentEvent, Suppression
from members.queries import standing_of
from notifications.models import (
    ConsentPush,
    InboundMessage,
    Notification,
    ProviderAccount,
    ProviderBlock,
    Review,
    Sender,
)
from notifications.operations.inbound import Text, take_in
from tenants.models import Standing
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.webhooks.twilio_requests import message_sid, replies, text_from

OTHER_NUMBER = "+12065550101"


def suppressed() -> bool:
    with platform_scope():
        return Suppression.objects.filter(number_id=BEN_NUMBER).exists()


def newest() -> InboundMessage:
    with platform_scope():
        return InboundMessage.objects.order_by("-id")[0]


def reviews() -> list[Review]:
    with platform_scope():
        return list(Review.objects.order_by("id"))


def blocks() -> dict[str, str]:
    """The state of each sender's block for Ben's number."""
    with platform_scope():
        return dict(ProviderBlock.objects.filter(number=BEN_NUMBER).values_list("sender_address", "state"))


def state_of_ben(cast: Cast) -> str:
    with tenant_scope(cast.harbor.pk):
        found = standing_of(cast.ben, channel="sms", at=timezone.now() + timedelta(minutes=1))
    return found.state.value if found else "no number"


def taken_in(cast: Cast, body: str, *, received_at: datetime, at: datetime) -> InboundMessage:
    """A text that was received before it was taken in, as when the sweep finds one that failed at first."""
    with platform_scope():
        account = ProviderAccount.objects.get(pk=cast.sender.account_id)
        text = Text(account, message_sid(), BEN_NUMBER, SENDER_NUMBER, None, body, None, received_at)
        row = take_in(text, at=at)
    assert row is not None
    return row


@pytest.mark.case("O8", "K4")
@pytest.mark.parametrize("body", ["Stop.", "opt out", "OPT-OUT", "stop all", "please stop", "stpo", "ALTO"])
def test_a_stop_that_only_we_understand_is_answered_once_and_then_the_provider_is_told(
    cast: Cast, sent: Notification, client: Client, body: str
) -> None:
    text_from(client, body)
    assert suppressed()
    (answer,) = replies()
    assert answer.body.startswith("You are opted out.")
    assert answer.expires_at is not None
    assert answer.expires_at - newest().received_at <= timedelta(minutes=5, seconds=5)
    assert blocks() == {}, "the provider did not act, and is not thought to have"
    with platform_scope():
        push = ConsentPush.objects.get()
    # The request waits for our confirmation: the provider would refuse that once it had taken the opt-out.
    assert (push.wish, push.state, push.answer_id) == ("opt_out", "waiting", answer.pk)
    assert push.due_at > push.created_at
    text_from(client, body)
    assert len(replies()) == 1


@pytest.mark.case("O8", "K3")
@pytest.mark.parametrize(
    "body", ["STOP", "stop", "QUIT", "END", "REVOKE", "CANCEL", "UNSUBSCRIBE", "STOPALL", "OPTOUT"]
)
def test_a_stop_that_twilio_itself_understands_is_answered_by_twilio_and_blocks_that_sender(
    cast: Cast, sent: Notification, client: Client, body: str
) -> None:
    text_from(client, body)
    assert suppressed()
    assert replies() == []
    assert blocks() == {SENDER_NUMBER: "active"}
    with platform_scope():
        assert not ConsentPush.objects.exists()


@pytest.mark.case("O9")
@pytest.mark.parametrize(("late", "answers"), [(timedelta(minutes=20), 0), (timedelta(minutes=1), 1)])
def test_a_stop_that_is_taken_in_late_counts_and_is_not_confirmed_out_of_the_blue(
    cast: Cast, sent: Notification, late: timedelta, answers: int
) -> None:
    came = timezone.now() - late
    row = taken_in(cast, "please stop texting me", received_at=came, at=came + late)
    assert suppressed()
    assert len(replies()) == answers
    assert (row.outcome == "opted_out_late") == (answers == 0)
    assert ("Taken in 20 minutes after it came" in row.because) == (answers == 0)
    with platform_scope():
        line = ConsentEvent.objects.get(act="revoke")
        assert (line.effective_at, line.recorded_at) == (came, came + late)


@pytest.mark.case("O12")
@pytest.mark.parametrize("gone", ["suspended", "cancelled", "sender deleted", "sender inactive"])
def test_a_stop_to_a_sender_whose_tenant_or_self_is_gone_counts(cast: Cast, client: Client, gone: str) -> None:
    with platform_scope():
        if gone in ("suspended", "cancelled"):
            cast.harbor.standing = Standing(gone)
            cast.harbor.save()
            Sender.objects.filter(pk=cast.sender.pk).update(tenant=cast.harbor)
        elif gone == "sender deleted":
            Sender.objects.filter(pk=cast.sender.pk).delete()
        else:
            Sender.objects.filter(pk=cast.sender.pk).update(is_active=False)
    assert text_from(client, "STOP").status_code == 200
    assert suppressed()


@pytest.mark.case("O11")
def test_a_stop_with_a_wrong_signature_is_refused_and_a_right_one_counts(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert text_from(client, "STOP", token="guessed").status_code == 403
    assert not suppressed()
    assert [record.name for record in caplog.records if "refused" in record.getMessage()] == ["imes.security"]
    assert text_from(client, "STOP").status_code == 200
    assert suppressed()


@pytest.mark.case("K5")
@pytest.mark.parametrize(
    "body",
    ["please stop", "stop texting me", "STOP PLEASE", "take me off this list", "no more texts", "leave me alone",
     "wrong number, stop", "remove my number", "who is this? stop messaging me", "I don't want these anymore"],
)  # fmt: skip
def test_a_free_text_stop_opts_out_and_opens_a_review(
    cast: Cast, sent: Notification, client: Client, body: str
) -> None:
    text_from(client, body)
    assert suppressed()
    assert blocks() == {}
    (review,) = reviews()
    assert (review.kind, review.number, review.tenant_id) == ("free_text_stop", BEN_NUMBER, cast.harbor.pk)
    assert review.inbound_id == newest().pk
    text_from(client, body)
    assert len(reviews()) == 1


@pytest.mark.case("K9")
@pytest.mark.parametrize(
    "body",
    ["stop by the boiler room at 5", "the pump won't stop", "end of shift 6pm", "cancel the 9am meeting", "stopped"],
)
def test_a_sentence_that_merely_holds_the_word_does_nothing(
    cast: Cast, sent: Notification, client: Client, body: str
) -> None:
    text_from(client, body)
    assert not suppressed()
    assert (newest().reading, newest().outcome, reviews()) == ("NONE", "kept", [])


@pytest.mark.case("K9", "K14")
@pytest.mark.parametrize(
    "body", ["wrong number", "stop 4", "why do you keep texting me", "x " * 500 + "stop texting me"]
)
def test_a_text_that_is_likely_an_opt_out_is_looked_at_and_opts_nobody_out(
    cast: Cast, sent: Notification, client: Client, body: str
) -> None:
    text_from(client, body)
    assert not suppressed()
    (review,) = reviews()
    assert (review.kind, newest().outcome) == ("likely_stop", "to_review")
    assert review.score >= 50


@pytest.mark.case("K14")
@pytest.mark.parametrize("body", ["", " ", "\U0001f600", "a" * 798 + " stop " + "a" * 796, "\u200b" * 50])
def test_an_empty_text_a_picture_and_a_very_long_one_are_kept(cast: Cast, client: Client, body: str) -> None:
    assert text_from(client, body).status_code == 200
    assert (newest().reading, newest().outcome) == ("NONE", "kept")
    assert not suppressed()


@pytest.mark.case("K12")
@pytest.mark.parametrize("standing", [Standing.ACTIVE, Standing.SUSPENDED])
@pytest.mark.parametrize("opted_out", [False, True])
@pytest.mark.parametrize(("body", "answered"), [("HELP", 0), ("info", 0), ("help?", 1)])
def test_help_is_answered_once_whatever_stands_and_changes_nothing(
    *, cast: Cast, sent: Notification, client: Client, standing: Standing, opted_out: bool, body: str, answered: int
) -> None:
    if opted_out:
        text_from(client, "STOP")
    with platform_scope():
        cast.harbor.standing = standing
        cast.harbor.save()
        before = ConsentEvent.objects.count()
    text_from(client, body)
    assert len(replies()) == answered
    assert suppressed() is opted_out
    with platform_scope():
        assert ConsentEvent.objects.count() == before


@pytest.mark.case("K11")
@pytest.mark.parametrize(
    ("stopped", "toll_free", "lifts"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_yes_is_start_for_an_opted_out_person_on_a_long_code_and_nothing_else(
    *, cast: Cast, sent: Notification, client: Client, stopped: bool, toll_free: bool, lifts: bool
) -> None:
    agree(cast.ben, tenant=cast.harbor)
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(is_toll_free=toll_free)
    if stopped:
        text_from(client, "STOP")
    with platform_scope():
        before = ConsentEvent.objects.count()
    text_from(client, "YES")
    with platform_scope():
        assert ConsentEvent.objects.count() == before + lifts
    assert state_of_ben(cast) == ("opted_out" if stopped and not lifts else "opted_in")
    assert blocks() == ({SENDER_NUMBER: "cleared" if lifts else "active"} if stopped else {})


@pytest.mark.case("K10", "R12")
@pytest.mark.parametrize("body", ["START", "Unstop"])
def test_start_clears_the_block_of_the_sender_it_was_texted_to_and_of_no_other(
    cast: Cast, sent: Notification, client: Client, body: str
) -> None:
    agree(cast.ben, tenant=cast.harbor)
    with platform_scope():
        Sender.objects.create(account_id=cast.sender.account_id, address=OTHER_NUMBER)
    text_from(client, "STOP")
    text_from(client, "STOP", to=OTHER_NUMBER)
    assert blocks() == {SENDER_NUMBER: "active", OTHER_NUMBER: "active"}
    text_from(client, body)
    assert state_of_ben(cast) == "opted_in"
    assert blocks() == {SENDER_NUMBER: "cleared", OTHER_NUMBER: "active"}


def test_a_start_that_only_we_understand_asks_the_provider_to_lift_its_block(
    cast: Cast, sent: Notification, client: Client
) -> None:
    agree(cast.ben, tenant=cast.harbor)
    text_from(client, "STOP")
    text_from(client, "Start!")
    assert state_of_ben(cast) == "opted_in"
    assert blocks() == {SENDER_NUMBER: "active"}
    with platform_scope():
        assert ConsentPush.objects.filter(wish="opt_in", sender_address=SENDER_NUMBER).count() == 1


@pytest.mark.case("R13")
def test_start_of_somebody_who_never_agreed_is_kept_with_its_words_and_creates_no_grant(
    cast: Cast, sent: Notification, client: Client
) -> None:
    text_from(client, "start")
    with platform_scope():
        line = ConsentEvent.objects.get()
        assert (line.act, line.detail.data["raw_text"]) == ("restore", "start")
    assert state_of_ben(cast) == "none"
    (answer,) = replies()
    assert "tick the SMS box" in answer.body


@pytest.mark.case("R14")
def test_start_of_a_number_that_changed_hands_is_not_enough(cast: Cast, sent: Notification, client: Client) -> None:
    agree(cast.ben, tenant=cast.harbor)
    assert state_of_ben(cast) == "opted_in"
    with tenant_scope(cast.harbor.pk):
        lose_number(tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, actor=cast.ana, at=timezone.now())
    assert state_of_ben(cast) == "stale"
    text_from(client, "START")
    assert state_of_ben(cast) == "stale"
    assert newest().outcome == "opted_in_without_consent"
    assert "tick the SMS box" in replies()[0].body


@pytest.mark.case("K15")
@pytest.mark.parametrize("body", ["1", "ACK"])
def test_an_acknowledgement_is_never_consent(cast: Cast, sent: Notification, client: Client, body: str) -> None:
    text_from(client, body)
    assert newest().reading == "ACK"
    assert state_of_ben(cast) == "none"
    with platform_scope():
        assert not ConsentEvent.objects.exists()
