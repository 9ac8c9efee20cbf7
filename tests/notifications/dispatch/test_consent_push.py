"""A consent, or an opt-out, is told to the provider where that can work: in order, bounded, and its answer shown."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from members.consent.handset import opt_in_from_handset, opt_out_from_handset
from notifications.models import ConsentPush, Notification, ProviderBlock, Sender
from notifications.operations.blocks import block_learned
from notifications.operations.consent_push import (
    Pushed,
    push_consent,
    push_opt_out_after_answer,
    push_to_blocking_senders,
)
from notifications.operations.consent_pushing import MOST_TRIES, PAUSES, is_push_due, push_due
from notifications.queries.blocks import blocks_shown
from tenants.audit import Act
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.contracts.scripted import Reply, ScriptedServer
from tests.notifications.dispatch.conftest import message
from tests.sandbox.process import RunningSandbox

State = ConsentPush.State
TOLL_FREE = "+18885550100"
pytestmark = pytest.mark.usefixtures("sandbox")


def blocked(cast: Cast, *, sender: Sender | None = None, at: datetime | None = None) -> datetime:
    """Ben texted STOP some time ago, and we heard of it."""
    at = at or timezone.now() - timedelta(hours=2)
    found = sender or cast.sender
    block_learned(
        number=BEN_NUMBER,
        provider="twilio",
        sender=found,
        sender_address=found.address,
        source=ProviderBlock.Source.KEYWORD,
        heard_at=at,
        at=at,
    )
    return at


def push(cast: Cast, *, sender: Sender | None = None, wish: Any = "opt_in", **named: Any) -> Pushed:
    now = timezone.now()
    values = {"said_at": now - timedelta(hours=1), "at": now, **named}
    return push_consent(
        number=BEN_NUMBER,
        sender=sender or cast.sender,
        wish=wish,
        source="offline",
        tenant_id=cast.harbor.pk,
        actor=cast.pat,
        **values,
    )


def block(address: str = SENDER_NUMBER) -> ProviderBlock:
    with platform_scope():
        return ProviderBlock.objects.get(number=BEN_NUMBER, sender_address=address)


def listed(sandbox: RunningSandbox) -> list[str]:
    """The senders that the provider itself blocks for Ben."""
    return [row["sender"] for row in sandbox.get("/optouts") if row["number"] == BEN_NUMBER]


def pushes() -> list[ConsentPush]:
    with platform_scope():
        return list(ConsentPush.objects.order_by("id"))


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def says_stop(*, at: datetime) -> None:
    opt_out_from_handset(
        number=BEN_NUMBER,
        at=at,
        received_at=at,
        raw_text="STOP",
        method="keyword",
        provider="twilio",
        provider_message_id=f"SM{at.timestamp()}",
        sender_address=SENDER_NUMBER,
        tenant_id=None,
        member_id=None,
    )


@pytest.fixture
def toll_free(cast: Cast) -> Sender:
    with platform_scope():
        return Sender.objects.create(account_id=cast.sender.account_id, address=TOLL_FREE, is_toll_free=True)


@pytest.mark.case("R10")
def test_on_a_long_code_the_block_is_lifted_and_on_a_toll_free_number_it_stays(
    cast: Cast,
    sandbox: RunningSandbox,
    toll_free: Sender,
) -> None:
    for sender in (SENDER_NUMBER, TOLL_FREE):
        sandbox.reply(BEN_NUMBER, "STOP", to=sender)
    blocked(cast)
    blocked(cast, sender=toll_free)
    lifted, kept = push(cast), push(cast, sender=toll_free)
    assert (lifted.state, lifted.is_lifted, lifted.code) == (State.TAKEN, True, "0")
    assert (block().state, block().source) == ("cleared", "consent_api")
    assert (kept.state, kept.is_lifted) == (State.START_NEEDED, False)
    assert "START or UNSTOP" in kept.says
    assert block(TOLL_FREE).state == "active"
    assert listed(sandbox) == [TOLL_FREE]
    with tenant_scope(cast.harbor.pk):
        shown = {each.sender_address: each for each in blocks_shown(BEN_NUMBER)}
    assert "UNSTOP" in shown[TOLL_FREE].remedy
    assert shown[SENDER_NUMBER].remedy == ""
    with platform_scope():
        acts = list(AuditEntry.objects.filter(actor_id=cast.pat.pk).values_list("code", flat=True))
    assert acts.count(Act.CONSENT_PUSHED.value) == 2
    assert acts.count(Act.BLOCK_CLEARED.value) == 1


@pytest.mark.case("R11")
@pytest.mark.parametrize(
    "trouble",
    [
        ("consent_refused", "30646", "could not be recorded"),
        ("consent_throttled", "20429", "Too Many Requests"),
        ("consent_unanswered", "", "No answer came"),
    ],
)
def test_what_was_not_taken_stays_blocked_says_why_and_is_asked_again(
    cast: Cast, sandbox: RunningSandbox, settings: Any, trouble: tuple[str, str, str]
) -> None:
    behaviour, code, words = trouble
    settings.PROVIDER_TIMEOUT = 1.0 if behaviour == "consent_unanswered" else 10.0
    sandbox.reply(BEN_NUMBER, "STOP", to=SENDER_NUMBER)
    blocked(cast)
    sandbox.force(behaviour, to=BEN_NUMBER)
    now = timezone.now()
    answer = push(cast, at=now)
    assert (answer.state, answer.code, answer.again_at) == (State.WAITING, code, now + PAUSES[0])
    assert words in answer.says
    assert block().state == "active"
    assert words in block().says
    with tenant_scope(cast.harbor.pk):
        [shown] = blocks_shown(BEN_NUMBER)
    assert words in shown.asked
    assert listed(sandbox) == [SENDER_NUMBER]
    assert push_due(clock=at(now + PAUSES[0] - timedelta(seconds=1))) == 0
    settings.PROVIDER_TIMEOUT = 10.0
    sandbox.force(None, to=BEN_NUMBER)
    assert push_due(clock=at(now + PAUSES[0])) == 1
    assert (block().state, listed(sandbox)) == ("cleared", [])
    assert push_due(clock=at(now + timedelta(days=2))) == 0


def test_asking_again_ends(cast: Cast, sandbox: RunningSandbox) -> None:
    blocked(cast)
    sandbox.force("consent_throttled", to=BEN_NUMBER)
    now = timezone.now()
    push(cast, at=now)
    for _ in range(MOST_TRIES + 3):
        now += timedelta(hours=12)
        push_due(clock=at(now))
    [row] = pushes()
    assert (row.state, row.tries) == (State.REFUSED, MOST_TRIES)
    assert block().state == "active"


def test_a_wrong_secret_is_not_tried_again(cast: Cast, sandbox: RunningSandbox) -> None:
    blocked(cast)
    with platform_scope():
        account = Sender.objects.select_related("account").get(pk=cast.sender.pk).account
        account.secret = "wrong"
        account.save()
    answer = push(cast)
    assert (answer.state, answer.code) == (State.REFUSED, "20003")
    assert block().state == "active"


def test_an_older_consent_is_never_sent_after_a_newer_stop(cast: Cast, sandbox: RunningSandbox) -> None:
    sandbox.reply(BEN_NUMBER, "STOP", to=SENDER_NUMBER)
    blocked(cast)
    said_at = timezone.now() - timedelta(hours=1)
    says_stop(at=said_at)
    answer = push(cast, said_at=said_at)
    assert answer.state is State.OUTDATED, "at the same instant the opt-out wins"
    assert listed(sandbox) == [SENDER_NUMBER]
    assert push(cast, said_at=said_at + timedelta(seconds=1)).state is State.TAKEN, "the same set-up sends a newer one"


def test_a_request_that_waits_is_dropped_when_a_stop_comes_before_its_next_try(
    cast: Cast,
    sandbox: RunningSandbox,
) -> None:
    blocked(cast)
    sandbox.force("consent_throttled", to=BEN_NUMBER)
    now = timezone.now()
    push(cast, at=now)
    says_stop(at=now)
    sandbox.force(None, to=BEN_NUMBER)
    push_due(clock=at(now + timedelta(hours=1)))
    assert [row.state for row in pushes()] == [State.OUTDATED]
    assert block().state == "active"


class TakenWhileTheyStop:
    """The provider takes the opt-in, and the person's STOP comes in before its answer does."""

    def play(self, handler: Any) -> None:
        [asked] = handler.scripted.seen[-1].form["Items"]
        says_stop(at=timezone.now())
        connection.close()
        item = {"correlation_id": json.loads(asked)["correlation_id"], "error_code": 0, "error_messages": []}
        handler.answer(Reply(201, json.dumps({"items": [item]})))


