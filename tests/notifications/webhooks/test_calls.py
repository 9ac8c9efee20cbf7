"""What is posted of calls: events in any order, who answered, and keys, which alone acknowledge and opt out."""

import itertools
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from members.models import ConsentEvent, Suppression
from notifications.flows.acknowledge import acknowledge
from notifications.models import Attempt, Notification, ProviderAccount, ProviderCallback
from notifications.providers.twilio_twiml import words_in
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.notifications.webhooks.twilio_requests import ACCOUNT, again, fired, hand_over, post_signed

CALL = "CA" + "7" * 32
RINGS = ("initiated", "ringing", "in-progress")


@pytest.fixture
def call(cast: Cast) -> Attempt:
    """A page to Ben that is being placed by call."""
    now = timezone.now()
    with tenant_scope(cast.harbor.pk):
        cast.flow.steps.update(channels=["voice"])
    alert = fired(cast.flow, at=now - timedelta(minutes=1), service="Pump 3")
    with platform_scope():
        row = Notification.objects.get(alert=alert)
    attempt = hand_over(row, sender=cast.sender, at=now, status="sent")
    with platform_scope():
        Attempt.objects.filter(pk=attempt.pk).update(provider_message_id=CALL)
        attempt.refresh_from_db()
    return attempt


def event(client: Client, attempt: Attempt, word: str, **params: str) -> Any:
    """An event of the call's life, as it is posted to the address of the attempt."""
    numbers = {"queued": "0", "initiated": "0", "ringing": "1", "in-progress": "2"}
    about = {
        "AccountSid": ACCOUNT,
        "CallSid": CALL,
        "CallStatus": word,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": numbers.get(word, "3"),
        "Timestamp": "Sat, 21 Nov 2026 05:00:00 +0000",
    }
    return post_signed(client, f"/webhooks/twilio/call/{attempt.public_id}", about | params)


def press(client: Client, attempt: Attempt, digit: str, *, turn: int = 1, **params: str) -> str:
    """Press a key, or none; what the call says then."""
    about = {"AccountSid": ACCOUNT, "CallSid": CALL, "CallStatus": "in-progress", "Digits": digit}
    path = f"/webhooks/twilio/keys/{attempt.public_id}?turn={turn}"
    answer = post_signed(client, path, about | params)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml"
    return " ".join(words_in(answer.content.decode())) + (" [hangs up]" if "<Hangup" in answer.content.decode() else "")


def now(attempt: Attempt) -> Attempt:
    with platform_scope():
        return Attempt.objects.select_related("notification__alert").get(pk=attempt.pk)


@pytest.mark.parametrize("order", list(itertools.permutations((*RINGS, "completed"))))
def test_any_order_of_events_ends_at_the_same_place(call: Attempt, client: Client, order: tuple[str, ...]) -> None:
    for word in order:
        over = {"CallDuration": "14", "AnsweredBy": "human", "SipResponseCode": "200"} if word == "completed" else {}
        assert event(client, call, word, **over).status_code == 204
    after = now(call)
    assert (after.word, after.seconds, after.answered_by, after.fault_code) == ("completed", 14, "human", "")
    row = after.notification
    assert (row.status, row.reason) == ("delivered", "VOICE-1")
    assert "answered" in row.reason_text
    assert row.alert is not None
    assert row.alert.acknowledged_at is None, "an answer is no acknowledgement"


def test_nothing_is_claimed_until_somebody_is_known_to_have_answered(call: Attempt, client: Client) -> None:
    for word in RINGS:
        event(client, call, word)
    assert now(call).notification.status == "sent"
    press(client, call, "", AnsweredBy="unknown")
    assert now(call).notification.status == "delivered"


def test_a_voicemail_stays_sent_and_says_so_and_hears_no_keys(call: Attempt, client: Client) -> None:
    event(client, call, "in-progress")
    said = press(client, call, "", AnsweredBy="machine_start")
    assert "Press" not in said
    assert "Pump 3 is down" in said
    assert said.endswith("Goodbye. [hangs up]")
    event(client, call, "completed", AnsweredBy="machine_start", CallDuration="20")
    row = now(call).notification
    assert (row.status, row.reason) == ("sent", "VOICE-2")
    assert row.reason_text == "Voicemail answered; nobody acknowledged."
    assert row.acknowledged_at is None


