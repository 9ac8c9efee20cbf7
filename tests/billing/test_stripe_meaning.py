"""What Stripe's events mean, in whatever order and however often they come. Pure."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.stripe.meaning import Meant, meant
from billing.stripe.reading import CREATED, DELETED, FAILED, PAID, TRIAL_SLACK, UPDATED, NotAnEvent, Said, read
from tenants.models import Standing
from tests.billing.stripe_events import event, invoice, subscription

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
DAY, GRACE = timedelta(days=1), timedelta(days=7)


def word(day: float, kind: str, standing: Standing, *, of: str = "sub_1", began: float = 0, ref: str = "") -> Said:
    made = NOW + began * DAY
    known = kind.startswith("customer.")
    ref = ref or f"evt_{of}_{day}_{kind}_{standing}"
    return Said(ref, kind, NOW + day * DAY, "cus_1", of, made if known else None, standing)


def follows(*said: Said, after: datetime | None = None) -> tuple[Standing, datetime | None] | None:
    found = meant(said, grace=GRACE, after=after)
    return (found.standing, found.until) if found else None


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("trialing", Standing.TRIAL),
        ("active", Standing.ACTIVE),
        ("past_due", Standing.PAYMENT_DUE),
        ("unpaid", Standing.PAST_DUE),
        ("paused", Standing.SUSPENDED),
        ("canceled", Standing.CANCELLED),
        ("incomplete", None),
        ("incomplete_expired", None),
        ("a status of next year", None),
    ],
)
def test_each_status_of_a_subscription_means_one_standing(status: str, standing: Standing | None) -> None:
    said = read(subscription("evt_1", "updated", status, at=NOW, made_at=NOW - DAY))
    assert (said.standing, said.customer_ref, said.subscription_ref) == (standing, "cus_Harbor17", "sub_1")
    assert said.made_at - DAY == said.subscription_at


def test_a_trial_has_its_end_and_an_end_is_an_end_whatever_its_status() -> None:
    end = NOW + 14 * DAY
    trial = subscription("evt_1", "created", "trialing", at=NOW, made_at=NOW, trial_end=int(end.timestamp()))
    assert read(trial).until == end + TRIAL_SLACK
    assert read(subscription("evt_2", "deleted", "active", at=NOW, made_at=NOW)).standing is Standing.CANCELLED


def test_an_invoice_counts_where_it_is_of_a_subscription_and_of_more_than_nothing() -> None:
    assert read(invoice("evt_1", "paid", at=NOW)).standing is Standing.ACTIVE
    assert read(invoice("evt_2", "payment_failed", at=NOW)).standing is Standing.PAYMENT_DUE
    assert read(invoice("evt_3", "paid", at=NOW, amount_paid=0)).standing is None
    assert read(invoice("evt_4", "paid", at=NOW, parent=None)).standing is None
    older = invoice("evt_5", "paid", at=NOW, parent=None, subscription={"id": "sub_9", "object": "subscription"})
    assert read(older).subscription_ref == "sub_9"
    assert read(event("evt_6", "charge.refunded", {}, made_at=NOW)).standing is None


@pytest.mark.parametrize("lack", ["id", "type", "created", "data"])
def test_what_is_no_event_is_refused(lack: str) -> None:
    told = subscription("evt_1", "updated", "active", at=NOW, made_at=NOW)
    del told[lack]
    with pytest.raises(NotAnEvent):
        read(told)


def test_a_grace_begins_with_the_first_missed_payment_and_is_had_once() -> None:
    missed, again = word(1, FAILED, Standing.PAYMENT_DUE), word(4, UPDATED, Standing.PAYMENT_DUE)
    assert follows(missed, again) == (Standing.PAYMENT_DUE, NOW + DAY + GRACE)
    unpaid, later = word(5, UPDATED, Standing.PAST_DUE), word(6, FAILED, Standing.PAYMENT_DUE)
    assert follows(missed, again, unpaid, later) == (Standing.PAST_DUE, None)
    paid, anew = word(7, PAID, Standing.ACTIVE), word(37, FAILED, Standing.PAYMENT_DUE)
    assert follows(missed, again, unpaid, later, paid) == (Standing.ACTIVE, None)
    assert follows(missed, unpaid, paid, anew) == (Standing.PAYMENT_DUE, NOW + 37 * DAY + GRACE)


def test_a_payment_does_not_end_a_pause() -> None:
    paused, paid = word(1, UPDATED, Standing.SUSPENDED), word(2, PAID, Standing.ACTIVE)
    assert follows(paused, paid) == (Standing.SUSPENDED, None)
    assert follows(paused, paid, word(3, UPDATED, Standing.ACTIVE)) == (Standing.ACTIVE, None)


def test_the_newest_subscription_counts_and_the_end_of_an_older_one_does_not() -> None:
    old, new = word(0, CREATED, Standing.ACTIVE), word(3, CREATED, Standing.ACTIVE, of="sub_2", began=3)
    end_of_old = word(4, DELETED, Standing.CANCELLED)
    assert follows(old, new, end_of_old) == (Standing.ACTIVE, None)
    assert follows(old, end_of_old) == (Standing.CANCELLED, None)
    assert follows(old, new, end_of_old, word(5, DELETED, Standing.CANCELLED, of="sub_2", began=3)) == (
        Standing.CANCELLED,
        None,
    )


def test_of_one_instant_the_subscription_comes_after_the_invoice_and_the_milder_word_counts() -> None:
    failed, active = word(1, FAILED, Standing.PAYMENT_DUE), word(1, UPDATED, Standing.ACTIVE)
    began = word(1, CREATED, Standing.TRIAL)
    unpaid = word(1, UPDATED, Standing.PAST_DUE)
    for order in permutations([failed, active, began]):
        assert follows(*order) == (Standing.ACTIVE, None)
    for order in permutations([unpaid, active]):
        assert follows(*order) == (Standing.ACTIVE, None)
    end = word(1, DELETED, Standing.CANCELLED)
    for order in permutations([end, active, failed]):
        assert follows(*order) == (Standing.CANCELLED, None)


def test_what_was_said_before_a_person_moved_the_standing_does_not_count_any_more() -> None:
    unpaid, failed = word(1, UPDATED, Standing.PAST_DUE), word(3, FAILED, Standing.PAYMENT_DUE)
    assert follows(unpaid, after=NOW + 2 * DAY) is None
    assert follows(unpaid, after=NOW + DAY) is None
    assert follows(unpaid, failed, after=NOW + 2 * DAY) == (Standing.PAYMENT_DUE, NOW + 3 * DAY + GRACE)


WORDS = st.builds(
    word,
    st.integers(0, 5),
    st.sampled_from([CREATED, UPDATED, FAILED, PAID]),
    st.sampled_from([Standing.TRIAL, Standing.ACTIVE, Standing.PAYMENT_DUE, Standing.PAST_DUE, Standing.SUSPENDED]),
    of=st.sampled_from(["sub_1", "sub_2"]),
)
ENDS = st.builds(word, st.integers(0, 5), st.just(DELETED), st.just(Standing.CANCELLED), of=st.just("sub_1"))


@given(st.lists(st.one_of(WORDS, ENDS), max_size=7, unique_by=lambda said: said.event_ref), st.randoms())
def test_no_order_of_arrival_changes_what_follows(said: list[Said], chance: object) -> None:
    shuffled = list(said)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    expected = meant(said, grace=GRACE, after=NOW + DAY)
    found: Meant | None = meant(shuffled, grace=GRACE, after=NOW + DAY)
    assert found == expected
