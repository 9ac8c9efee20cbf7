"""Whatever a message is for, it goes to nobody who did not agree; the exceptions are the product's and no others.

Each purpose is written for one person in every standing there is, and a worker does its round against the sandbox.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from members.consent.choices import choose, lose_number, withdraw
from members.consent.standing import StandingState
from members.models import Member, NumberCode
from members.operations import invite
from members.queries import standing_of
from notifications.core.states import Purpose
from notifications.dispatch.deliver import deliver_due
from notifications.models import Alert, AlertStep, InboundMessage, Notification
from tenants.models import Role
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member
from tests.consenting import EPOCH, agree, login_of, wording
from tests.members.stories import stops
from tests.notifications.dispatch.conftest import again, attempts
from tests.sandbox.process import RunningSandbox

AGREED = "agreed"
#: Every standing in which nothing may go, and the reason that its row shows.
SILENT = {
    "never": "CONSENT-1",
    "on calls alone": "CONSENT-1",
    "declined": "CONSENT-4",
    "withdrawn": "CONSENT-2",
    "pending": "CONSENT-6",
    "suppressed": "CONSENT-3",
    "stale": "CONSENT-5",
}
#: Product reading 3: the code that they asked for on the form, and never to a suppressed number; and an answer to them.
EXCEPTIONS = {
    Purpose.VERIFICATION_CODE: set(SILENT) - {"suppressed"},
    Purpose.KEYWORD_REPLY: set(SILENT),
}


def choice(member: Member, cast: Cast, *, is_ticked: bool, at: datetime) -> None:
    with tenant_scope(cast.harbor.pk):
        choose(
            is_ticked=is_ticked,
            tenant=cast.harbor,
            member=member,
            number=member.phones.get().number,
            channel="sms",
            disclosure=wording(),
            source="page",
            ip="",
            user_agent="",
            evidence={},
            actor=login_of(member),
            at=at,
        )


def withdraws(member: Member, cast: Cast) -> None:
    agree(member, tenant=cast.harbor)
    with tenant_scope(cast.harbor.pk):
        withdraw(
            tenant=cast.harbor,
            member=member,
            number=member.phones.get().number,
            channel="sms",
            source="page",
            ip="",
            user_agent="",
            actor=login_of(member),
            at=timezone.now(),
        )


def suppressed(member: Member, cast: Cast) -> None:
    agree(member, tenant=cast.harbor)
    with platform_scope():
        number = member.phones.get().number
    stops(at=timezone.now(), number=number, message=f"SM{number}")


def loses(member: Member, cast: Cast) -> None:
    agree(member, tenant=cast.harbor)
    with tenant_scope(cast.harbor.pk):
        number = member.phones.get().number
        lose_number(tenant=cast.harbor, member=member, number=number, actor=cast.ana, at=timezone.now())


BROUGHT_THERE: dict[str, Callable[[Member, Cast], object]] = {
    AGREED: lambda member, cast: agree(member, tenant=cast.harbor),
    "never": lambda _member, _cast: None,
    "on calls alone": lambda member, cast: agree(member, tenant=cast.harbor, channel="voice"),
    "declined": lambda member, cast: choice(member, cast, is_ticked=False, at=EPOCH),
    "withdrawn": withdraws,
    "pending": lambda member, cast: choice(member, cast, is_ticked=True, at=EPOCH),
    "suppressed": suppressed,
    "stale": loses,
}


@pytest.fixture
def people(cast: Cast) -> dict[str, Member]:
    """One member of Harbor in each standing."""
    made = {}
    for place, how in enumerate(BROUGHT_THERE):
        with tenant_scope(cast.harbor.pk):
            made[how] = add_member(cast.harbor, name=how.capitalize(), number=f"+1206888{place:04}")
        BROUGHT_THERE[how](made[how], cast)
    return made


def written(purpose: Purpose, member: Member, cast: Cast, **fields: Any) -> Notification:
    """A row for this purpose, as whoever writes such rows writes it."""
    now = timezone.now()
    with platform_scope():
        number = member.phones.get().number
        values: dict[str, Any] = {
            "purpose": purpose.value,
            "channel": "sms",
            "number": number,
            "body": f"For {member.name}",
            "due_at": now,
            "expires_at": now + timedelta(minutes=15),
        }
        if purpose is Purpose.PAGE:
            alert = Alert.objects.create(
                tenant=cast.harbor, flow=cast.flow, flow_snapshot={}, text="down", source=Alert.Source.COMMAND
            )
            values["alert"] = alert
            values["alert_step"] = AlertStep.objects.create(tenant=cast.harbor, alert=alert, position=0, fired_at=now)
        if purpose is Purpose.VERIFICATION_CODE:
            values["sealed_body"] = "123456 is your code"
            values["number_code"] = NumberCode.objects.create(
                tenant=cast.harbor,
                member=member,
                number=number,
                direction=NumberCode.Direction.OUTBOUND,
                digest=b"d" * 32,
                expires_at=now + timedelta(minutes=15),
            )
        if purpose is Purpose.KEYWORD_REPLY:
            values["reply_to"] = heard_from(number, cast, at=now)
        return Notification.objects.create(tenant=cast.harbor, member=member, **values | fields)


def heard_from(number: str, cast: Cast, *, at: datetime) -> InboundMessage:
    return InboundMessage.objects.create(
        tenant=cast.harbor,
        number=number,
        to_address=cast.sender.address,
        sender=cast.sender,
        provider="twilio",
        provider_message_id=f"SMin{number}{at.timestamp()}",
        body="HELP",
        received_at=at,
        reading="HELP",
    )


def works() -> None:
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=20)


def reached(sandbox: RunningSandbox) -> set[str]:
    """Every number to which the provider was asked to send anything."""
    return {text["to"] for text in sandbox.get("/messages")}


def test_the_people_stand_where_these_tests_need_them(people: dict[str, Member]) -> None:
    found = {}
    for how, member in people.items():
        with tenant_scope(member.tenant_id):
            standing = standing_of(member, channel="sms", at=timezone.now())
        assert standing is not None
        found[how] = standing.state
    assert set(found.values()) == set(StandingState)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_message_for_this_purpose_reaches_those_who_agreed_and_nobody_else_but_by_an_exception(
    purpose: Purpose, people: dict[str, Member], cast: Cast, sandbox: RunningSandbox
) -> None:
    rows = {how: written(purpose, member, cast) for how, member in people.items()}
    works()
    goes = {AGREED} | EXCEPTIONS.get(purpose, set())
    assert reached(sandbox) == {rows[how].number for how in goes}
    for how, row in rows.items():
        now = again(row)
        if how in goes:
            assert now.status in ("sent", "delivered"), (how, now.reason)
        else:
            assert (now.status, now.reason, attempts(row)) == ("skipped", SILENT[how], []), how


@pytest.mark.parametrize("how", ["late", "second", "to another", "to nothing"])
def test_an_answer_that_is_not_the_one_answer_in_time_is_no_exception(
    how: str, people: dict[str, Member], cast: Cast, sandbox: RunningSandbox
) -> None:
    member = people["suppressed"]
    now = timezone.now()
    with platform_scope():
        number = member.phones.get().number
        text = heard_from(
            "+12068889999" if how == "to another" else number,
            cast,
            at=now - timedelta(minutes=6) if how == "late" else now,
        )
    if how == "second":
        written(Purpose.KEYWORD_REPLY, member, cast, reply_to=text)
    row = written(Purpose.KEYWORD_REPLY, member, cast, reply_to=None if how == "to nothing" else text)
    works()
    assert (again(row).status, again(row).reason) == ("skipped", "CONSENT-3")
    assert len(sandbox.get("/messages", to=number)) == (1 if how == "second" else 0)


@pytest.mark.parametrize("how", ["spent", "ended", "of another number", "without a code"])
def test_a_code_that_nobody_waits_for_on_the_form_is_no_exception(
    how: str, people: dict[str, Member], cast: Cast, sandbox: RunningSandbox
) -> None:
    member = people["never"]
    row = written(Purpose.VERIFICATION_CODE, member, cast)
    with platform_scope():
        code = NumberCode.objects.filter(notifications=row)
        if how == "spent":
            code.update(spent_at=timezone.now())
        elif how == "ended":
            code.update(expires_at=timezone.now() - timedelta(seconds=1))
        elif how == "of another number":
            code.update(number="+12068889999")
        else:
            Notification.objects.filter(pk=row.pk).update(number_code=None)
    works()
    assert (again(row).status, again(row).reason) == ("skipped", "CONSENT-1")
    assert reached(sandbox) == set()


@pytest.mark.case("I14")
@pytest.mark.parametrize("purpose", [Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST])
def test_consent_to_texts_lets_no_call_go_and_consent_to_calls_no_text(
    purpose: Purpose, people: dict[str, Member], cast: Cast, sandbox: RunningSandbox
) -> None:
    texts, calls = people[AGREED], people["on calls alone"]
    refused = [written(purpose, texts, cast, channel="voice"), written(purpose, calls, cast, channel="sms")]
    allowed = [written(purpose, texts, cast, channel="sms"), written(purpose, calls, cast, channel="voice")]
    works()
    for row in refused:
        assert (again(row).status, again(row).reason, attempts(row)) == ("skipped", "CONSENT-1", [])
    assert again(allowed[0]).status in ("sent", "delivered")
    # No gate stands in the way of the call: what it lacks is a sender for calls, or the channel.
    assert not again(allowed[1]).reason.startswith("CONSENT")
    assert reached(sandbox) == {allowed[0].number}


def test_a_stop_by_text_silences_calls_too(people: dict[str, Member], cast: Cast, sandbox: RunningSandbox) -> None:
    member = people[AGREED]
    agree(member, tenant=cast.harbor, channel="voice")
    before = written(Purpose.PAGE, member, cast, channel="voice")
    works()
    assert not again(before).reason.startswith("CONSENT")
    stops(at=timezone.now(), number=before.number)
    after = written(Purpose.PAGE, member, cast, channel="voice")
    works()
    assert (again(after).status, again(after).reason) == ("skipped", "CONSENT-3")


@pytest.mark.case("O5")
def test_forty_waiting_messages_end_as_skipped_when_a_stop_comes_and_e_mail_is_not_touched(
    people: dict[str, Member], cast: Cast, sandbox: RunningSandbox
) -> None:
    member = people[AGREED]
    first = written(Purpose.DIRECT_MESSAGE, member, cast)
    works()
    assert again(first).status in ("sent", "delivered")
    later = timezone.now() + timedelta(minutes=5)
    waiting = [
        # Some are due, some wait for their time, some were held up before.
        written(Purpose.DIRECT_MESSAGE, member, cast, due_at=later if place % 3 else timezone.now(), status=status)
        for place, status in enumerate(["queued", "held"] * 20)
    ]
    e_mail = written(Purpose.DIRECT_MESSAGE, member, cast, channel="email", number="")
    stops(at=timezone.now(), number=first.number)
    with platform_scope():
        # What is held is due by itself now; what is queued for later comes when its time has come.
        assert not Notification.objects.filter(status="held", due_at__gt=timezone.now()).exists()
        Notification.objects.filter(status="queued").update(due_at=timezone.now())
    works()
    assert {(again(row).status, again(row).reason) for row in waiting} == {("skipped", "CONSENT-3")}
    assert [attempts(row) for row in waiting] == [[]] * 40
    assert "opted out" in again(waiting[0]).reason_text
    assert len(sandbox.get("/messages", to=first.number)) == 1
    # Nothing about consent holds up e-mail: not a message, and not the invite by which they could agree again.
    assert not again(e_mail).reason.startswith("CONSENT")
    with tenant_scope(cast.harbor.pk):
        invite(
            tenant=cast.harbor,
            email="ben@harbor.example",
            name=member.name,
            role=Role.MEMBER,
            member=member,
            actor=cast.ana,
            at=timezone.now(),
        )
    assert [letter.to for letter in mail.outbox] == [["ben@harbor.example"]]
