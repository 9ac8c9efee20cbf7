"""Providers' words are joined: any order, any number of times, the same place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.core.receipts import (
    Conflict,
    DeliveryWord,
    UnknownStatus,
    conflict,
    join,
    joined,
    reached,
    read_word,
    unknown,
)

W = DeliveryWord
WORDS = st.sampled_from(DeliveryWord)
KNOWN = st.one_of(st.none(), WORDS)
REPORTS = st.lists(st.one_of(WORDS, st.builds(UnknownStatus, st.sampled_from(["odd", "partially_delivered"]))))


@given(a=KNOWN, b=KNOWN, c=KNOWN)
def test_joining_is_commutative_associative_and_idempotent(
    a: DeliveryWord | None, b: DeliveryWord | None, c: DeliveryWord | None
) -> None:
    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(a, a) == a


@given(reports=REPORTS, data=st.data())
def test_late_doubled_and_reordered_words_land_in_the_same_place(
    reports: list[DeliveryWord | UnknownStatus], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(reports + reports[:3]))
    assert joined(again) == joined(reports)
    assert conflict(again) == conflict(reports)
    assert set(unknown(again)) == set(unknown(reports))


@given(reports=st.lists(WORDS, min_size=1), later=WORDS)
def test_a_word_never_takes_back_what_is_known(reports: list[DeliveryWord], later: DeliveryWord) -> None:
    before, after = joined(reports), joined([*reports, later])
    assert before is not None
    assert after is not None
    assert after.rank >= before.rank


def test_the_order_is_the_documented_one() -> None:
    texts = "accepted queued sending sent canceled failed undelivered delivered read".split()  # noqa: SIM905
    calls = "queued initiated ringing in-progress canceled failed no-answer busy completed".split()  # noqa: SIM905
    order = sorted(W, key=lambda word: word.rank)
    assert set(order) == {W(word) for word in (*texts, *calls)}
    for ladder in (texts, calls):
        assert [word for word in order if word in ladder] == [W(word) for word in ladder]
    assert {word for word in W if word.is_final} == {
        W(word) for word in ("canceled", "failed", "undelivered", "delivered", "read", "no-answer", "busy", "completed")
    }


@pytest.mark.parametrize(
    ("word", "answered_by", "claims"),
    [
        (W.COMPLETED, "human", W.DELIVERED),
        (W.COMPLETED, "unknown", W.DELIVERED),
        (W.COMPLETED, "", W.DELIVERED),
        (W.COMPLETED, "machine_start", W.SENT),
        (W.COMPLETED, "fax", W.SENT),
        (W.IN_PROGRESS, "human", W.DELIVERED),
        (W.IN_PROGRESS, "", W.SENT),
        (W.IN_PROGRESS, "machine_end_beep", W.SENT),
        (W.RINGING, "", W.RINGING),
        (W.BUSY, "", W.BUSY),
        (W.UNDELIVERED, "", W.UNDELIVERED),
    ],
)
def test_a_call_claims_no_more_than_that_somebody_answered_it(word: W, answered_by: str, claims: W) -> None:
    assert reached(word, answered_by=answered_by) is claims


@pytest.mark.parametrize(
    ("raw", "word"),
    [("delivered", W.DELIVERED), (" Sent ", W.SENT), ("scheduled", W.ACCEPTED), ("odd", UnknownStatus("odd"))],
)
def test_a_status_is_read_and_an_unlisted_one_is_kept_as_it_came(raw: str, word: DeliveryWord | UnknownStatus) -> None:
    assert read_word(raw) == word


def test_an_unknown_word_moves_nothing_and_is_listed() -> None:
    reports: list[DeliveryWord | UnknownStatus] = [W.SENT, UnknownStatus("odd"), UnknownStatus("odd")]
    assert joined(reports) is W.SENT
    assert unknown(reports) == (UnknownStatus("odd"),)


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([W.UNDELIVERED, W.DELIVERED, W.UNDELIVERED], Conflict(W.DELIVERED, (W.UNDELIVERED,))),
        ([W.FAILED, W.READ, W.DELIVERED], Conflict(W.READ, (W.FAILED,))),
        ([W.SENT, W.DELIVERED, W.READ], None),
        ([W.DELIVERED, W.DELIVERED, W.SENT], None),
        ([], None),
    ],
)
def test_two_different_last_words_are_shown_as_a_conflict(
    reports: list[DeliveryWord | UnknownStatus], expected: Conflict | None
) -> None:
    assert conflict(reports) == expected
