"""Twilio's calls are out, and Azure's phone rings: it says what is wrong, and a key acknowledges or opts out."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.queries import standing_of
from notifications.dispatch.deliver import deliver_due
from notifications.models import Attempt, Breaker, Notification, ProviderAccount, ProviderCallback, Sender, Step
from notifications.operations.breakers import make_routes
from notifications.sandbox import defaults
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER
from tests.consenting import agree
from tests.scenarios.conftest import Story, eventually
from tests.scenarios.test_calls import diagnosed, ends_as, fires, heard, someone, state

NUMBER = defaults.AZURE_NUMBERS[0]


@pytest.fixture
def falling_back(story: Story, settings: Any) -> Story:
    """Both providers call, Twilio first, and Twilio's calls are taken out for a drill; Ben agreed to calls."""
    settings.AZURE_BASE_URL = story.sandbox.url
    now = timezone.now()
    with platform_scope():
        Sender.objects.filter(pk=story.cast.sender.pk).update(channels=["sms", "voice"])
        account = ProviderAccount.objects.create(
            provider="azure",
            name="ACS",
            account_id=defaults.AZURE_HOST,
            secret=defaults.AZURE_ACCESS_KEY,
            resource_id=defaults.AZURE_RESOURCE_ID,
            speech_endpoint=defaults.AZURE_SPEECH,
        )
        Sender.objects.create(account=account, address=NUMBER, channels=["sms", "voice"], priority=20)
        Step.objects.filter(flow=story.cast.flow).update(channels=["voice"])
    make_routes(at=now)
    with platform_scope():
        Breaker.objects.filter(provider="twilio", channel="voice").update(drill_until=now + timedelta(minutes=30))
    agree(story.cast.ben, tenant=story.cast.harbor, channel="voice")
    return story


def attempt_of(row: Notification) -> Attempt:
    with platform_scope():
        return Attempt.objects.select_related("notification__alert").get(notification=row)


def test_the_call_falls_back_to_azure_is_answered_and_a_pressed_1_acknowledges(falling_back: Story) -> None:
    row = fires(falling_back)
    call = falling_back.sandbox.ringing(BEN_NUMBER)
    assert (call["provider"], call["from"]) == ("azure", NUMBER)
    falling_back.sandbox.on_phone(call, "answer")
    falling_back.sandbox.press(call, "1")
    over = falling_back.sandbox.over(BEN_NUMBER)
    said = heard(over)
    assert said.startswith("This is Harbor, with an alert for you. pump 4 is down.")
    assert said.endswith("Acknowledged. Goodbye.")
    assert over["ended_by"] == "portal"
    attempt = attempt_of(row)
    assert (attempt.provider, attempt.provider_message_id, attempt.keys) == ("azure", call["sid"], "1")
    assert (attempt.notification.status, attempt.notification.acknowledged_via) == ("acknowledged", "key")
    assert attempt.notification.alert is not None
    assert attempt.notification.alert.acknowledged_by_id == falling_back.cast.ben.pk
    # Azure tells no machine from a person; a pressed key acknowledges all the same.
    assert "could not be told from a person, who pressed 1." in diagnosed(falling_back, row)
    assert falling_back.sandbox.get("/alerts") == [], "every event was taken"


def test_whoever_says_nothing_hears_it_twice_and_nothing_is_claimed_but_an_answer(falling_back: Story) -> None:
    row = fires(falling_back, someone(falling_back, "+12065554100"))
    said = heard(falling_back.sandbox.over("+12065554100"))
    assert said.count("pump 4 is down.") == 2
    assert said.count("Press 1 to acknowledge. Press 2 to hear it again. Press 9 to stop calls and texts.") == 2
    assert said.endswith("Goodbye.")
    assert ends_as(row, "delivered", "VOICE-1")
    assert attempt_of(row).answered_by == "unknown"


