"""A status claims only what is known, and moves only where the facts can take it."""

import pytest

from notifications.core.states import (
    AWAITING_ANSWER,
    EXEMPT_PURPOSES,
    NotificationStatus,
    Purpose,
    following,
    may_move,
)

S = NotificationStatus


@pytest.mark.parametrize("status", list(S))
def test_each_status_has_a_claim_and_is_open_or_final_or_sent(status: NotificationStatus) -> None:
    assert status.claims.endswith(".")
    assert [status.is_open, status.is_final, status is S.SENT].count(True) == 1


def test_sent_never_claims_delivery() -> None:
    assert "Nothing is known past that point" in S.SENT.claims
    assert "receipt" in S.DELIVERED.claims


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (S.QUEUED, S.SENDING),
        (S.QUEUED, S.CANCELLED),
        (S.HELD, S.SENDING),
        (S.SENDING, S.UNCONFIRMED),
        (S.UNCONFIRMED, S.SENDING),
        (S.SENT, S.DELIVERED),
        (S.SENT, S.ACKNOWLEDGED),
        (S.FAILED, S.DELIVERED),
        (S.DELIVERED, S.DELIVERED),
        (S.HELD, S.DELIVERED),
        (S.HELD, S.SENT),
    ],
)
def test_these_moves_happen(a: NotificationStatus, b: NotificationStatus) -> None:
    assert may_move(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (S.SENT, S.QUEUED),
        (S.SENT, S.CANCELLED),
        (S.DELIVERED, S.FAILED),
        (S.SKIPPED, S.QUEUED),
        (S.FAILED, S.QUEUED),
        (S.QUEUED, S.DELIVERED),
        (S.QUEUED, S.ACKNOWLEDGED),
        (S.ACKNOWLEDGED, S.DELIVERED),
        (S.CANCELLED, S.SENDING),
    ],
)
def test_these_moves_are_refused(a: NotificationStatus, b: NotificationStatus) -> None:
    assert not may_move(a, b)


def test_what_is_open_can_end_and_what_was_not_sent_stays() -> None:
    for status in S:
        if status.is_open:
            assert any(after.is_final for after in following(status))
    for status in (S.QUOTA_EXCEEDED, S.SKIPPED, S.EXPIRED, S.MERGED, S.CANCELLED, S.ACKNOWLEDGED):
        assert following(status) == frozenset()


def test_an_unknown_outcome_is_never_resent_by_hand() -> None:
    assert not S.UNCONFIRMED.is_resendable
    assert S.QUOTA_EXCEEDED.is_resendable
    assert S.UNCONFIRMED in AWAITING_ANSWER


def test_a_page_is_never_exempt_from_consent() -> None:
    assert {Purpose.VERIFICATION_CODE, Purpose.KEYWORD_REPLY} == EXEMPT_PURPOSES