def test_an_opt_in_that_crossed_a_stop_is_followed_by_an_opt_out(
    cast: Cast, sandbox: RunningSandbox, settings: Any
) -> None:
    blocked(cast)
    with ScriptedServer() as provider:
        settings.TWILIO_BASE_URL = provider.url
        provider.plays(TakenWhileTheyStop())
        assert push(cast).state is State.OUTDATED
    assert block().state == "active", "it is not thought to be lifted"
    assert [(row.wish, row.state) for row in pushes()] == [("opt_in", State.OUTDATED), ("opt_out", State.WAITING)]
    settings.TWILIO_BASE_URL = sandbox.url
    push_due(clock=timezone.now)
    assert listed(sandbox) == [SENDER_NUMBER]


def test_an_opt_out_is_not_sent_after_a_newer_start(cast: Cast, sandbox: RunningSandbox) -> None:
    now = timezone.now()
    says_stop(at=now - timedelta(minutes=4))
    opt_in_from_handset(
        number=BEN_NUMBER,
        at=now,
        received_at=now - timedelta(minutes=1),
        raw_text="START",
        method="keyword",
        provider="twilio",
        provider_message_id="SMstart",
        sender_address=SENDER_NUMBER,
        tenant_id=None,
        member_id=None,
    )
    assert push(cast, wish="opt_out", said_at=now - timedelta(minutes=4)).state is State.OUTDATED
    assert listed(sandbox) == []
    assert push(cast, wish="opt_out", said_at=now).state is State.TAKEN
    assert listed(sandbox) == [SENDER_NUMBER]


