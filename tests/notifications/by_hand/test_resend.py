"""Sending again from the log: a new linked row to the number of now, and never what is unknown or not needed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.operations import top_up
from members.models import Phone
from members.operations import add_phone
from members.operations.switch import switch_on
from notifications.core.states import RESENDABLE, NotificationStatus, Purpose
from notifications.models import Alert, AlertStep, Notification
from notifications.operations.resend import foresee_resend, resend
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast
from tests.consenting import agree
from tests.notifications.by_hand.conftest import changed, client_of, log_of, may_send, month_of, person, spoken

LIST = "/admin/notifications/notification/"


@pytest.fixture
def failed(cast: Cast) -> Callable[..., Notification]:
    """A message to Ben that the carrier refused an hour ago; a page with an alert behind it, where it is one."""

    def make(**values: Any) -> Notification:
        then = timezone.now() - timedelta(hours=1)
        fields: dict[str, Any] = {
            "purpose": "direct_message",
            "channel": "sms",
            "member": cast.ben,
            "number": "+12065550142",
            "body": "Come to gate 3",
            "status": "failed",
            "created_at": then,
            "expires_at": then + timedelta(minutes=30),
            **values,
        }
        with tenant_scope(cast.harbor.pk):
            if fields["purpose"] == "page":
                alert = Alert.objects.create(
                    tenant=cast.harbor, flow=cast.flow, flow_snapshot={}, text="down", source=Alert.Source.COMMAND
                )
                step = AlertStep.objects.create(tenant=cast.harbor, alert=alert, position=0, fired_at=then)
                fields = {"alert": alert, "alert_step": step, "ack_code": "4821", **fields}
            return Notification.objects.create(tenant=cast.harbor, **fields)

    return make


def asked(client: Client, *rows: Notification) -> str:
    ids = ",".join(str(row.pk) for row in rows)
    return client.get(f"{LIST}do/resend/?ids={ids}").content.decode()


def confirmed(client: Client, page: str, *rows: Notification) -> str:
    """Press the button of the page, and return the page that it leads to."""
    hidden = dict(re.findall(r'name="(once)" value="([^"]*)"', page))
    answer = client.post(f"{LIST}do/resend/", {"ids": ",".join(str(row.pk) for row in rows), **hidden}, follow=True)
    return spoken(answer.content.decode())


def test_a_page_is_sent_again_as_a_linked_row_that_belongs_to_its_alert_with_a_code_of_its_own(
    ana: Client, cast: Cast, failed: Callable[..., Notification]
) -> None:
    row = failed(purpose="page")
    page = asked(ana, row)
    assert "1 of 1 would go now." in spoken(page)
    assert "Notifications 1" in spoken(page)
    log = confirmed(ana, page, row)
    assert "1 message written to the log. 1 on its way." in log
    (again,) = log_of(cast, resend_of=row)
    assert (again.purpose, again.alert_id, again.alert_step_id) == ("page", row.alert_id, None)
    assert (again.member_id, again.number, again.body) == (cast.ben.pk, row.number, row.body)
    assert (again.status, again.sent_by_id) == ("queued", cast.ana.pk)
    assert again.ack_code not in ("", row.ack_code)
    assert again.expires_at is not None
    assert again.expires_at - again.created_at == timedelta(minutes=30)
    with platform_scope():
        entry = AuditEntry.objects.get(code="notification.resent")
    assert (entry.subject_id, entry.actor_id) == (row.public_id, cast.ana.pk)
    # Each story leads to the other, and the old row is as it was.
    assert f"Sent again as {again.public_id}" in spoken(ana.get(f"{LIST}{row.pk}/change/").content.decode())
    assert f"A second sending of {row.public_id}" in spoken(ana.get(f"{LIST}{again.pk}/change/").content.decode())
    assert changed(row).status == "failed"


def test_the_same_form_sends_again_once_and_another_one_says_what_is_on_its_way(
    ana: Client, cast: Cast, failed: Callable[..., Notification]
) -> None:
    row = failed()
    page = asked(ana, row)
    confirmed(ana, page, row)
    assert "nothing was sent twice" in confirmed(ana, page, row)
    (again,) = log_of(cast, resend_of=row)
    warned = asked(ana, row)
    assert "was sent again before, and may still arrive" in spoken(warned)
    assert again.public_id in warned
    confirmed(ana, warned, row)
    assert len(log_of(cast, resend_of=row)) == 2


@pytest.mark.parametrize("status", NotificationStatus)
def test_what_may_still_go_or_is_unknown_or_arrived_is_left_out_with_the_reason(
    cast: Cast, failed: Callable[..., Notification], status: NotificationStatus
) -> None:
    row = failed(status=status.value)
    plan = foresee_resend([row], actor=cast.ana, at=timezone.now())
    assert bool(plan.going) == (status in RESENDABLE)
    if status not in RESENDABLE:
        assert [one.says for one in plan.left_out] != [""]
        assert resend([row], actor=cast.ana, once="a", at=timezone.now()).rows == ()
        assert len(log_of(cast)) == 1
    if status is NotificationStatus.UNCONFIRMED:
        assert "it might arrive twice" in plan.left_out[0].says


@pytest.mark.parametrize("purpose", Purpose)
def test_a_code_a_confirmation_and_an_answer_are_never_sent_again(
    cast: Cast, failed: Callable[..., Notification], purpose: Purpose
) -> None:
    plan = foresee_resend([failed(purpose=purpose.value)], actor=cast.ana, at=timezone.now())
    assert bool(plan.going) == (purpose in {Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST})


@pytest.mark.parametrize(
    ("status", "says"), [("unconfirmed", "outcome is unknown"), ("delivered", "which reached the phone")]
)
def test_a_row_whose_second_sending_is_unknown_or_arrived_is_left_out(
    cast: Cast, failed: Callable[..., Notification], status: str, says: str
) -> None:
    row = failed()
    # A second sending of a second sending counts as well.
    failed(status=status, resend_of=failed(resend_of=row))
    (left_out,) = foresee_resend([row], actor=cast.ana, at=timezone.now()).left_out
    assert says in left_out.says


def test_a_page_of_an_alert_that_is_over_is_left_out_and_says_who_acknowledged_it(
    ana: Client, cast: Cast, failed: Callable[..., Notification]
) -> None:
    row = failed(purpose="page")
    with platform_scope():
        Alert.objects.filter(notifications=row).update(acknowledged_at=timezone.now(), acknowledged_by=cast.ben)
    page = spoken(asked(ana, row))
    assert "Ben acknowledged its alert at" in page
    assert "it would be cancelled" in page
    with platform_scope():
        Alert.objects.filter(notifications=row).update(acknowledged_at=None, resolved_at=timezone.now())
    assert "Its alert was resolved at" in spoken(asked(ana, row))


def test_it_goes_to_the_number_of_now_and_never_past_a_gate(
    ana: Client, cast: Cast, failed: Callable[..., Notification]
) -> None:
    row = failed(number="+12065550149")
    page = asked(ana, row)
    assert "Ben: +12065550149 before, +12065550142 now" in spoken(page)
    with tenant_scope(cast.harbor.pk):
        Phone.objects.all().delete()
        add_phone(member=cast.ben, number="+12065550143", origin="admin", actor=cast.ana, at=timezone.now())  # type: ignore[arg-type]
        switch_on(cast.ben, number="+12065550143", actor=cast.ana, why="new number", at=timezone.now())
    # Consent does not travel to the new number: nothing is written until the person agreed for it.
    page = spoken(asked(ana, row))
    assert "0 of 1 would go now. 1 would not go." in page
    assert "CONSENT-" in page
    assert "As things stand it would not go" in page
    with tenant_scope(cast.harbor.pk):
        assert resend([row], actor=cast.ana, once="a", at=timezone.now()).rows == ()
    agree(cast.ben, tenant=cast.harbor)
    confirmed(ana, asked(ana, row), row)
    assert [again.number for again in log_of(cast, resend_of=row)] == ["+12065550143"]


def test_what_met_the_monthly_limit_is_sent_again_after_a_top_up(
    ana: Client, cast: Cast, failed: Callable[..., Notification]
) -> None:
    month_of(cast, notifications=0)
    row = failed(status="quota_exceeded", reason="QUOTA-1")
    page = asked(ana, row)
    assert "QUOTA-1" in page
    assert "monthly limit of 0 notifications is reached: 0 are used" in page
    top_up(cast.harbor, notifications=10, segments=0, calls=0, reason="a storm", actor=cast.pat, at=timezone.now())
    confirmed(ana, asked(ana, row), row)
    assert len(log_of(cast, resend_of=row)) == 1


def test_many_are_sent_again_as_far_as_the_allowance_reaches_and_the_rest_stays_as_it_is(
    ana: Client, cast: Cast, failed: Callable[..., Notification]
) -> None:
    may_send(cast, cast.ana, daily=2)
    others = [person(cast, f"Member {place}", f"+120655501{place}0") for place in (5, 6)]
    rows = [failed(), *(failed(member=one) for one in others), failed(status="unconfirmed")]
    page = asked(ana, *rows)
    assert "1 of 3 would not go: the allowance leaves 2 today, of 2." in spoken(page)
    assert "Left out: 1" in spoken(page)
    log = confirmed(ana, page, *rows)
    assert "2 messages written to the log. 2 on their way. 2 left as they are." in log
    assert len(log_of(cast, resend_of__isnull=False)) == 2


def test_viewers_support_and_strangers_find_no_such_page_and_foreign_rows_are_not_there(
    ana: Client, cast: Cast, failed: Callable[..., Notification]
) -> None:
    row = failed()
    with tenant_scope(cast.ridge.pk):
        foreign = Notification.objects.create(
            tenant=cast.ridge, purpose="direct_message", channel="sms", body="x", status="failed"
        )
    for reader in (cast.vic, cast.sam, cast.cleo):
        client = client_of(reader)
        assert client.get(f"{LIST}do/resend/?ids={row.pk}").status_code == 404
        assert client.post(f"{LIST}{row.pk}/do/resend/", {"once": "a"}).status_code == 404
    assert client_of(cast.vic).get(f"{LIST}{row.pk}/change/").content.decode().count("Send again") == 0
    assert ana.get(f"{LIST}do/resend/?ids={row.pk},{foreign.pk}").status_code == 404
    # Whoever sees all tenants is told that each has limits of its own.
    pat = client_of(cast.pat).get(f"{LIST}do/resend/?ids={row.pk},{foreign.pk}").content.decode()
    assert "Choose rows of one tenant at a time" in pat
    assert log_of(cast, resend_of__isnull=False) == []


def test_the_log_of_one_sending_shows_its_rows_alone_and_nothing_of_another_tenant(
    ana: Client, cast: Cast, failed: Callable[..., Notification]
) -> None:
    now = timezone.now()
    mine = failed(sent_by=cast.ana, created_at=now, body="together")
    failed(sent_by=cast.ana, created_at=now - timedelta(seconds=1), body="before")
    page = ana.get(f"{LIST}?together={mine.public_id}")
    assert page.context["cl"].result_count == 1
    assert client_of(cast.cleo).get(f"{LIST}?together={mine.public_id}").context["cl"].result_count == 0
    assert ana.get(f"{LIST}?together=ntf_0000").context["cl"].result_count == 0