def test_key_9_opts_out_everywhere_says_so_and_hangs_up(falling_back: Story) -> None:
    row = fires(falling_back)
    call = falling_back.sandbox.ringing(BEN_NUMBER)
    falling_back.sandbox.on_phone(call, "answer")
    falling_back.sandbox.press(call, "9")
    over = falling_back.sandbox.over(BEN_NUMBER)
    assert "You will get no more calls or texts from this service, from any team." in heard(over)
    assert over["ended_by"] == "portal"
    assert ends_as(row, "delivered", "VOICE-1")
    with platform_scope():
        for channel in ("sms", "voice"):
            standing = standing_of(falling_back.cast.ben, channel=channel, at=timezone.now())
            assert standing is not None
            assert standing.state == "opted_out"
        Breaker.objects.update(drill_until=None)
    assert state(fires(falling_back)) == ("skipped", "CONSENT-3"), "nor does Twilio call"
    assert len(falling_back.sandbox.calls(BEN_NUMBER)) == 1


def test_calls_that_nobody_takes_fail_with_azure_s_code_and_the_network_s(falling_back: Story) -> None:
    endings = {
        "4486": ("AZURE-560486", 486),
        "4603": ("AZURE-560603", 603),
        "4404": ("AZURE-560404", 404),
        "4487": ("AZURE-560480", 480),
        "4608": ("AZURE-SIP-608", 608),
    }
    rows = {ending: fires(falling_back, someone(falling_back, f"+1206555{ending}")) for ending in endings}
    for ending, (reason, sip_code) in endings.items():
        assert ends_as(rows[ending], "failed", reason)
        attempt = attempt_of(rows[ending])
        assert (attempt.sip_code, attempt.seconds) == (sip_code, 0)
    assert "Calls from" in diagnosed(falling_back, rows["4608"])


def test_a_call_that_cannot_speak_has_failed_although_somebody_answered(falling_back: Story) -> None:
    with platform_scope():
        ProviderAccount.objects.filter(provider="azure").update(speech_endpoint="https://not-linked.example")
    row = fires(falling_back, someone(falling_back, "+12065554100"))
    over = falling_back.sandbox.over("+12065554100")
    assert heard(over) == ""
    assert ends_as(row, "failed", "AZURE-8567")

    def end_is_told() -> bool:
        with platform_scope():
            ends = ProviderCallback.objects.filter(payload__type="Microsoft.Communication.CallDisconnected")
            return ends.filter(joined_at__isnull=False).exists()

    assert eventually(end_is_told)
    assert state(row) == ("failed", "AZURE-8567"), "the end of the call changes nothing"
    assert "could not say anything to them" in diagnosed(falling_back, row)


def test_events_that_come_twice_do_nothing_twice(falling_back: Story) -> None:
    number = "+12065554101"
    falling_back.sandbox.force("doubled", to=number, provider="azure")
    row = fires(falling_back, someone(falling_back, number))
    over = falling_back.sandbox.over(number)
    assert heard(over).count("pump 4 is down.") == 1
    assert over["keys"] == "1"
    assert state(row)[0] == "acknowledged"
    assert attempt_of(row).keys == "1"


def test_the_call_speaks_the_language_of_its_member(falling_back: Story) -> None:
    with tenant_scope(falling_back.cast.harbor.pk):
        type(falling_back.cast.ben).objects.filter(pk=falling_back.cast.ben.pk).update(language="es")
    fires(falling_back)
    call = falling_back.sandbox.ringing(BEN_NUMBER)
    falling_back.sandbox.on_phone(call, "answer")
    falling_back.sandbox.press(call, "1")
    over = falling_back.sandbox.over(BEN_NUMBER)
    assert heard(over).startswith("Le llama Harbor, con una alerta para usted.")
    assert {(line["language"], line["voice"]) for line in over["transcript"]} == {("es-US", "es-US-PalomaNeural")}


def test_a_call_whose_answer_was_lost_is_led_on_all_the_same(falling_back: Story, settings: Any) -> None:
    settings.PROVIDER_TIMEOUT = 1.5
    number = "+12065554101"
    falling_back.sandbox.force("timeout_after", to=number, provider="azure")
    row = fires(falling_back, someone(falling_back, number))
    assert "Acknowledged." in heard(falling_back.sandbox.over(number))
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=1)
    attempt = attempt_of(row)
    assert attempt.notification.status == "acknowledged"
    assert attempt.provider_message_id == falling_back.sandbox.calls(number)[0]["sid"]
    assert len(falling_back.sandbox.calls(number)) == 1
