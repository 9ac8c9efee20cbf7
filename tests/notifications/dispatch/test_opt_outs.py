"""The provider says that the recipient opted out: the block is kept, the number suppressed or looked at, no retry."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from members.consent.handset import opt_in_from_handset, opt_out_from_handset
from members.consent.ledger import append, lock_numbers
from members.models import ConsentDetail, ConsentEvent, Suppression
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.join import Report, join_reports
from notifications.dispatch.opted_out import learn, learn_missed
from notifications.models import Attempt, Notification, ProviderAccount, ProviderBlock, Review, Sender
from tenants.audit import Act
from tenants.models import AuditEntry
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.sandbox.process import RunningSandbox, eventually

KEYWORDS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT")


def deliver() -> None:
    deliver_due(clock=timezone.now, owner="worker", for_seconds=0.2)


def blocks(number: str = BEN_NUMBER) -> list[ProviderBlock]:
    with platform_scope():
        return list(ProviderBlock.objects.filter(number=number).order_by("sender_address"))


def lines(number: str = BEN_NUMBER, *, act: str) -> list[ConsentEvent]:
    with platform_scope():
        return list(ConsentEvent.objects.filter(number=number, act=act).order_by("id"))


def suppressed_by(number: str = BEN_NUMBER) -> str | None:
    with platform_scope():
        row = Suppression.objects.filter(number_id=number).first()
        return row.source if row else None


def reviews() -> list[Review]:
    with platform_scope():
        return list(Review.objects.filter(kind="block_after_consent"))


def heard(cast: Cast, *, at: datetime, starts: bool = False) -> None:
    """Ben's STOP or START reached the portal at that time."""
    said = opt_in_from_handset if starts else opt_out_from_handset
    said(
        number=BEN_NUMBER,
        at=at,
        received_at=at,
        raw_text="START" if starts else "STOP",
        method="keyword",
        provider="twilio",
        provider_message_id=f"SM{at.timestamp()}",
        sender_address=SENDER_NUMBER,
        tenant_id=cast.harbor.pk,
        member_id=cast.ben.pk,
    )


@pytest.mark.row(82)
@pytest.mark.parametrize("word", KEYWORDS)
def test_a_refused_recipient_is_suppressed_everywhere_and_nothing_is_tried_again(
    cast: Cast, sandbox: RunningSandbox, word: str
) -> None:
    sandbox.reply(BEN_NUMBER, word, to=SENDER_NUMBER)
    row, other = message(cast.ben), message(person(cast, number="+12065550177"))
    deliver()
    assert (again(row).status, again(row).reason) == ("failed", "TWILIO-21610")
    assert again(other).status in ("sent", "delivered"), "the same round does reach somebody else"
    [attempt] = attempts(row)
    [block] = blocks()
    assert (block.provider, block.sender_address, block.sender_id) == ("twilio", SENDER_NUMBER, cast.sender.pk)
    assert (block.state, block.source, block.code) == ("active", "refused", "21610")
    assert block.since == attempt.committed_at
    assert suppressed_by() == "provider"
    later = message(cast.ben)
    deliver()
    assert (again(later).status, again(later).reason) == ("skipped", "CONSENT-3")
    assert attempts(later) == []
    assert len(attempts(row)) == 1


def test_the_ledger_keeps_what_the_provider_said_and_who_it_was_said_about(cast: Cast, sandbox: RunningSandbox) -> None:
    sandbox.reply(BEN_NUMBER, "STOP", to=SENDER_NUMBER)
    row = message(cast.ben)
    deliver()
    [attempt] = attempts(row)
    [signal] = lines(act="signal")
    assert (signal.source, signal.method, signal.channel) == ("provider", "refused 21610", "sms")
    assert (signal.provider, signal.sender_address, signal.evidence_ref) == ("twilio", SENDER_NUMBER, attempt.public_id)
    assert (signal.tenant_id, signal.member_id) == (cast.harbor.pk, cast.ben.pk)
    [revoke] = lines(act="revoke")
    assert (revoke.source, revoke.method, revoke.reach) == ("provider", "provider", "platform")
    with platform_scope():
        said = ConsentDetail.objects.get(pk=signal.pk).data
        acts = set(AuditEntry.objects.filter(tenant_id=cast.harbor.pk).values_list("code", flat=True))
    assert "21610" in said["answer"]
    assert said["http_status"] == 400
    assert {Act.BLOCK_LEARNED.value, Act.OPTED_OUT.value} <= acts


def test_an_attempt_that_met_an_opt_out_is_not_charged(cast: Cast, sandbox: RunningSandbox) -> None:
    sandbox.reply(BEN_NUMBER, "STOP", to=SENDER_NUMBER)
    row, other = message(cast.ben), message(person(cast, number="+12065550177"))
    deliver()
    assert [attempt.segments for attempt in attempts(row)] == [None]
    assert [attempt.segments for attempt in attempts(other)] == [1]
    assert again(row).handed_over_at is None