@pytest.mark.parametrize(
    ("word", "sip", "reason_says"),
    [
        ("busy", "486", ("TWILIO-SIP-486", "busy")),
        ("no-answer", "487", ("TWILIO-SIP-487", "nobody answered")),
        ("failed", "404", ("TWILIO-SIP-404", "does not exist")),
        ("failed", "603", ("TWILIO-SIP-603", "turned away")),
        ("failed", "608", ("TWILIO-SIP-608", "spam")),
        ("failed", "503", ("TWILIO-SIP-503", "network")),
        ("busy", "", ("TWILIO-BUSY", "The line was busy.")),
        ("busy", "999999", ("TWILIO-BUSY", "The line was busy.")),
        ("no-answer", "", ("TWILIO-NO-ANSWER", "It rang and nobody answered.")),
    ],
)
def test_a_call_that_nobody_answered_has_failed_for_the_reason_of_its_network(
    call: Attempt, client: Client, word: str, sip: str, reason_says: tuple[str, str]
) -> None:
    reason, says = reason_says
    event(client, call, word, CallDuration="0", **({"SipResponseCode": sip} if sip else {}))
    event(client, call, "ringing")
    after = now(call)
    assert (after.word, after.sip_code, after.seconds) == (word, int(sip) if len(sip) == 3 else None, 0)
    assert (after.notification.status, after.notification.reason) == ("failed", reason)
    assert says in after.notification.reason_text


def test_key_1_acknowledges_this_page_and_the_call_says_goodbye(cast: Cast, call: Attempt, client: Client) -> None:
    assert press(client, call, "1", AnsweredBy="human") == "Acknowledged. Goodbye. [hangs up]"
    after = now(call)
    assert (after.notification.status, after.notification.acknowledged_via) == ("acknowledged", "key")
    assert after.notification.alert is not None
    assert after.notification.alert.acknowledged_by_id == cast.ben.pk
    assert (after.keys, after.answered_by) == ("1", "human")
    assert press(client, call, "1") == "Acknowledged. Goodbye. [hangs up]", "the same again says the same"
    event(client, call, "completed", CallDuration="9")
    assert now(call).notification.status == "acknowledged"


def test_key_1_after_somebody_else_says_who_was_first(cast: Cast, call: Attempt, client: Client) -> None:
    with tenant_scope(cast.harbor.pk):
        dana = add_member(cast.harbor, name="Dana", number="+12065550155")
        other = Notification.objects.create(
            tenant=cast.harbor, purpose="page", channel="sms", alert=now(call).notification.alert, member=dana, body="x"
        )
        Notification.objects.filter(pk=other.pk).update(status="sent")
        acknowledge(Notification.objects.get(pk=other.pk), via="sms", at=timezone.now(), by_member=dana)
    assert press(client, call, "1") == "It was acknowledged already, by Dana. Goodbye. [hangs up]"
    assert now(call).notification.acknowledged_at is None


@pytest.mark.case("O17")
def test_key_9_opts_the_number_out_of_calls_and_texts_everywhere_and_ends_the_call(
    cast: Cast, call: Attempt, client: Client
) -> None:
    said = press(client, call, "9", AnsweredBy="human")
    assert said.startswith("You will get no more calls or texts from this service, from any team.")
    assert said.endswith("Goodbye. [hangs up]")
    with platform_scope():
        event_ = ConsentEvent.objects.get(act="revoke")
        assert (event_.channel, event_.reach, event_.source, event_.method) == ("any", "platform", "key", "key")
        assert (event_.provider_message_id, event_.number) == (CALL, BEN_NUMBER)
        assert Suppression.objects.filter(number=BEN_NUMBER).exists()
    assert now(call).notification.acknowledged_at is None, "an opt-out is no acknowledgement"
    press(client, call, "9")
    with platform_scope():
        assert ConsentEvent.objects.filter(act="revoke").count() == 1


