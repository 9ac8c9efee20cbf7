"""A phone rings and says what is wrong: a key acknowledges, 9 opts out, and the diagnosis says why one did not ring."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Plan
from members.models import Member, Phone
from members.queries import standing_of
from notifications.dispatch.deliver import deliver_due
from notifications.flows.advance import advance_due
from notifications.models import Alert, Flow, Notification, Sender, Step, StepRecipient
from notifications.operations.alerts import fire
from notifications.operations.test_calls import place_test_call
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, add_flow, add_member
from tests.consenting import agree
from tests.sandbox.process import eventually
from tests.scenarios.conftest import Story


@pytest.fixture
def calling(story: Story) -> Story:
    """Harbor's sender calls too, its plan has Test Calling, its flow pages by call, and Ben agreed to calls."""
    with platform_scope():
        Sender.objects.filter(pk=story.cast.sender.pk).update(channels=["sms", "voice"])
        Plan.objects.filter(is_default=True).update(has_test_calling=True)
        Step.objects.filter(flow=story.cast.flow).update(channels=["voice"])
    agree(story.cast.ben, tenant=story.cast.harbor, channel="voice")
    return story


def fires(story: Story, flow: Flow | None = None) -> Notification:
    """Fire a flow of Harbor, let a worker do its round, and return the newest page."""
    with tenant_scope(story.cast.harbor.pk):
        alert = fire(flow or story.cast.flow, payload={"service": "pump 4"}, actor=None, at=timezone.now())
    assert isinstance(alert, Alert)
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    with platform_scope():
        return Notification.objects.get(alert=alert)


def someone(story: Story, number: str, *, line_type: str = "mobile") -> Flow:
    """A flow that calls one more member, who agreed to calls."""
    with tenant_scope(story.cast.harbor.pk):
        member = add_member(story.cast.harbor, name=f"Dana {number[-4:]}", number=number)
        Phone.objects.filter(member=member).update(line_type=line_type)
        flow = add_flow(story.cast.harbor, name=f"Calls {number[-4:]}", members=[member])
        flow.steps.update(channels=["voice"])
    agree(member, tenant=story.cast.harbor, channel="voice")
    return flow


def state(row: Notification) -> tuple[str, str]:
    with platform_scope():
        row = Notification.objects.get(pk=row.pk)
    return row.status, row.reason


def ends_as(row: Notification, *wanted: str) -> bool:
    return bool(eventually(lambda: state(row) == wanted, within=30))


def heard(call: dict[str, object]) -> str:
    lines = call["transcript"]
    assert isinstance(lines, list)
    return " ".join(line["said"].strip() for line in lines if line["kind"] == "say")


def diagnosed(story: Story, row: Notification, *, reader: object = None) -> str:
    client = Client()
    client.force_login(reader or story.cast.ana)  # type: ignore[arg-type]
    return client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk])).content.decode()


def test_the_phone_rings_says_what_is_wrong_twice_and_a_pressed_1_acknowledges(calling: Story) -> None:
    row = fires(calling)
    call = calling.sandbox.ringing(BEN_NUMBER)
    assert state(row)[0] == "sent"
    calling.sandbox.on_phone(call, "answer")
    eventually(lambda: state(row) == ("delivered", "VOICE-1"))
    calling.sandbox.press(call, "1")
    over = calling.sandbox.over(BEN_NUMBER)
    said = heard(over)
    assert said.startswith("This is Harbor, with an alert for you. pump 4 is down.")
    assert said.endswith("Acknowledged. Goodbye.")
    with platform_scope():
        row = Notification.objects.select_related("alert").get(pk=row.pk)
        assert (row.status, row.acknowledged_via) == ("acknowledged", "key")
        assert row.alert is not None
        assert row.alert.acknowledged_by_id == calling.cast.ben.pk
    page = diagnosed(calling, row)
    assert "The call was answered by a person, who pressed 1." in page


def test_whoever_says_nothing_hears_it_twice_with_the_keys_and_then_goodbye(calling: Story) -> None:
    row = fires(calling, someone(calling, "+12065554100"))
    over = calling.sandbox.over("+12065554100")
    said = heard(over)
    assert said.count("pump 4 is down.") == 2
    assert said.count("Press 1 to acknowledge. Press 2 to hear it again. Press 9 to stop calls and texts.") == 2
    assert said.endswith("Goodbye.")
    assert ends_as(row, "delivered", "VOICE-1")
    page = diagnosed(calling, row)
    assert "no key was pressed" in page


def test_keys_2_and_then_1_and_an_unknown_one(calling: Story) -> None:
    row = fires(calling, someone(calling, "+12065554121"))
    assert eventually(lambda: state(row)[0] == "acknowledged", within=30)
    assert heard(calling.sandbox.over("+12065554121")).count("pump 4 is down.") >= 2
    other = fires(calling, someone(calling, "+12065554105"))
    assert "That key is not known." in heard(calling.sandbox.over("+12065554105"))
    assert ends_as(other, "delivered", "VOICE-1")


