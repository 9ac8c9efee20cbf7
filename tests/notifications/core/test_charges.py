"""What a message's charge comes to follows from its row and its hand-overs alone; in doubt it is given back. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.core.charges import ANSWER_COMES_WITHIN, ChargeWord, Try, charge_word, counts, taken_segments
from notifications.core.states import Channel, NotificationStatus, Purpose

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
S, W = NotificationStatus, ChargeWord


def tried(outcome: str, *, opted_out: bool = False, segments: int | None = None, ago: int = 1) -> Try:
    return Try(outcome, opted_out, segments, AT - timedelta(minutes=ago))


@pytest.mark.parametrize(
    ("status", "tries", "word"),
    [
        (S.QUEUED, [], W.WAITS),
        (S.HELD, [tried("not_processed")], W.WAITS),
        (S.SENDING, [tried("in_flight")], W.WAITS),
        (S.UNCONFIRMED, [tried("unknown", ago=60)], W.WAITS),
        (S.HELD, [tried("absent")], W.WAITS),
        (S.SENT, [tried("accepted")], W.SETTLED),
        (S.FAILED, [tried("accepted")], W.SETTLED),
        (S.DELIVERED, [tried("absent"), tried("accepted")], W.SETTLED),
        # A receipt said that it was taken while its row waits for a second try.
        (S.HELD, [tried("accepted")], W.SETTLED),
        (S.FAILED, [tried("accepted", opted_out=True)], W.RELEASED),
        (S.FAILED, [tried("refused", opted_out=True)], W.RELEASED),
        (S.FAILED, [tried("never_left")], W.RELEASED),
        (S.FAILED, [tried("absent"), tried("absent")], W.RELEASED),
        (S.SKIPPED, [tried("not_processed")], W.RELEASED),
        (S.EXPIRED, [], W.RELEASED),
        (S.CANCELLED, [tried("unknown", ago=1)], W.WAITS),
        (S.CANCELLED, [tried("unknown", ago=11)], W.RELEASED),
        (S.ACKNOWLEDGED, [tried("in_flight")], W.SETTLED),
        (S.ACKNOWLEDGED, [tried("never_left")], W.RELEASED),
        (S.QUOTA_EXCEEDED, [], W.RELEASED),
    ],
)
def test_a_charge_follows_from_the_row_as_it_stands(
    status: NotificationStatus, tries: list[Try], word: ChargeWord
) -> None:
    assert timedelta(minutes=1) < ANSWER_COMES_WITHIN < timedelta(minutes=11)
    assert charge_word(status, tries, at=AT) is word


def test_the_first_that_was_taken_says_how_many_segments() -> None:
    assert taken_segments([tried("absent", segments=9), tried("accepted", segments=2), tried("accepted")]) == 2
    assert taken_segments([tried("accepted")]) == 0
    assert taken_segments([tried("refused", segments=1)]) is None


def test_pages_direct_messages_and_tests_count_over_sms_and_voice() -> None:
    counted = {(p, c) for p in Purpose for c in Channel if counts(p.value, c.value)}
    purposes = (Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST)
    assert counted == {(p, c) for p in purposes for c in (Channel.SMS, Channel.VOICE)}