@pytest.mark.parametrize("back", ["start", "consent"])
def test_somebody_who_came_back_since_the_last_known_stop_is_blocked_and_looked_at_and_not_suppressed(
    cast: Cast, sandbox: RunningSandbox, back: str
) -> None:
    now = timezone.now()
    heard(cast, at=now - timedelta(hours=2))
    if back == "start":
        heard(cast, at=now - timedelta(hours=1), starts=True)
    else:
        agree(cast.ben, tenant=cast.harbor, at=now - timedelta(hours=1))
    before = suppressed_by()
    sandbox.force("opted_out", to=BEN_NUMBER)
    row = message(cast.ben)
    deliver()
    assert (again(row).status, again(row).reason) == ("failed", "TWILIO-21610")
    assert suppressed_by() == before
    assert len(lines(act="revoke")) == 1, "the one that was known"
    assert len(lines(act="signal")) == 1
    [review] = reviews()
    assert (review.tenant_id, review.number, review.decided_at) == (cast.harbor.pk, BEN_NUMBER, None)
    later = message(cast.ben)
    deliver()
    assert (again(later).status, again(later).reason) == ("skipped", "BLOCK-1")
    assert attempts(later) == []


def test_an_opt_out_that_a_receipt_tells_of_counts_like_a_refusal(cast: Cast, sandbox: RunningSandbox) -> None:
    row = message(cast.ben)
    deliver()
    [attempt] = attempts(row)
    report(attempt, word="undelivered", code="30630")
    assert (again(row).status, again(row).reason) == ("failed", "TWILIO-30630")
    [block] = blocks()
    assert (block.state, block.source, block.code) == ("active", "receipt", "30630")
    [signal] = lines(act="signal")
    assert (signal.method, signal.provider_message_id) == ("receipt 30630", attempt.provider_message_id)
    assert suppressed_by() == "provider"
    report(attempt, word="undelivered", code="30630")
    assert len(lines(act="signal")) == 1, "a receipt that comes twice speaks once"


def test_a_delivery_report_of_the_other_provider_counts_in_the_same_way(cast: Cast) -> None:
    with platform_scope():
        account = ProviderAccount.objects.create(provider="azure", name="ACS", account_id="imes.example", secret="k")
        sender = Sender.objects.create(account=account, address="+12065550199")
    row = message(cast.ben, status="sent")
    attempt = attempted(row, sender=sender)
    report(attempt, word="Failed", code="4007")
    assert (again(row).status, again(row).reason) == ("failed", "AZURE-4007")
    assert again(row).reason_text == "Recipient opted out towards this sender."
    [block] = blocks()
    assert (block.provider, block.sender_address, block.state) == ("azure", "+12065550199", "active")
    assert suppressed_by() == "provider"
    with platform_scope():
        assert Attempt.objects.filter(notification=row).count() == 1
    later = message(cast.ben)
    deliver()
    assert (again(later).status, again(later).reason) == ("skipped", "CONSENT-3"), "nor by the other provider"


@pytest.mark.row(84)
def test_an_opt_out_through_a_messaging_service_covers_the_whole_service(cast: Cast, sandbox: RunningSandbox) -> None:
    service = "MG" + "7" * 32
    with platform_scope():
        Sender.objects.filter(pk=cast.sender.pk).update(kind="service", address=service)
    heard(cast, at=timezone.now() - timedelta(hours=2))
    heard(cast, at=timezone.now() - timedelta(hours=1), starts=True)
    row = message(cast.ben, status="sent")
    with platform_scope():
        sender = Sender.objects.select_related("account").get(pk=cast.sender.pk)
    report(attempted(row, sender=sender), word="undelivered", code="30630")
    [block] = blocks()
    assert (block.sender_address, block.state) == (service, "active")
    later = message(cast.ben)
    deliver()
    after = again(later)
    assert (after.status, after.reason) == ("skipped", "BLOCK-1")
    assert after.ruling is not None
    assert after.ruling["facts"]["block_scope"] == service


def test_a_message_that_was_handed_over_after_the_block_and_arrived_clears_it(cast: Cast) -> None:
    now = timezone.now()
    before, refused, after = (message(cast.ben, status="sent") for _ in range(3))
    report(attempted(refused, sender=cast.sender, at=now - timedelta(minutes=30)), word="undelivered", code="30630")
    report(attempted(before, sender=cast.sender, at=now - timedelta(minutes=40)), word="delivered")
    assert [block.state for block in blocks()] == ["active"], "it was on its way before the person opted out"
    report(attempted(after, sender=cast.sender, at=now - timedelta(minutes=20)), word="delivered")
    [block] = blocks()
    assert (block.state, block.source) == ("cleared", "delivered")