def test_a_voicemail_is_left_a_short_message_and_acknowledges_nothing(calling: Story) -> None:
    row = fires(calling, someone(calling, "+12065554200"))
    said = heard(calling.sandbox.over("+12065554200"))
    assert "Press" not in said
    assert "To acknowledge, text" in said
    assert ends_as(row, "sent", "VOICE-2")
    page = diagnosed(calling, row)
    assert "Voicemail answered" in page
    assert "Sent: a voicemail answered the call, and nobody acknowledged it." in page
    with platform_scope():
        assert Alert.objects.get(notifications=row).acknowledged_at is None


@pytest.mark.case("O17")
def test_key_9_opts_out_of_calls_and_texts_for_every_tenant_says_so_and_hangs_up(calling: Story) -> None:
    ben = calling.cast.ben
    opted_out_in = fires(calling)
    call = calling.sandbox.ringing(BEN_NUMBER)
    calling.sandbox.on_phone(call, "answer")
    calling.sandbox.press(call, "9")
    over = calling.sandbox.over(BEN_NUMBER)
    assert "You will get no more calls or texts from this service, from any team." in heard(over)
    assert over["ended_by"] == "portal"
    assert ends_as(opted_out_in, "delivered", "VOICE-1")
    page = diagnosed(calling, opted_out_in)
    assert "the person pressed 9, which opted the number out of calls and texts." in page
    assert "ask the person whether they heard it" not in page
    with platform_scope():
        for channel in ("sms", "voice"):
            standing = standing_of(ben, channel=channel, at=timezone.now())
            assert standing is not None
            assert standing.state == "opted_out"
    called = len(calling.sandbox.calls(BEN_NUMBER))
    assert state(fires(calling)) == ("skipped", "CONSENT-3")
    with platform_scope():
        Step.objects.filter(flow=calling.cast.flow).update(channels=["sms"])
    row = fires(calling)
    assert state(row) == ("skipped", "CONSENT-3")
    assert calling.texts(BEN_NUMBER) == []
    assert len(calling.sandbox.calls(BEN_NUMBER)) == called
    assert "opted out" in diagnosed(calling, row)


@pytest.mark.case("O18")
def test_a_stop_by_text_stops_the_call_of_the_next_step_too_and_the_diagnosis_names_the_rule(calling: Story) -> None:
    fires(calling)
    calling.sandbox.on_phone(calling.sandbox.ringing(BEN_NUMBER), "decline")
    assert calling.sandbox.reply(BEN_NUMBER, "STOP", to=SENDER_NUMBER)["webhook"]["status"] == 200
    row = fires(calling)
    assert state(row) == ("skipped", "CONSENT-3")
    assert len(calling.sandbox.calls(BEN_NUMBER)) == 1
    page = diagnosed(calling, row)
    assert "CONSENT-3" in page
    assert f"START to {SENDER_NUMBER}" in page
    # Their own act on their own page, later than the STOP, counts for calls alone.
    agree(calling.cast.ben, tenant=calling.cast.harbor, channel="voice", at=timezone.now())
    assert state(fires(calling))[0] == "sent"
    calling.sandbox.on_phone(calling.sandbox.ringing(BEN_NUMBER), "decline")
    with platform_scope():
        Step.objects.filter(flow=calling.cast.flow).update(channels=["sms"])
    assert state(fires(calling))[0] == "skipped"


@pytest.mark.case("I14")
@pytest.mark.row(20)
def test_who_agreed_to_texts_alone_is_not_called_and_each_channel_is_diagnosed_by_itself(calling: Story) -> None:
    with tenant_scope(calling.cast.harbor.pk):
        dana: Member = add_member(calling.cast.harbor, name="Dana", number="+12065550177")
        by_call = add_flow(calling.cast.harbor, name="Calls", members=[dana])
        by_call.steps.update(channels=["voice"])
        by_text = add_flow(calling.cast.harbor, name="Texts", members=[dana])
    agree(dana, tenant=calling.cast.harbor)
    called, texted = fires(calling, by_call), fires(calling, by_text)
    assert state(called) == ("skipped", "CONSENT-1")
    assert state(texted)[0] in {"sent", "delivered"}
    assert calling.sandbox.calls("+12065550177") == []
    assert "CONSENT-1" in diagnosed(calling, called)
    assert "CONSENT-1" not in diagnosed(calling, texted)


