"""Reading 7, through the webhook: which page a reply acknowledges, what is said back, and what is cancelled."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from members.models import Member
from notifications.models import InboundMessage, Notification
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_flow, add_member
from tests.notifications.webhooks.twilio_requests import (
    again,
    another_on,
    fired,
    hand_over,
    message_sid,
    page,
    replies,
    text_from,
)

ANA_NUMBER = "+12065550143"


def _inbound() -> InboundMessage:
    with platform_scope():
        return InboundMessage.objects.order_by("-id")[0]


def test_1_acknowledges_the_only_open_page_and_says_so(cast: Cast, sent: Notification, client: Client) -> None:
    answer = text_from(client, "1")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml")
    assert answer.content.endswith(b"<Response/>")
    row = again(sent)
    assert (row.status, row.acknowledged_via) == ("acknowledged", "sms")
    assert row.alert is not None
    assert row.alert.acknowledged_by_id == cast.ben.pk
    assert row.alert.acknowledged_at == row.acknowledged_at
    reply = replies()[0]
    assert reply.body == "Acknowledged: Pump 3 is down."
    assert (reply.status, reply.number, reply.reply_from_id) == ("queued", BEN_NUMBER, cast.sender.pk)
    assert reply.tenant_id == cast.harbor.pk
    kept = _inbound()
    assert (kept.reading, kept.outcome, kept.acknowledged_id) == ("ACK", "acknowledged", sent.pk)
    assert (kept.tenant_id, reply.reply_to_id) == (cast.harbor.pk, kept.pk)


def test_the_same_text_delivered_twice_counts_once(cast: Cast, sent: Notification, client: Client) -> None:
    sid = message_sid()
    first, second = text_from(client, "1", sid=sid), text_from(client, "1", sid=sid)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert len(replies()) == 1
    with platform_scope():
        assert InboundMessage.objects.count() == 1


def test_of_several_pages_the_newest_is_acknowledged_and_the_others_are_named_with_their_codes(
    cast: Cast, sent: Notification, client: Client
) -> None:
    newer = page(cast.flow, sender=cast.sender, at=timezone.now(), service="Crane 7")
    text_from(client, "ACK")
    assert (again(newer).status, again(sent).status) == ("acknowledged", "sent")
    says = replies()[0].body
    assert says.startswith("Acknowledged: Crane 7 is down.")
    assert f"{sent.ack_code} = Pump 3 is down" in says
    text_from(client, sent.ack_code)
    assert again(sent).status == "acknowledged"
    assert replies()[1].body == "Acknowledged: Pump 3 is down."


def test_a_code_acknowledges_its_own_page_even_if_a_newer_one_waits(
    cast: Cast, sent: Notification, client: Client
) -> None:
    newer = page(cast.flow, sender=cast.sender, at=timezone.now(), service="Crane 7")
    text_from(client, f"1 {sent.ack_code}")
    assert (again(newer).status, again(sent).status) == ("sent", "acknowledged")
    assert f"{newer.ack_code} = Crane 7 is down" in replies()[0].body


def test_pages_of_two_members_on_one_number_are_listed_and_none_is_acknowledged(
    cast: Cast, sent: Notification, client: Client
) -> None:
    twin = another_on(BEN_NUMBER, tenant=cast.harbor, name="Bea")
    with tenant_scope(cast.harbor.pk):
        flow = add_flow(cast.harbor, name="Crane", members=[twin])
    other = page(flow, sender=cast.sender, at=timezone.now(), service="Crane 7")
    text_from(client, "1")
    assert (again(sent).status, again(other).status) == ("sent", "sent")
    says = replies()[0].body
    assert says.startswith("Nothing acknowledged yet")
    assert f"{sent.ack_code} = Pump 3 is down" in says
    assert f"{other.ack_code} = Crane 7 is down" in says
    assert _inbound().acknowledged_id is None
    text_from(client, other.ack_code)
    assert (again(sent).status, again(other).status) == ("sent", "acknowledged")
    with platform_scope():
        assert again(other).alert.acknowledged_by_id == twin.pk  # type: ignore[union-attr]


def test_pages_of_two_tenants_are_listed_by_code_and_neither_log_names_the_others_page(
    cast: Cast, sent: Notification, client: Client
) -> None:
    rita = another_on(BEN_NUMBER, tenant=cast.ridge, name="Rosa")
    with tenant_scope(cast.ridge.pk):
        flow = add_flow(cast.ridge, name="Secret", members=[rita], text="Ridge's secret {service}")
    other = page(flow, sender=cast.sender, at=timezone.now(), service="vault")
    text_from(client, "1")
    assert (again(sent).status, again(other).status) == ("sent", "sent")
    says = replies()[0]
    assert sent.ack_code in says.body
    assert other.ack_code in says.body
    assert says.tenant_id == cast.ridge.pk
    assert "Pump 3" not in says.body
    text_from(client, sent.ack_code)
    assert (again(sent).status, again(other).status) == ("acknowledged", "sent")
    confirmed = replies()[1]
    assert confirmed.tenant_id == cast.harbor.pk
    assert "Acknowledged: Pump 3 is down." in confirmed.body
    assert "secret" not in confirmed.body


def test_an_acknowledgement_cancels_unsent_siblings_and_names_who(cast: Cast, client: Client) -> None:
    with tenant_scope(cast.harbor.pk):
        ana = add_member(cast.harbor, name="Ana", number=ANA_NUMBER)
        late = add_member(cast.harbor, name="Lea", number="+12065550144")
        flow = add_flow(cast.harbor, name="Both", members=[cast.ben, ana, late])
    alert = fired(flow, at=timezone.now())
    with platform_scope():
        to_ben, to_ana, to_lea = Notification.objects.filter(alert=alert).order_by("id")
    hand_over(to_ben, sender=cast.sender, at=timezone.now())
    hand_over(to_ana, sender=cast.sender, at=timezone.now())
    text_from(client, "1")
    assert [again(row).status for row in (to_ben, to_ana, to_lea)] == ["acknowledged", "sent", "cancelled"]
    cancelled = again(to_lea)
    assert cancelled.reason == "ROW-1"
    assert cancelled.reason_text.startswith("Ben acknowledged this alert at ")
    assert cancelled.cancelled_by_id == to_ben.pk
    # Ana answers too late: what was sent to her is not hers to acknowledge any more, and she is told by whom it was.
    text_from(client, "1", number=ANA_NUMBER)
    assert again(to_ana).status == "sent"
    assert "was already acknowledged by Ben at " in replies()[1].body
    assert _inbound().outcome == "late"


def test_a_second_reply_is_told_what_already_happened(cast: Cast, sent: Notification, client: Client) -> None:
    text_from(client, "1")
    first = again(sent).acknowledged_at
    text_from(client, "1")
    assert again(sent).acknowledged_at == first
    assert "already acknowledged by Ben" in replies()[1].body


def test_a_code_of_no_page_acknowledges_nothing_and_lists_what_waits(
    cast: Cast, sent: Notification, client: Client
) -> None:
    wrong = "9999" if sent.ack_code != "9999" else "9998"
    text_from(client, wrong)
    assert again(sent).status == "sent"
    assert f"{sent.ack_code} = Pump 3 is down" in replies()[0].body
    assert _inbound().outcome == "unknown_code"


def test_a_page_that_is_still_queued_is_not_acknowledged_and_one_that_failed_only_by_its_code(
    cast: Cast, client: Client
) -> None:
    alert = fired(cast.flow, at=timezone.now())
    with platform_scope():
        row = Notification.objects.get(alert=alert)
    text_from(client, "1")
    assert (again(row).status, _inbound().outcome) == ("queued", "nothing_open")
    hand_over(row, sender=cast.sender, at=timezone.now(), status="failed")
    text_from(client, "1")
    assert again(row).status == "failed"
    text_from(client, row.ack_code)
    assert again(row).status == "acknowledged"


def test_a_stranger_who_texts_1_gets_no_answer_and_the_text_is_kept(cast: Cast, client: Client) -> None:
    assert text_from(client, "1", number="+12065550199").status_code == 200
    assert replies() == []
    assert (_inbound().tenant_id, _inbound().outcome) == (None, "nothing_open")


def test_a_page_of_last_week_is_not_answered_by_a_text(cast: Cast, client: Client) -> None:
    old = page(cast.flow, sender=cast.sender, at=timezone.now() - timedelta(days=8), service="Old")
    text_from(client, "1")
    assert again(old).status == "sent"


def test_the_member_who_left_is_still_named_as_who_acknowledged(cast: Cast, sent: Notification, client: Client) -> None:
    with tenant_scope(cast.harbor.pk):
        Member.objects.filter(pk=cast.ben.pk).update(is_active=False)
    text_from(client, "1")
    assert again(sent).status == "acknowledged"
