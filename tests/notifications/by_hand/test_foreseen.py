"""What a preview says of each person is what dispatch then does, over everything that may keep a message from them."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from billing.models import AllowanceDay, UsageMonth
from members.consent.choices import withdraw
from members.models import Member, Phone
from members.operations.switch import switch_off
from notifications.admin.send_preview import cost
from notifications.dispatch.deliver import deliver_due
from notifications.models import Notification, ProviderAccount, ProviderBlock
from notifications.operations.direct import Sent, foresee_direct, send_direct
from notifications.operations.once import AlreadySent
from notifications.operations.resend import foresee_resend, resend
from tenants.models import Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, make_cast
from tests.consenting import agree, login_of
from tests.members.stories import stops
from tests.notifications.by_hand.conftest import client_of, may_send, month_of, person
from tests.sandbox.process import RunningSandbox

TEXT = "Everybody come to gate 3 " * 8


@pytest.fixture
def cast(transactional_db: None, one_sandbox: RunningSandbox, settings: object) -> Cast:
    """Everybody, committed, with the provider behind them."""
    people = make_cast()
    agree(people.ben, tenant=people.harbor)
    may_send(people, people.ana)
    one_sandbox.reset()
    settings.TWILIO_BASE_URL = one_sandbox.url  # type: ignore[attr-defined]
    with platform_scope():
        account = ProviderAccount.objects.get(pk=people.sender.account_id)
        account.account_id, account.secret = one_sandbox.account_sid, one_sandbox.auth_token
        account.save()
    return people


def everyone(cast: Cast) -> list[Member]:
    """Four who agreed, and one for each thing that may stand in the way, mixed."""
    far = [person(cast, f"Agreed {place}", f"+1206777010{place}") for place in range(3)]
    never = person(cast, "Never", "+12067770110", agreed=False)
    withdrew, stopped = person(cast, "Withdrew", "+12067770111"), person(cast, "Stopped", "+12067770112")
    phoneless, gone = person(cast, "Phoneless"), person(cast, "Gone", "+12067770113")
    house, off, blocked = (person(cast, name, f"+1206777011{at}") for name, at in (("H", 4), ("O", 5), ("B", 6)))
    now = timezone.now()
    with tenant_scope(cast.harbor.pk):
        withdraw(
            tenant=cast.harbor,
            member=withdrew,
            number="+12067770111",
            channel="sms",
            source="page",
            ip="",
            user_agent="",
            actor=login_of(withdrew),
            at=now,
        )
        Member.objects.filter(pk=gone.pk).update(is_active=False)
        Phone.objects.filter(member=house).update(line_type="landline", sms_capability="unknown")
        switch_off(off, actor=cast.ana, why="leave", at=now)
    stops(at=now, number="+12067770112", message="SMstop")
    with platform_scope():
        ProviderBlock.objects.create(
            provider="twilio",
            sender=cast.sender,
            sender_address=cast.sender.address,
            number="+12067770116",
            since=now,
            source=ProviderBlock.Source.REFUSED,
        )
        found = [never, far[0], withdrew, phoneless, far[1], house, stopped, cast.ben, off, gone, far[2], blocked]
        return [Member.objects.get(pk=member.pk) for member in found]


def night(cast: Cast) -> None:
    """Direct messages may go between three and four in the morning, and it is noon where these phones are."""
    with platform_scope():
        hours = {"direct_hours_open": time(3), "direct_hours_close": time(4)}
        Tenant.objects.filter(pk=cast.harbor.pk).update(**hours)
        cast.harbor.refresh_from_db()


NOON = timezone.now().replace(hour=19, minute=0, second=0, microsecond=0)
LIMITS: dict[str, Callable[[Cast], object]] = {
    "nothing is short": lambda _cast: None,
    "the allowance leaves two": lambda cast: may_send(cast, cast.ana, daily=2),
    "the month leaves three notifications": lambda cast: month_of(cast, notifications=3),
    "the month leaves five segments, and each takes two": lambda cast: month_of(cast, segments=5),
    "it is outside the hours": night,
}


def works(at: datetime) -> None:
    deliver_due(clock=lambda: at, owner="worker-1", for_seconds=20)


@pytest.mark.parametrize("how", LIMITS)
def test_each_message_ends_as_its_preview_said(how: str, cast: Cast, one_sandbox: RunningSandbox) -> None:
    people = everyone(cast)
    LIMITS[how](cast)
    at = NOON if "hours" in how else timezone.now()
    foreseen = foresee_direct(people, text=TEXT, actor=cast.ana, at=at)
    said = cost(foreseen)
    sent = send_direct(people, text=TEXT, actor=cast.ana, once="seed", at=at)
    assert isinstance(sent, Sent)
    works(at)
    with platform_scope():
        rows = list(Notification.objects.filter(sent_by=cast.ana).order_by("pk"))
    assert [row.member_id for row in rows] == [member.pk for member in people]
    went = {"sent", "delivered"}
    for row, one in zip(rows, foreseen, strict=True):
        assert one.goes == (row.status in went), (row.number, row.reason_text)
        if not one.goes:
            closes = "held" if one.waits else one.ruling.closes_as
            assert (row.status, row.reason) == (closes, one.ruling.reason), row.reason_text
    going = [one for one in foreseen if one.goes]
    assert {text["to"] for text in one_sandbox.get("/messages")} == {one.row.number for one in going}
    assert {text["body"] for text in one_sandbox.get("/messages")} <= {foreseen[0].text}
    if not any(one.waits for one in foreseen):
        with platform_scope():
            month, day = UsageMonth.objects.get(), AllowanceDay.objects.get()
        assert month.notifications_used + month.notifications_reserved == len(going) == day.used
        assert month.segments_used + month.segments_reserved == sum(one.segments for one in going) == 2 * len(going)
        assert dict(said)["Notifications"] == str(len(going))
        assert dict(said)["SMS segments"].startswith(str(2 * len(going)))


@pytest.mark.row(7)
def test_from_its_diagnosis_what_was_skipped_is_mended_and_sent_again_as_a_new_row(
    cast: Cast, one_sandbox: RunningSandbox
) -> None:
    people = everyone(cast)
    may_send(cast, cast.ana, daily=2)
    now = timezone.now()
    assert isinstance(send_direct(people, text="Come", actor=cast.ana, once="seed", at=now), Sent)
    works(now)
    before = [text["to"] for text in one_sandbox.get("/messages")]
    assert len(before) == 2
    with tenant_scope(cast.harbor.pk):
        rows = list(Notification.objects.filter(sent_by=cast.ana).order_by("pk"))
        house = Phone.objects.get(number="+12067770114")
    (of_house,) = (row for row in rows if row.member_id == house.member_id)
    ana = client_of(cast.ana)
    diagnosis = ana.get(f"/admin/notifications/notification/{of_house.pk}/do/diagnose/").content.decode()
    for link in (
        f"/admin/members/member/{house.member_id}/change/",
        f"/admin/notifications/notification/{of_house.pk}/do/resend/",
    ):
        assert f'href="{link}"' in diagnosis
        assert ana.get(link).status_code == 200
    # The landline turns out to take texts, and the allowance is raised.
    with tenant_scope(cast.harbor.pk):
        Phone.objects.filter(pk=house.pk).update(sms_capability="yes")
    may_send(cast, cast.ana, daily=20)
    later = now + timedelta(seconds=5)
    plan = foresee_resend(rows, actor=cast.ana, at=later)
    kept = {row.pk: (row.status, row.reason, row.number, row.ruling, row.finished_at) for row in rows}
    assert not isinstance(resend(rows, actor=cast.ana, once="again", at=later), AlreadySent)
    works(later)
    with platform_scope():
        again = {row.resend_of_id: row for row in Notification.objects.filter(resend_of__isnull=False)}
        old = list(Notification.objects.filter(pk__in=kept))
    assert set(again) == {one.row.pk for one in plan.again if one.foreseen.goes}
    assert of_house.pk in again
    assert {row.status for row in again.values()} <= {"sent", "delivered"}
    # Nobody got it past a gate, and what was mended changed nothing that had happened.
    assert sorted(text["to"] for text in one_sandbox.get("/messages")) == sorted(
        [*before, *(row.number for row in again.values())]
    )
    for row in old:
        if row.status == "skipped":
            assert kept[row.pk] == (row.status, row.reason, row.number, row.ruling, row.finished_at)