def test_a_late_word_about_an_older_message_does_not_block_again(cast: Cast) -> None:
    now = timezone.now()
    refused, after = message(cast.ben, status="sent"), message(cast.ben, status="sent")
    report(attempted(after, sender=cast.sender, at=now - timedelta(minutes=20)), word="delivered")
    report(attempted(refused, sender=cast.sender, at=now - timedelta(minutes=30)), word="undelivered", code="30630")
    assert blocks() == []
    assert suppressed_by() is None
    assert len(lines(act="signal")) == 1, "what the provider said is kept all the same"


def test_what_a_process_left_behind_that_died_after_the_answer_is_made_good_by_the_sweep(cast: Cast) -> None:
    now = timezone.now()
    attempted(message(cast.ben, status="failed"), sender=cast.sender, at=now, code="21610")
    attempted(message(cast.ben, status="failed"), sender=cast.sender, at=now, code="30003")
    assert learn_missed(at=now) == 0, "what is young is left to whoever wrote it down"
    assert learn_missed(at=now + timedelta(minutes=1)) == 1
    assert (len(blocks()), suppressed_by()) == (1, "provider")
    assert learn_missed(at=now + timedelta(minutes=2)) == 0


def test_one_row_that_cannot_be_taken_in_stops_no_other(cast: Cast) -> None:
    people = [person(cast, number=f"+120655501{place}", name=f"P{place}") for place in range(10, 14)]
    met = [attempted(message(each, status="failed"), sender=cast.sender, code="30630") for each in people]
    already = met[2].provider_message_id
    with platform_scope():
        append(
            act=ConsentEvent.Act.SIGNAL,
            channel=ConsentEvent.Channel.SMS,
            reach=ConsentEvent.Reach.PLATFORM,
            number="+12065550199",
            tenant_id=None,
            member_id=None,
            actor_id=None,
            source="provider",
            method="receipt 30630",
            effective_at=timezone.now(),
            at=timezone.now(),
            details={},
            provider="twilio",
            provider_message_id=already,
        )
    assert learn([each.pk for each in met], at=timezone.now()) == 3, "one message id cannot speak of two numbers"
    numbers = [f"+120655501{place}" for place in range(10, 14)]
    assert [suppressed_by(number) for number in numbers] == ["provider", "provider", None, "provider"]


def test_many_opt_outs_at_once_cost_no_statement_for_each_signal(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    known = timezone.now() - timedelta(hours=1)
    heard(cast, at=known)
    met = [attempted(message(cast.ben, status="failed"), sender=cast.sender, code="30630") for _ in range(30)]
    with django_assert_max_num_queries(30):
        assert learn([each.pk for each in met], at=timezone.now()) == 30
    assert len(lines(act="signal")) == 30


def test_learning_waits_for_a_stop_that_holds_the_number_and_deadlocks_with_none(cast: Cast) -> None:
    """A STOP locks the number, then the messages; so does learning, while the answer's own transaction is over."""
    row = message(cast.ben, status="sent")
    attempt = attempted(row, sender=cast.sender)
    joined = threading.Event()

    def join_elsewhere() -> None:
        try:
            report(attempt, word="undelivered", code="30630")
            joined.set()
        finally:
            connection.close()

    other = threading.Thread(target=join_elsewhere)
    with platform_scope():
        lock_numbers([BEN_NUMBER], exclusively=True)
        other.start()
        eventually(lambda: again(row).status == "failed", within=30)
        assert not joined.is_set()
        Notification.objects.filter(number=BEN_NUMBER).update(due_at=timezone.now())
    other.join(60)
    assert joined.is_set()
    assert suppressed_by() == "provider"


def report(attempt: Attempt, *, word: str, code: str = "") -> None:
    """The provider's word on an attempt came in."""
    join_reports(
        [
            Report(
                attempt_id=attempt.pk,
                word=word,
                fault_code=code,
                door="callback",
                at=timezone.now(),
                provider_message_id=attempt.provider_message_id or f"SM{attempt.pk:032}",
            )
        ]
    )


def attempted(row: Notification, *, sender: Sender, at: datetime | None = None, code: str = "") -> Attempt:
    """An attempt of this row, as it stands once the provider has accepted it."""
    with platform_scope():
        provider = Sender.objects.select_related("account").get(pk=sender.pk).account.provider
        attempt = Attempt.objects.create(
            tenant_id=row.tenant_id,
            notification=row,
            ordinal=1,
            channel=row.channel,
            provider=provider,
            sender=sender,
            sender_address=sender.address,
            number=row.number,
            body_digest=b"d" * 32,
            facts={},
            ruling={},
            committed_at=at or timezone.now(),
            outcome="accepted",
            word="undelivered" if code else "",
            fault_code=code,
        )
        Attempt.objects.filter(pk=attempt.pk).update(provider_message_id=f"SM{attempt.pk:032}")
        attempt.refresh_from_db()
        return attempt
