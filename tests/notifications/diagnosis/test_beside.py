"""What lies beside a row: the provider's word on the sender, the worker then and now, and what only the phone knows."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.core.sender_state import ELSEWHERE, NumberSeen, SenderSeen, ServiceSeen
from notifications.core.states import Channel, NotificationStatus
from notifications.diagnosis.facts import Facts, SenderFact, TransitionFact
from notifications.diagnosis.facts_beside import ArrivalFact, SenderStateFact
from notifications.diagnosis.facts_pulse import PulseFact
from notifications.diagnosis.finding import Verdict, Who
from notifications.diagnosis.redaction import Audience, redacted
from notifications.diagnosis.rendering import as_json
from notifications.diagnosis.report import report
from notifications.diagnosis.saved import load, save
from notifications.models import Sender
from notifications.operations.sender_state import ask_about_sender
from notifications.queries.arrivals import last_arrivals, that_failed
from tenants.scope import platform_scope
from tests.cast import SENDER_NUMBER, Cast
from tests.notifications.diagnosis.conftest import Fires, deliver, facts_of
from tests.notifications.diagnosis.made import HEALTHY, NOW, SENDER, attempted, by_code, row
from tests.notifications.dispatch.conftest import message, person
from tests.sandbox.process import RunningSandbox

S = NotificationStatus
WANTED, OTHER = "https://portal.example/webhooks/twilio/inbound", "https://old.example/in"
SERVICE = "MG" + "1" * 32
RIGHT = NumberSeen(SENDER, True, True, texts_to=WANTED)


def with_sender(seen: SenderSeen | None, *, shared: bool = True, provider: str = "twilio", **state: Any) -> Facts:
    fact = SenderStateFact(seen, NOW if seen else None, WANTED if provider == "twilio" else "", **state)
    used = replace(HEALTHY.senders[0], shared=shared, provider=provider, state=fact)
    return replace(HEALTHY, senders=(used,))


@pytest.mark.row(80)
def test_the_level_that_is_wrong_and_the_address_to_set_are_named() -> None:
    number = by_code(with_sender(SenderSeen((replace(RIGHT, texts_to=""),))))["WEBHOOK-1"]
    assert number.verdict is Verdict.NOTABLE
    assert f"The webhook for texts of {SENDER} is set to nothing." in number.says
    assert number.remedy is not None
    assert (f"set “A message comes in” to {WANTED}" in number.remedy.text, number.remedy.who) == (
        True,
        Who.PLATFORM_ADMIN,
    )
    service = by_code(with_sender(SenderSeen((RIGHT,), ServiceSeen(SERVICE, OTHER))))["WEBHOOK-1"]
    assert f"Messaging service {SERVICE} takes the texts to its numbers itself and posts to {OTHER}" in service.says
    assert "At the service" in {one.name for one in service.evidence}
    assert by_code(with_sender(SenderSeen((RIGHT,))))["WEBHOOK-1"].verdict is Verdict.CLEAR


@pytest.mark.row(80, 81)
def test_what_was_never_read_is_not_called_wrong_and_azure_is_told_by_its_feed() -> None:
    unread = by_code(with_sender(None))["WEBHOOK-1"]
    assert (unread.verdict, "was not read yet" in unread.says) == (Verdict.UNKNOWN, True)
    heard = by_code(with_sender(None, last_text_at=NOW - timedelta(hours=3)))["WEBHOOK-1"]
    assert (heard.verdict, "the last one 3 h ago" in heard.says) == (Verdict.CLEAR, True)
    azure = by_code(with_sender(None, provider="azure"))["WEBHOOK-1"]
    assert (azure.verdict, "come by Event Grid" in azure.says) == (Verdict.UNKNOWN, True)
    assert by_code(with_sender(None, provider="azure", last_text_at=NOW))["WEBHOOK-1"].verdict is Verdict.CLEAR


@pytest.mark.row(79)
def test_a_sender_that_the_provider_says_cannot_text_is_told_and_one_that_can_is_clear() -> None:
    deaf = by_code(with_sender(SenderSeen((replace(RIGHT, sms=False),))))["SENDER-5"]
    assert (deaf.verdict, "says that it cannot do SMS (its console shows no SMS icon)" in deaf.says) == (
        Verdict.NOTABLE,
        True,
    )
    assert deaf.remedy is not None
    assert "buys or assigns a number that can do SMS" in deaf.remedy.text
    assert by_code(with_sender(SenderSeen((RIGHT,))))["SENDER-5"].verdict is Verdict.CLEAR
    assert "SENDER-5" not in by_code(with_sender(None))


def test_each_reader_sees_of_a_sender_what_is_theirs_to_see() -> None:
    seen = SenderSeen((replace(RIGHT, texts_to=OTHER),))

    def shown(facts: Facts, audience: Audience) -> str:
        return json.dumps(as_json(report(redacted(facts, audience))))

    shared, own = with_sender(seen), with_sender(seen, shared=False)
    for facts, audience, sees in (
        (shared, Audience.PLATFORM, True),
        (shared, Audience.SUPPORT, True),
        (shared, Audience.TENANT, False),
        (own, Audience.TENANT, True),
        (own, Audience.OUTSIDE, False),
        (own, Audience.MEMBER, False),
    ):
        assert (OTHER in shown(facts, audience)) is sees, audience
    assert ELSEWHERE in shown(shared, Audience.TENANT)
    assert "WEBHOOK-1" not in shown(own, Audience.MEMBER)
    arrived = replace(HEALTHY, last_arrival=ArrivalFact("ntf_other", NOW, "delivered"))
    failed = attempted(arrived, S.FAILED, word="undelivered", fault_code="30003")
    assert "ntf_other" in shown(failed, Audience.TENANT)
    assert "ntf_other" not in shown(failed, Audience.MEMBER)


def test_saved_facts_keep_what_lies_beside() -> None:
    facts = replace(
        with_sender(SenderSeen((RIGHT,), ServiceSeen(SERVICE, OTHER)), last_text_at=NOW),
        last_arrival=ArrivalFact("ntf_2", NOW, "delivered"),
        pulse=PulseFact(True, True, NOW, NOW, 1, None, NOW),
    )
    assert load(json.loads(json.dumps(save(facts)))) == facts


@pytest.mark.row(29)
def test_a_silent_worker_is_told_beside_what_the_row_shows_of_then() -> None:
    down = replace(HEALTHY, pulse=PulseFact(False, True, NOW - timedelta(minutes=9), NOW))
    found = by_code(down)["QUEUE-1"]
    assert (found.verdict, found.now) == (Verdict.NOTABLE, "silent")
    assert "When this row was due, a worker took it up at 14:20:00 UTC, 0 s after it was due." in found.says
    assert found.remedy is not None
    assert found.remedy.text.startswith("Contact support")
    for audience in (Audience.MEMBER, Audience.TENANT, Audience.PLATFORM):
        (same,) = [one for one in report(redacted(down, audience)).findings if one.code == "QUEUE-1"]
        assert same.remedy == found.remedy
    moved = replace(down, transitions=(TransitionFact(NOW - timedelta(minutes=8), "queued", "sending"),))
    assert "took it up at 14:22:00 UTC, 2 min after it was due" in by_code(moved)["QUEUE-1"].says


@pytest.mark.row(29)
def test_workers_that_were_started_later_are_told_as_later() -> None:
    waits = replace(row(HEALTHY, status=S.QUEUED), attempts=(), then=None)
    since = replace(waits, pulse=PulseFact(True, True, NOW, NOW, 1, None, NOW - timedelta(minutes=1)))
    assert "no worker of now was running" in by_code(since)["QUEUE-1"].then
    before = replace(waits, pulse=PulseFact(True, True, NOW, NOW, 1, None, NOW - timedelta(hours=1)))
    assert by_code(before)["QUEUE-1"].then == "a worker was running, since 13:30:00 UTC"
    tick = {one.name: one.value for one in by_code(before)["QUEUE-2"].evidence}
    assert "the broker" in tick["What a tick shows"]


@pytest.mark.row(78)
def test_sent_and_delivered_claim_different_things_and_ask_different_questions() -> None:
    delivered = by_code(HEALTHY)["CHECK-1"]
    sent = by_code(attempted(HEALTHY, S.SENT, word="sent"))["CHECK-1"]
    assert "Delivered claims that the carrier's receipt says it arrived" in delivered.says
    assert "Sent claims that Twilio took it, and nothing about the phone" in sent.says
    asked = [{one.name for one in found.evidence} for found in (delivered, sent)]
    assert asked[1] - asked[0] == {"Roaming", "Carrier"}
    assert asked[0] >= {"Signal", "Do Not Disturb", "Blocked", "Inbox", "The right phone"}


@pytest.mark.row(19)
def test_a_call_that_no_phone_showed_names_filters_of_unknown_callers() -> None:
    call = row(attempted(HEALTHY, S.FAILED, word="no-answer", sip_code=480), channel=Channel.VOICE)
    ended = by_code(call)["VOICE-3"]
    assert (
        "lets only known callers through (silenced unknown callers, call screening, a filter for mobile" in ended.says
    )
    assert ended.remedy is not None
    assert "save the calling number among their contacts" in ended.remedy.text
    answered = row(attempted(HEALTHY, S.DELIVERED, word="completed", answered_by="human"), channel=Channel.VOICE)
    assert "Unknown callers" in {one.name for one in by_code(answered)["CHECK-1"].evidence}


@pytest.mark.row(79, 80)
@pytest.mark.django_db(transaction=True)
def test_the_diagnosis_says_what_the_provider_says_beside_what_it_answered(
    cast: Cast, fire: Fires, sandbox: RunningSandbox
) -> None:
    (sent,) = fire(cast.ben)
    deliver()
    sandbox.post("/senders", phone_number=SENDER_NUMBER, sms=False).raise_for_status()
    sandbox.twilio().incoming_phone_numbers.list(phone_number=SENDER_NUMBER)[0].update(sms_url=OTHER)
    with platform_scope():
        ask_about_sender(Sender.objects.get(pk=cast.sender.pk), actor=cast.pat, at=timezone.now())
    found = by_code(facts_of(sent))
    assert (found["SENDER-5"].verdict, found["WEBHOOK-1"].verdict) == (Verdict.NOTABLE, Verdict.NOTABLE)
    assert f"posts to {OTHER}" in found["WEBHOOK-1"].says
    later = message(cast.ben)
    deliver()
    assert by_code(facts_of(later))["PROVIDER-2"].verdict is Verdict.STOPPED


@pytest.mark.django_db(transaction=True)
def test_what_last_arrived_is_read_once_for_all_that_failed_and_for_nobody_else(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    failed = [message(person(cast, number=number)) for number in ("+12065551211", "+12065551614")]
    deliver()
    since = timezone.now() - timedelta(days=1)
    with platform_scope():
        with CaptureQueriesContext(connection) as none:
            assert last_arrivals([], since=since) == {}
        with CaptureQueriesContext(connection) as one:
            assert last_arrivals(failed, since=since) == {}
        assert (len(none), len(one)) == (0, 1)
        attempts = {row.pk: list(row.attempts.all()) for row in failed}
        assert that_failed(failed, attempts=attempts) == failed
        assert that_failed(failed, attempts={}) == []


def test_a_sender_of_this_report_without_a_state_says_nothing() -> None:
    bare = SenderFact("snd_1", SENDER, "twilio", ("sms",), "not_needed", True, True)
    assert not {"WEBHOOK-1", "SENDER-5"} & by_code(replace(HEALTHY, senders=(bare,))).keys()
