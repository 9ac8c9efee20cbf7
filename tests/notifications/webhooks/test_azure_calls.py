"""Azure's events about calls: believed by their token alone, taken in once, and followed by what the call says next."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from django.test import Client
from django.utils import timezone

from members.models import ConsentEvent, Suppression
from notifications.models import Attempt, Notification, ProviderAccount, ProviderCallback, Sender
from notifications.providers.azure_call_keys import KeysUnavailable, SigningKeys
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast
from tests.contracts.scripted import Reply, Reset
from tests.notifications.webhooks.azure_call_posts import (
    CALL,
    RESOURCE,
    Azure,
    event,
    post,
    public_jwk,
    result,
    signing_key,
    token,
)
from tests.notifications.webhooks.azure_posts import azure_account, azure_sender, by_azure
from tests.notifications.webhooks.twilio_requests import fired

NORMAL = result(200, 560000)
SILENCE = result(400, 8510)


@pytest.fixture
def azure(settings: Any) -> Iterator[Azure]:
    running = Azure()
    with running:
        settings.AZURE_BASE_URL, settings.AZURE_CALLS_OPENID_URL = running.url, running.open_id
        yield running


@pytest.fixture
def account(cast: Cast) -> ProviderAccount:
    found = azure_account()
    found.resource_id, found.speech_endpoint = RESOURCE, "https://harbor.cognitiveservices.azure.com"
    with platform_scope():
        found.save()
    return found


@pytest.fixture
def call(cast: Cast, account: ProviderAccount, azure: Azure) -> Attempt:
    """A page to Ben that Azure has taken as a call."""
    now = timezone.now()
    with tenant_scope(cast.harbor.pk):
        cast.flow.steps.update(channels=["voice"])
    sender = azure_sender(account)
    with platform_scope():
        Sender.objects.filter(pk=sender.pk).update(channels=["sms", "voice"])
        sender.refresh_from_db()
    alert = fired(cast.flow, at=now - timedelta(minutes=1), service="Pump 3")
    with platform_scope():
        row = Notification.objects.get(alert=alert)
    attempt = by_azure(row, sender=sender, at=now)
    with platform_scope():
        Attempt.objects.filter(pk=attempt.pk).update(provider_message_id=CALL, word="initiated")
        attempt.refresh_from_db()
    return attempt


def now(attempt: Attempt) -> Attempt:
    with platform_scope():
        return Attempt.objects.select_related("notification__alert").get(pk=attempt.pk)


def press(client: Client, call: Attempt, tone: str, *, turn: int = 2) -> Any:
    pressed = event("RecognizeCompleted", attempt=call, turn=turn, dtmfResult={"tones": [tone]})
    return post(client, call, pressed)


def refused() -> list[str]:
    with platform_scope():
        return list(ProviderCallback.objects.exclude(defect="").order_by("pk").values_list("defect", flat=True))


def test_a_call_that_is_answered_is_led_to_its_end(call: Attempt, client: Client, azure: Azure) -> None:
    assert post(client, call, event("CallConnected")).status_code == 200
    assert azure.said() == "This is Harbor, with an alert for you. Pump 3 is down."
    assert now(call).notification.status == "sent", "an answer is no proof that anything was heard"
    post(client, call, event("RecognizeFailed", attempt=call, turn=1, resultInformation=SILENCE))
    assert azure.said().count("Press 1 to acknowledge") == 2
    assert (now(call).notification.status, now(call).answered_by) == ("delivered", "unknown")
    press(client, call, "one")
    assert azure.said() == "Acknowledged. Goodbye."
    post(client, call, event("PlayCompleted", attempt=call))
    assert azure.did() == ["recognize", "recognize", "play", "terminate"]
    post(client, call, {**event("CallDisconnected", resultInformation=NORMAL), "time": "2026-11-20T18:00:49.5Z"})
    after = now(call)
    assert (after.word, after.seconds, after.keys, after.fault_code) == ("completed", 30, "1", "")
    assert (after.notification.status, after.notification.acknowledged_via) == ("acknowledged", "key")
    assert after.notification.alert is not None
    assert after.notification.alert.acknowledged_by_id is not None
    assert azure.asked_for_keys == 1


@pytest.mark.case("O17")
def test_key_9_opts_the_number_out_of_calls_and_texts_everywhere(call: Attempt, client: Client, azure: Azure) -> None:
    press(client, call, "nine")
    assert azure.said().startswith("You will get no more calls or texts from this service, from any team.")
    assert azure.did() == ["play"]
    with platform_scope():
        said = ConsentEvent.objects.get(act="revoke")
        assert (said.channel, said.reach, said.source, said.method) == ("any", "platform", "key", "key")
        assert (said.provider_message_id, said.number) == (CALL, BEN_NUMBER)
        assert Suppression.objects.filter(number=BEN_NUMBER).exists()
    assert now(call).notification.acknowledged_at is None, "an opt-out is no acknowledgement"


def test_the_same_event_twice_is_one_press_and_is_answered_once(call: Attempt, client: Client, azure: Azure) -> None:
    pressed = event("RecognizeCompleted", attempt=call, turn=2, dtmfResult={"tones": ["two"]})
    for _ in range(2):
        assert post(client, call, pressed, pressed).status_code == 200
    assert now(call).keys == "2"
    assert azure.did() == ["recognize"]
    with platform_scope():
        assert ProviderCallback.objects.count() == 1


def test_events_of_no_use_are_passed_over(call: Attempt, client: Client, azure: Azure) -> None:
    assert post(client, call, event("ParticipantsUpdated"), event("PlayStarted")).status_code == 200
    assert azure.did() == []
    with platform_scope():
        assert not ProviderCallback.objects.exists()


@pytest.mark.parametrize("trouble", [Reply(503, "{}"), Reset(), Reply(429, '{"error": {"code": "x", "message": "y"}}')])
def test_a_key_counts_although_azure_does_not_say_so(call: Attempt, client: Client, azure: Azure, trouble: Any) -> None:
    azure.plays(trouble, trouble)
    assert press(client, call, "one").status_code == 200
    assert now(call).notification.status == "acknowledged"
    assert azure.did() == ["play", "play", "terminate"], "asked once more, and then not left in silence"


def test_a_first_scene_that_cannot_be_said_is_a_call_that_failed(call: Attempt, client: Client, azure: Azure) -> None:
    azure.plays(Reply(400, json.dumps({"error": {"code": "8567", "message": "not linked"}})))
    post(client, call, event("CallConnected"))
    assert azure.did() == ["recognize", "terminate"]
    post(client, call, event("CallDisconnected", resultInformation=NORMAL))
    after = now(call)
    assert (after.word, after.notification.status, after.notification.reason) == ("failed", "failed", "AZURE-8567")


def test_a_first_scene_that_turns_out_to_be_mute_is_a_call_that_failed(
    call: Attempt, client: Client, azure: Azure
) -> None:
    post(client, call, event("CallConnected"))
    post(client, call, event("RecognizeFailed", attempt=call, turn=1, resultInformation=result(401, 8565)))
    assert azure.did() == ["recognize", "terminate"]
    post(client, call, event("CallDisconnected", resultInformation=NORMAL))
    assert (now(call).notification.status, now(call).notification.reason) == ("failed", "AZURE-8565")


def test_whoever_hangs_up_at_once_has_answered_and_nothing_is_wrong(
    call: Attempt, client: Client, azure: Azure
) -> None:
    azure.plays(Reply(404, json.dumps({"error": {"code": "8522", "message": "Call not found"}})))
    post(client, call, event("CallConnected"))
    assert azure.did() == ["recognize"]
    post(client, call, event("CallDisconnected", resultInformation=NORMAL))
    assert (now(call).notification.status, now(call).notification.reason) == ("delivered", "VOICE-1")


def test_a_call_that_nobody_took_says_why(call: Attempt, client: Client, azure: Azure) -> None:
    post(client, call, event("CreateCallFailed", resultInformation=result(486, 560486)))
    post(client, call, event("CallDisconnected", resultInformation=result(486, 560486)))
    after = now(call)
    assert (after.word, after.sip_code, after.seconds, after.has_conflict) == ("busy", 486, 0, False)
    assert (after.notification.status, after.notification.reason) == ("failed", "AZURE-560486")
    assert azure.did() == []


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_no_clock_shows_is_no_time(call: Attempt, client: Client, when: str) -> None:
    post(client, call, event("CallConnected"))
    post(client, call, {**event("CallDisconnected", resultInformation=NORMAL), "time": when})
    assert (now(call).word, now(call).seconds) == ("completed", None)


def test_another_calls_event_does_not_count_for_this_one(call: Attempt, client: Client, azure: Azure) -> None:
    pressed = event("RecognizeCompleted", call="another-call", dtmfResult={"tones": ["one"]})
    assert post(client, call, pressed).status_code == 200
    assert azure.did() == []
    assert now(call).notification.status == "sent"


def test_a_tenant_s_resource_says_nothing_of_another_s_call(
    cast: Cast, call: Attempt, client: Client, azure: Azure
) -> None:
    own = azure_account(tenant=cast.ridge, host="ridge.communication.azure.com")
    with platform_scope():
        ProviderAccount.objects.filter(pk=own.pk).update(resource_id="ridges-resource")
    pressed = event("RecognizeCompleted", attempt=call, turn=2, dtmfResult={"tones": ["one"]})
    assert post(client, call, pressed, bearer=token(aud="ridges-resource")).status_code == 200
    assert azure.did() == []
    assert now(call).notification.status == "sent"


def _unsigned() -> str:
    """A token with the algorithm `none`, written by hand: libraries refuse to."""
    head, claims, _ = token().split(".")
    fields = json.loads(base64.urlsafe_b64decode(head + "=="))
    none = base64.urlsafe_b64encode(json.dumps({**fields, "alg": "none"}).encode()).rstrip(b"=").decode()
    return f"{none}.{claims}."


def _confused() -> str:
    """HS256 with the public key as the secret, which a careless check takes for a signature."""
    import hashlib
    import hmac

    public = (
        signing_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    head, claims, _ = token().split(".")
    fields = json.loads(base64.urlsafe_b64decode(head + "=="))
    hs256 = base64.urlsafe_b64encode(json.dumps({**fields, "alg": "HS256"}).encode()).rstrip(b"=").decode()
    made = hmac.new(public, f"{hs256}.{claims}".encode(), hashlib.sha256).digest()
    return f"{hs256}.{claims}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def _altered() -> str:
    head, _, signature = token().split(".")
    _, claims, _ = token(sub="somebody else").split(".")
    return f"{head}.{claims}.{signature}"


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        (lambda: None, (401, "token_missing")),
        (lambda: token(aud="another-resource"), (404, "token_audience_wrong")),
        (lambda: token(aud=None), (404, "token_malformed")),
        (lambda: token(iss="https://evil.example"), (404, "token_issuer_wrong")),
        (lambda: token(iss=None), (404, "token_malformed")),
        (lambda: token(exp=int(time.time()) - 90), (404, "token_expired")),
        (lambda: token(exp=None), (404, "token_malformed")),
        (lambda: token(nbf=int(time.time()) + 600), (404, "token_expired")),
        (_unsigned, (404, "token_malformed")),
        (_confused, (404, "token_malformed")),
        (_altered, (404, "token_signature_wrong")),
        (lambda: token(key=signing_key("a-stranger")), (404, "token_signature_wrong")),
        (lambda: token(key=signing_key("a-stranger"), kid="a-stranger"), (404, "token_key_unknown")),
        (lambda: "no.token.at-all", (404, "token_malformed")),
        (lambda: "x" * 9000, (404, "token_malformed")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_a_token_that_is_not_azures_for_this_resource_is_refused(
    call: Attempt, client: Client, azure: Azure, made: Any, answer: tuple[int, str]
) -> None:
    pressed = event("RecognizeCompleted", attempt=call, turn=2, dtmfResult={"tones": ["one"]})
    assert post(client, call, pressed, bearer=made()).status_code == answer[0]
    assert refused() == [answer[1]]
    assert now(call).notification.status == "sent"
    assert azure.did() == []
    assert post(client, call, pressed).status_code == 200
    assert now(call).notification.status == "acknowledged", "the same event with a good token counts"


def test_a_token_a_little_too_old_is_still_good_since_clocks_differ(call: Attempt, client: Client) -> None:
    assert post(client, call, event("CallConnected"), bearer=token(exp=int(time.time()) - 30)).status_code == 200


def test_there_is_no_such_address_without_an_account_that_can_be_proved(
    call: Attempt, client: Client, account: ProviderAccount
) -> None:
    with platform_scope():
        ProviderAccount.objects.filter(pk=account.pk).update(resource_id="")
    assert post(client, call, event("CallConnected")).status_code == 404
    assert post(client, call, event("CallConnected"), bearer=token(aud="")).status_code == 404
    assert client.get(f"/webhooks/azure/call/{call.public_id}").status_code == 405


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", '[{"type": "x"}]', "[" * 100, "[NaN]"])
def test_a_body_without_events_is_refused(call: Attempt, client: Client, azure: Azure, body: str) -> None:
    assert post(client, call, body=body).status_code == 400


def test_keys_that_cannot_be_had_make_azure_come_again(call: Attempt, client: Client, settings: Any) -> None:
    settings.AZURE_CALLS_OPENID_URL = "http://127.0.0.1:9/calling/.well-known/acsopenidconfiguration"
    assert post(client, call, event("CallConnected")).status_code == 503
    assert refused() == ["token_keys_unavailable"]


def test_a_new_key_is_found_and_an_invented_one_is_not_asked_for_again_and_again(azure: Azure) -> None:
    keys = SigningKeys(azure.open_id)
    assert keys.key_of("key-of-azure", now=0.0) is not None
    for moment in (1.0, 30.0, 59.0):
        assert keys.key_of("invented", now=moment) is None
    assert azure.asked_for_keys == 1
    azure.keys.append(public_jwk("the-next-key"))
    assert keys.key_of("the-next-key", now=61.0) is not None
    assert keys.key_of("key-of-azure", now=10_000.0) is not None
    assert azure.asked_for_keys == 2
    assert keys.key_of("key-of-azure", now=50_000.0) is not None
    assert azure.asked_for_keys == 3, "after half a day they are looked at anew"


def test_keys_are_kept_while_azure_does_not_answer_and_never_fetched_without_tls_elsewhere(azure: Azure) -> None:
    keys = SigningKeys(azure.open_id)
    keys.key_of("key-of-azure", now=0.0)
    azure.keys = [{"kty": "oct", "kid": "a-shared-secret", "k": "c2VjcmV0"}]
    assert keys.key_of("a-shared-secret", now=100.0) is None, "only public keys count"
    with pytest.raises(KeysUnavailable):
        SigningKeys("http://127.0.0.1:9/nothing").key_of("any", now=0.0)


@pytest.mark.parametrize("listed", [["no key"], [{"kty": "RSA", "kid": "k", "n": 7, "e": []}], "keys", {"a": 1}, None])
def test_keys_that_are_none_are_keys_that_cannot_be_had(azure: Azure, listed: Any) -> None:
    azure.keys = listed
    with pytest.raises(KeysUnavailable):
        SigningKeys(azure.open_id).key_of("key-of-azure", now=0.0)


def test_keys_nested_without_end_are_keys_that_cannot_be_had(azure: Azure) -> None:
    azure.published = "[" * 200_000
    with pytest.raises(KeysUnavailable):
        SigningKeys(azure.open_id).key_of("key-of-azure", now=0.0)


def test_a_known_key_does_not_wait_for_the_question_about_an_invented_one(azure: Azure) -> None:
    keys = SigningKeys(azure.open_id)
    keys.key_of("key-of-azure", now=0.0)
    found: list[object] = []
    asking = threading.Thread(target=lambda: found.append(keys.key_of("key-of-azure", now=61.0)), daemon=True)
    with keys._lock:  # as while another thread asks Azure, for as long as that takes
        asking.start()
        asking.join(5)
        assert found, "an event of Azure's own waits for whoever invents keys"