def test_key_2_says_it_again_and_another_key_is_not_known(call: Attempt, client: Client) -> None:
    again_ = press(client, call, "2", turn=2)
    assert again_.startswith("This is Harbor, with an alert for you. Pump 3 is down.")
    assert again_.endswith("Press 9 to stop calls and texts.")
    assert press(client, call, "5").startswith("That key is not known. Press 1")
    assert press(client, call, "*").startswith("That key is not known.")
    assert press(client, call, "", turn=1).count("Press 1 to acknowledge") == 2
    assert press(client, call, "", turn=2) == "Goodbye. [hangs up]"
    assert now(call).keys == "25*"


def test_the_same_request_twice_is_one_press(call: Attempt, client: Client) -> None:
    from tests.notifications.webhooks import twilio_requests as requests

    path = f"/webhooks/twilio/keys/{call.public_id}?turn=1"
    params = {"AccountSid": ACCOUNT, "CallSid": CALL, "CallStatus": "in-progress", "Digits": "5"}
    headers = {
        "X-Twilio-Signature": requests.signature(path, params),
        "I-Twilio-Idempotency-Token": "11111111-2222-3333-4444-555555555555",
    }
    for _ in range(2):
        client.post(path, data=urlencode(params), content_type=requests.FORM, headers=headers)
    assert now(call).keys == "5"


def test_the_call_speaks_the_members_language(cast: Cast, call: Attempt, client: Client) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.ben.language = "es"
        cast.ben.save()
    assert press(client, call, "1") == "Alerta confirmada. Adiós. [hangs up]"


def test_a_forged_key_is_refused_and_does_nothing(call: Attempt, client: Client) -> None:
    params = {"AccountSid": ACCOUNT, "CallSid": CALL, "CallStatus": "in-progress", "Digits": "1"}
    for door in ("keys", "call"):
        answer = post_signed(client, f"/webhooks/twilio/{door}/{call.public_id}", params, token="a-guess")
        assert answer.status_code == 403
    assert now(call).notification.status == "sent"
    assert client.get(f"/webhooks/twilio/keys/{call.public_id}").status_code == 405


def test_another_calls_key_does_not_count_for_this_one(call: Attempt, client: Client) -> None:
    assert press(client, call, "1", CallSid="CA" + "8" * 32) == " [hangs up]"
    assert now(call).notification.status == "sent"
    with platform_scope():
        Attempt.objects.filter(pk=call.pk).update(public_id="att_gone")
    assert press(client, call, "1") == " [hangs up]", "nobody knows such a call"


@pytest.mark.parametrize("digit", ["", "1", "2", "9"])
def test_the_account_of_another_tenant_hears_nothing_of_a_call_and_presses_no_key(
    cast: Cast, call: Attempt, client: Client, digit: str
) -> None:
    with platform_scope():
        ProviderAccount.objects.create(
            tenant=cast.ridge, provider="twilio", name="Ridge's", account_id="AC" + "7" * 32, secret="ridge-token"
        )
    params = {"AccountSid": "AC" + "7" * 32, "CallSid": CALL, "CallStatus": "in-progress", "Digits": digit}
    answer = post_signed(client, f"/webhooks/twilio/keys/{call.public_id}?turn=1", params, token="ridge-token")
    assert answer.status_code == 200
    assert words_in(answer.content.decode()) == ()
    assert now(call).notification.status == "sent"
    with platform_scope():
        assert not Suppression.objects.exists()


def test_an_event_that_comes_before_our_own_answer_is_kept_with_the_calls_id(
    cast: Cast, call: Attempt, client: Client
) -> None:
    with platform_scope():
        Attempt.objects.filter(pk=call.pk).update(outcome="in_flight", provider_message_id="", word="")
        Notification.objects.filter(pk=call.notification_id).update(status="sending", handed_over_at=None)
    event(client, call, "ringing")
    after = now(call)
    assert (after.outcome, after.provider_message_id) == ("accepted", CALL)
    assert again(after.notification).status == "sent"
    with platform_scope():
        assert ProviderCallback.objects.get().kind == "call"


def test_a_direct_message_takes_9_and_no_1(cast: Cast, call: Attempt, client: Client) -> None:
    with platform_scope():
        Notification.objects.filter(pk=call.notification_id).update(purpose="direct_message", alert=None)
    assert press(client, call, "1").startswith("That key is not known. Press 2")
    assert press(client, call, "9").startswith("You will get no more calls or texts")