@pytest.mark.row(20)
def test_a_number_that_takes_texts_and_no_calls_is_texted_and_not_called(calling: Story) -> None:
    with tenant_scope(calling.cast.harbor.pk):
        Phone.objects.filter(member=calling.cast.ben).update(voice_capability="no")
        texts = add_flow(calling.cast.harbor, name="Texts", members=[calling.cast.ben])
    row = fires(calling)
    assert state(row) == ("skipped", "LINE-2")
    assert "unable to get voice" in diagnosed(calling, row)
    assert state(fires(calling, texts))[0] in {"sent", "delivered"}


@pytest.mark.row(17)
def test_a_voip_number_is_called_and_the_diagnosis_warns_of_it(calling: Story) -> None:
    row = fires(calling, someone(calling, "+12065554480", line_type="voip"))
    assert ends_as(row, "failed", "TWILIO-SIP-480")
    page = diagnosed(calling, row)
    assert "a VoIP line" in page
    assert "Google Voice may block automated calls" in page


@pytest.mark.row(18)
def test_calls_that_end_at_once_are_counted_by_the_number_that_called(calling: Story) -> None:
    for ending in ("4608", "4404", "4486"):
        row = fires(calling, someone(calling, f"+1206555{ending}"))
        eventually(lambda row=row: state(row)[0] == "failed", within=30)  # type: ignore[misc]
    with platform_scope():
        flagged = Notification.objects.get(reason="TWILIO-SIP-608")
    page = diagnosed(calling, flagged)
    assert f"Calls from {SENDER_NUMBER} in the last 7 days: 3 placed, 3 not answered (2 failed, 1 busy)" in page
    assert "3 ended after 0 seconds" in page
    assert "Voice Integrity" in page
    assert "3 placed" not in diagnosed(calling, flagged, reader=calling.cast.cleo)


@pytest.mark.row(21)
def test_a_test_call_that_fails_points_at_the_number_and_not_at_the_portal(calling: Story) -> None:
    flow = someone(calling, "+12065554404")
    with tenant_scope(calling.cast.harbor.pk):
        dana = Member.objects.get(phones__number="+12065554404")
    row = place_test_call(dana, actor=calling.cast.ana, once="x", at=timezone.now())
    assert isinstance(row, Notification)
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    assert ends_as(row, "failed", "TWILIO-SIP-404")
    page = diagnosed(calling, row)
    assert "points at the number, the phone or the carrier, and not at the portal" in page
    assert "/do/test-call/" in page
    with platform_scope():
        Plan.objects.filter(is_default=True).update(has_test_calling=False)
    assert "does not have Test Calling" in " ".join(diagnosed(calling, row).replace("&#x27;", "'").split())
    assert flow.name == "Calls 4404"


def test_the_call_of_a_test_is_heard_and_its_key_arrives(calling: Story) -> None:
    row = place_test_call(calling.cast.ben, actor=calling.cast.ana, once="y", at=timezone.now())
    assert isinstance(row, Notification)
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    call = calling.sandbox.ringing(BEN_NUMBER)
    calling.sandbox.on_phone(call, "answer")
    calling.sandbox.press(call, "1")
    assert heard(calling.sandbox.over(BEN_NUMBER)).endswith("Thank you. Your key arrived. Goodbye.")
    assert ends_as(row, "delivered", "VOICE-1")
    page = diagnosed(calling, row)
    assert "No test call is needed" in page
    assert "the person pressed 1: the phone rings, is heard, and its keys arrive." in page
    assert "nobody acknowledged" not in page
    assert "receipt says" not in page


def test_the_call_speaks_the_language_of_its_member(calling: Story) -> None:
    with tenant_scope(calling.cast.harbor.pk):
        Member.objects.filter(pk=calling.cast.ben.pk).update(language="fr")
    fires(calling)
    call = calling.sandbox.ringing(BEN_NUMBER)
    calling.sandbox.on_phone(call, "answer")
    calling.sandbox.press(call, "1")
    over = calling.sandbox.over(BEN_NUMBER)
    assert heard(over).startswith("Ici Harbor, avec une alerte pour vous.")
    assert {line["language"] for line in over["transcript"]} == {"fr-FR"}


def test_a_call_that_nobody_takes_moves_the_escalation_on_at_once(calling: Story) -> None:
    flow = someone(calling, "+12065554486")
    with tenant_scope(calling.cast.harbor.pk):
        step = Step.objects.create(tenant=calling.cast.harbor, flow=flow, position=1, channels=["sms"])
        StepRecipient.objects.create(tenant=calling.cast.harbor, step=step, member=calling.cast.ben)
    row = fires(calling, flow)
    assert ends_as(row, "failed", "TWILIO-SIP-486")
    advance_due(clock=timezone.now)
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    with platform_scope():
        second = Notification.objects.get(alert__notifications=row, member=calling.cast.ben)
    assert second.status in {"sent", "delivered"}
    assert "pump 4 is down" in calling.texts(BEN_NUMBER)[0]["body"]
