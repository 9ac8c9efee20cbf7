"""A storm: one phone gets so many texts a minute, and what waits with one text goes as one page that says how many.

Each story ends with every page accounted for: attempted, inside one that was attempted, or closed with its own reason.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.metering import present_month
from billing.models import UsageMonth
from members.models import Member
from notifications.dispatch.intent import Outcome
from notifications.dispatch.record import record
from notifications.flows.acknowledge import AckOutcome, acknowledge
from notifications.flows.advance import advance_due
from notifications.flows.resolve import resolve
from notifications.models import Alert, Flow, Notification, Sender, Step
from notifications.operations.resend import resend
from notifications.providers.base import CallRequest, Refused
from notifications.queries.alerts import open_pages
from notifications.queries.pulse import pulse
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.notifications.dispatch.storming import (
    NO_TRACE,
    deliver,
    fresh,
    intended,
    never_left,
    says_one,
    storm,
    told,
)
from tests.notifications.escalating import BEGAN, MINUTE, Clock, flow_of, steps
from tests.sandbox.process import RunningSandbox

Texts = Callable[[Member], list[dict[str, Any]]]
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def flow(cast: Cast) -> Flow:
    with tenant_scope(cast.harbor.pk):
        return flow_of(cast.harbor, [cast.ben])


def test_fifty_alerts_of_one_text_come_as_twenty_texts_and_one_that_stands_for_the_rest(
    cast: Cast, flow: Flow, clock: Clock, texts: Texts
) -> None:
    rows: list[Notification] = []
    for _ in range(50):
        rows += storm(flow, clock, alerts=1)
        deliver(clock)
        clock.passes(timedelta(seconds=1))
    assert len(texts(cast.ben)) == 20
    held = fresh(rows[20:])
    assert {(row.status, row.reason) for row in held} == {("held", "THROTTLE-1")}
    assert held[0].reason_text == "This phone was sent 20 texts in one minute, and 20 is the most."
    # The first text left the window a minute after it went; the others come one after the other.
    assert held[0].due_at == BEGAN + MINUTE
    clock.now = BEGAN + MINUTE + timedelta(seconds=1)
    deliver(clock)
    clock.passes(MINUTE)
    deliver(clock)
    got = texts(cast.ben)
    assert len(got) == 21
    carrier, *merged = fresh(rows[20:])
    assert "Pump 3 is down (30 alerts since 15:00)\nReply 1 to acknowledge" in got[-1]["body"]
    assert (carrier.status, {row.status for row in merged}) == ("sent", {"merged"})
    assert {row.merged_into_id for row in merged} == {carrier.pk}
    assert {row.reason for row in merged} == {"MERGED-1"}
    assert carrier.public_id in merged[0].reason_text
    assert Counter(len(attempts(row)) for row in merged) == {0: 29}
    # One answer closes what the carrier stands for, once each, and says how many.
    assert says_one(cast, clock).startswith("Acknowledged 30 alerts: Pump 3 is down")
    after = fresh(rows)
    assert [row.alert.acknowledged_by_id for row in after[20:] if row.alert] == [cast.ben.pk] * 30
    assert {row.alert.acknowledged_at for row in after[:20] if row.alert} == {None}
    with platform_scope():
        assert AuditEntry.objects.filter(code="alert.acknowledged").count() == 30
    assert Counter(row.status for row in after) == {"sent": 20, "acknowledged": 1, "merged": 29}


def test_two_that_wait_go_separately_and_three_go_as_one(cast: Cast, flow: Flow, clock: Clock, texts: Texts) -> None:
    storm(flow, clock, alerts=2)
    deliver(clock)
    assert [text["body"].count("alerts since") for text in texts(cast.ben)] == [0, 0]
    rows = storm(flow, clock, alerts=3)
    deliver(clock)
    assert "(3 alerts since 15:00)" in texts(cast.ben)[-1]["body"]
    assert [row.status for row in fresh(rows)] == ["sent", "merged", "merged"]


def test_only_what_would_go_itself_goes_inside_another(cast: Cast, flow: Flow, clock: Clock) -> None:
    rows = storm(flow, clock, alerts=6)
    with platform_scope():
        Alert.objects.filter(notifications=rows[1]).update(acknowledged_at=clock.now)
        Alert.objects.filter(notifications=rows[2]).update(resolved_at=clock.now)
        Notification.objects.filter(pk=rows[3].pk).update(expires_at=clock.now)
        Notification.objects.filter(pk=rows[5].pk).update(body="Another text")
    deliver(clock)
    assert [row.status for row in fresh(rows)] == ["sent", "cancelled", "cancelled", "expired", "sent", "sent"]


def test_a_worker_that_was_away_sends_one_and_takes_what_others_hold_not_along(
    cast: Cast, flow: Flow, clock: Clock, texts: Texts
) -> None:
    rows = storm(flow, clock, alerts=30)
    clock.passes(2 * MINUTE)
    deliver(clock)
    (text,) = texts(cast.ben)
    assert "(30 alerts since 15:00)" in text["body"]
    carrier, *merged = fresh(rows)
    assert {row.merged_into_id for row in merged} == {carrier.pk}
    # It stands for all, and so for as long as the newest of them.
    assert carrier.expires_at == max(row.expires_at for row in merged if row.expires_at)
    assert pulse(now=clock.now).oldest_due_age is None


def test_a_carrier_that_is_tried_again_keeps_its_text_and_takes_no_more_along(
    cast: Cast, flow: Flow, clock: Clock, texts: Texts
) -> None:
    rows = storm(flow, clock, alerts=4)
    never_left(intended(clock), clock)
    carrier = fresh(rows)[0]
    assert (carrier.status, carrier.reason) == ("held", "RETRY-2")
    more = storm(flow, clock, alerts=2)
    clock.passes(timedelta(seconds=2))
    deliver(clock)
    bodies = sorted(text["body"].partition("\n")[0] for text in texts(cast.ben))
    assert bodies == ["Harbor: Pump 3 is down"] * 2 + ["Harbor: Pump 3 is down (4 alerts since 15:00)"]
    assert {row.status for row in fresh(more)} == {"sent"}


@pytest.mark.parametrize("closes", ["acknowledged", "resolved"])
def test_a_carrier_whose_own_alert_is_over_goes_for_the_others(
    cast: Cast, flow: Flow, clock: Clock, texts: Texts, closes: str
) -> None:
    rows = storm(flow, clock, alerts=3)
    with tenant_scope(cast.harbor.pk):
        by_mail = Notification.objects.create(
            tenant=cast.harbor, purpose="page", channel="email", alert=rows[0].alert, member=cast.ben, body="Pump",
            address="ben@harbor.example", status="sent",
        )  # fmt: skip
    never_left(intended(clock), clock)
    if closes == "acknowledged":
        assert acknowledge(by_mail, via="link", at=clock.now, by_member=cast.ben).cancelled == 0
    else:
        with tenant_scope(cast.harbor.pk):
            assert rows[0].alert
            assert resolve(rows[0].alert, actor=cast.ana, at=clock.now).cancelled == 0
    assert fresh(rows)[0].status == "held"
    clock.passes(timedelta(seconds=2))
    deliver(clock)
    assert len(texts(cast.ben)) == 1
    assert fresh(rows)[0].status == "sent"
    # The two that are left are acknowledged by the answer to it, and then nobody needs it.
    assert says_one(cast, clock).startswith("Acknowledged 2 alerts: ")
    assert says_one(cast, clock).count("already acknowledged") == 1


def test_a_carrier_that_nobody_needs_any_more_is_cancelled(cast: Cast, flow: Flow, clock: Clock) -> None:
    rows = storm(flow, clock, alerts=3)
    never_left(intended(clock), clock)
    with tenant_scope(cast.harbor.pk):
        for row in rows[1:] + rows[:1]:
            assert row.alert
            assert resolve(row.alert, actor=cast.ana, at=clock.now).done
    assert [row.status for row in fresh(rows)] == ["cancelled", "merged", "merged"]


def test_where_the_carrier_reaches_nobody_each_alert_moves_on(cast: Cast, clock: Clock, texts: Texts) -> None:
    eve = person(cast, number="+12065550143", name="Eve")
    with tenant_scope(cast.harbor.pk):
        flow = flow_of(cast.harbor, [cast.ben], [eve], name="Two steps")
    rows = storm(flow, clock, alerts=3)
    refused = Refused(400, "21211", "Invalid 'To' number", NO_TRACE)
    record([Outcome(intent, refused, clock()) for intent in intended(clock)])
    assert [row.status for row in fresh(rows)] == ["failed", "merged", "merged"]
    advance_due(clock=clock)
    assert [steps(row.alert)[0][3] for row in rows if row.alert] == ["nobody"] * 3
    clock.passes(timedelta(seconds=1))
    deliver(clock)
    assert len(texts(eve)) == 1
    assert fresh(rows)[0].tried_next == "Eve"
    # A word that comes late counts for all of them.
    with platform_scope():
        Notification.objects.filter(pk=rows[0].pk).update(status="delivered")
        waiting = open_pages(BEN_NUMBER, code=None, tenant_id=None, at=clock())
    assert [page.public_id for page in waiting.pages] == [rows[0].public_id]


def test_a_carrier_for_which_there_is_no_room_takes_nothing_along(
    cast: Cast, flow: Flow, clock: Clock, settings: Any
) -> None:
    settings.RECIPIENT_TEXTS_A_MINUTE = 1
    message(cast.ben, at=clock.now - MINUTE / 2)
    rows = storm(flow, clock, alerts=5)
    deliver(clock)
    assert {(row.status, row.reason, row.merged_into_id) for row in fresh(rows)} == {("held", "THROTTLE-1", None)}
    assert {row.body for row in fresh(rows)} == {"Pump 3 is down"}
    clock.passes(MINUTE)
    deliver(clock)
    assert Counter(row.status for row in fresh(rows)) == {"sent": 1, "merged": 4}


@pytest.mark.parametrize("left", [1, 2])
def test_at_the_end_of_a_month_a_storm_takes_what_is_left_and_no_page_is_lost_for_its_count(
    cast: Cast, flow: Flow, clock: Clock, texts: Texts, left: int
) -> None:
    rows = storm(flow, clock, alerts=5)
    # One segment by itself, two with the count.
    with platform_scope():
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(body="Pump 3 is down " + "x" * 95)
        month = present_month(cast.harbor.pk, zone=cast.harbor.time_zone, at=clock.now)
        UsageMonth.objects.filter(pk=month).update(segments_limit=left)
    deliver(clock)
    (text,) = texts(cast.ben)
    assert "(5 alerts since 15:00)" in text["body"]
    assert ("x" * 95 in text["body"]) is (left == 2)
    assert Counter(row.status for row in fresh(rows)) == {"sent": 1, "merged": 4}
    with platform_scope():
        spent = UsageMonth.objects.get(pk=month)
    assert spent.segments_reserved + spent.segments_used == left


def test_where_the_quota_was_taken_meanwhile_what_was_to_go_inside_is_ruled_for_itself(
    cast: Cast, flow: Flow, clock: Clock, texts: Texts
) -> None:
    other = person(cast, number="+12065550143", name="Eve")
    with tenant_scope(cast.harbor.pk):
        both = flow_of(cast.harbor, [cast.ben, other], name="Both")
    rows = storm(both, clock, alerts=3)
    with platform_scope():
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(body="Pump 3 is down " + "x" * 95)
        month = present_month(cast.harbor.pk, zone=cast.harbor.time_zone, at=clock.now)
        UsageMonth.objects.filter(pk=month).update(segments_limit=3)
    deliver(clock)
    # Two storms saw room for two segments each. The second one's page was refused; the next of it took what was left.
    assert Counter(row.status for row in fresh(rows)) == {"sent": 2, "merged": 2, "quota_exceeded": 2}
    assert len(texts(cast.ben)) == len(texts(other)) == 1


def test_a_page_that_went_inside_another_is_acknowledged_by_its_own_code_too(
    cast: Cast, flow: Flow, clock: Clock
) -> None:
    rows = storm(flow, clock, alerts=3)
    deliver(clock)
    assert says_one(cast, clock, rows[2].ack_code).startswith("Acknowledged 3 alerts: ")
    again_said = acknowledge(again(rows[1]), via="sms", at=clock.now, by_member=cast.ben)
    assert (again_said.outcome, again_said.by) == (AckOutcome.ALREADY, "Ben")


def test_an_e_mail_says_how_many_as_well(cast: Cast, clock: Clock, mailoutbox: Any) -> None:
    with tenant_scope(cast.harbor.pk):
        flow = flow_of(cast.harbor, [cast.ben], name="By mail")
        Step.objects.filter(flow=flow).update(channels=["email"])
    rows = storm(flow, clock, alerts=3)
    deliver(clock)
    (letter,) = mailoutbox
    assert "Pump 3 is down (3 alerts since 15:00)" in letter.body
    assert [row.status for row in fresh(rows)] == ["sent", "merged", "merged"]


def test_a_call_says_how_many_as_well_and_key_1_acknowledges_all_of_them(
    cast: Cast, clock: Clock, sandbox: RunningSandbox
) -> None:
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(channels=["sms", "voice"])
    agree(cast.ben, tenant=cast.harbor, channel="voice")
    with tenant_scope(cast.harbor.pk):
        flow = flow_of(cast.harbor, [cast.ben], name="By call")
        Step.objects.filter(flow=flow).update(channels=["voice"])
    rows = storm(flow, clock, alerts=3)
    (intent,) = intended(clock)
    assert isinstance(intent.request, CallRequest)
    assert "Pump 3 is down (3 alerts since 15:00)" in intent.request.script
    carrier, *merged = fresh(rows)
    assert {row.merged_into_id for row in merged} == {carrier.pk}
    (attempt,) = attempts(carrier)
    # Key 1 is an acknowledgement of the page that was called about.
    assert acknowledge(carrier, via="key", at=clock.now, by_member=cast.ben).closed == {row.alert_id for row in rows}
    assert attempt.channel == "voice"


def test_a_storm_that_is_sent_again_is_acknowledged_as_a_whole(
    cast: Cast, flow: Flow, clock: Clock, texts: Texts
) -> None:
    rows = storm(flow, clock, alerts=3)
    refused = Refused(400, "30007", "Filtered", NO_TRACE)
    record([Outcome(intent, refused, clock()) for intent in intended(clock)])
    clock.passes(timedelta(seconds=5))
    resend(fresh(rows)[:1], actor=cast.ana, once="a", at=clock.now)
    deliver(clock)
    (text,) = texts(cast.ben)
    assert "(3 alerts since 15:00)" in text["body"]
    assert says_one(cast, clock).startswith("Acknowledged 3 alerts: ")
    assert None not in {row.alert.acknowledged_at for row in fresh(rows) if row.alert}


def test_the_reports_and_the_pages_say_what_went_inside_what(cast: Cast, flow: Flow, clock: Clock) -> None:
    rows = storm(flow, clock, alerts=3)
    deliver(clock)
    carrier, merged, _ = fresh(rows)
    said = told(merged, clock)
    assert said[""] == (
        f"Merged: its text went out inside another notification, {carrier.public_id}, which stands at Sent."
    )
    assert f"this one went out inside {carrier.public_id}, which stands at Sent." in said["LOG-10"].says
    assert "It stands for 2 other pages too" in told(carrier, clock)["LOG-15"].says
    client = Client()
    client.force_login(cast.ana)
    shown = client.get(reverse("admin:notifications_notification_change", args=[merged.pk])).content.decode()
    assert f"Went inside {carrier.public_id}" in shown
    assert "Ruled: not to be sent" not in shown
    shown = client.get(reverse("admin:notifications_notification_change", args=[carrier.pk])).content.decode()
    assert "Stands for 2 more pages" in shown
    story = client.get(reverse("admin:notifications_alert_change", args=[merged.alert_id]))
    assert (story.context["reached"], story.context["people"]) == (1, 1)