def test_inside_a_transaction_nothing_is_asked_before_its_end(cast: Cast, sandbox: RunningSandbox) -> None:
    sandbox.reply(BEN_NUMBER, "STOP", to=SENDER_NUMBER)
    blocked(cast)
    with transaction.atomic():
        assert push(cast).state is State.WAITING
        assert listed(sandbox) == [SENDER_NUMBER]
    assert listed(sandbox) == []
    assert [row.state for row in pushes()] == [State.TAKEN]


def test_every_sender_of_the_tenant_that_blocks_is_asked_and_no_other(
    cast: Cast,
    sandbox: RunningSandbox,
    toll_free: Sender,
) -> None:
    with platform_scope():
        account_id = cast.sender.account_id
        ridges = Sender.objects.create(account_id=account_id, address="+15005550006", tenant=cast.ridge)
    for sender in (cast.sender, toll_free, ridges):
        blocked(cast, sender=sender)
    now = timezone.now()
    answers = push_to_blocking_senders(
        number=BEN_NUMBER,
        said_at=now - timedelta(hours=1),
        source="offline",
        tenant_id=cast.harbor.pk,
        actor=cast.ana,
        at=now,
    )
    assert {answer.sender_address: answer.state for answer in answers} == {
        SENDER_NUMBER: State.TAKEN,
        TOLL_FREE: State.START_NEEDED,
    }
    assert block(ridges.address).state == "active"


def test_a_stop_that_only_we_understood_reaches_the_provider_after_our_confirmation(
    cast: Cast,
    sandbox: RunningSandbox,
) -> None:
    now = timezone.now()
    confirmation = message(cast.ben, purpose="keyword_reply")
    with transaction.atomic():
        push_opt_out_after_answer(
            number=BEN_NUMBER,
            sender=cast.sender,
            said_at=now,
            answer=confirmation,
            tenant_id=cast.harbor.pk,
            at=now,
        )
    push_due(clock=at(now + timedelta(minutes=1)))
    assert listed(sandbox) == [], "blocking first would keep our own confirmation from them"
    with platform_scope():
        assert not is_push_due(now=now + timedelta(minutes=1))
        Notification.objects.filter(pk=confirmation.pk).update(status="sent")
        assert is_push_due(now=now + timedelta(minutes=1))
    push_due(clock=at(now + timedelta(minutes=1)))
    assert listed(sandbox) == [SENDER_NUMBER]
    assert (block().state, block().source) == ("active", "consent_api")


def test_a_confirmation_that_never_goes_holds_the_opt_out_up_for_five_minutes(
    cast: Cast,
    sandbox: RunningSandbox,
) -> None:
    now = timezone.now()
    push_opt_out_after_answer(
        number=BEN_NUMBER,
        sender=cast.sender,
        said_at=now,
        answer=message(cast.ben, purpose="keyword_reply"),
        tenant_id=None,
        at=now,
    )
    push_due(clock=at(now + timedelta(minutes=4, seconds=59)))
    assert listed(sandbox) == []
    push_due(clock=at(now + timedelta(minutes=5)))
    assert listed(sandbox) == [SENDER_NUMBER]
