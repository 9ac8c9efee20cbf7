"""Which moves of a standing there are: every pair of standings, for everybody who may move one. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from billing.standing import MEANS, MOVES, Mover, MoveRefused, WhyNot, moves_of, refusal, standing_at
from tenants.models import Standing

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
EARLIER = NOW - timedelta(seconds=1)

#: From the row's standing to the column's, in the order of `Standing`: by hand (h), by the clock (c), by Stripe (s), by
#: Stripe where no person put it there (o), by a new subscription at Stripe (n). Written down from the product's page.
WRITTEN = {
    Standing.TRIAL: ("ho", "hso", "hso", "hcso", "hso", "hso"),
    Standing.ACTIVE: ("hso", "", "hso", "hso", "hso", "hso"),
    Standing.PAYMENT_DUE: ("so", "hso", "ho", "hcso", "hso", "hso"),
    Standing.PAST_DUE: ("hso", "hso", "ho", "", "hso", "hso"),
    Standing.SUSPENDED: ("ho", "ho", "ho", "ho", "", "ho"),
    Standing.CANCELLED: ("hn", "hn", "n", "n", "n", ""),
}
LETTERS = {"h": Mover.ADMIN, "c": Mover.CLOCK, "s": Mover.STRIPE, "o": Mover.STRIPE_OWN, "n": Mover.STRIPE_ANEW}


def asked(before: Standing, to: Standing, mover: Mover, *, ended: bool = True) -> MoveRefused | None:
    """Ask for a move that has an end where it needs one, of a tenant whose own time has run out."""
    until = LATER if to is Standing.PAYMENT_DUE else None
    before_until = EARLIER if ended and before in (Standing.TRIAL, Standing.PAYMENT_DUE) else None
    return refusal(before, before_until=before_until, to=to, until=until, mover=mover, at=NOW)


@pytest.mark.parametrize("mover", Mover)
@pytest.mark.parametrize("before", Standing)
def test_each_mover_has_the_moves_that_are_written_down_and_no_other(before: Standing, mover: Mover) -> None:
    letter = next(key for key, value in LETTERS.items() if value is mover)
    expected = {to for to, movers in zip(Standing, WRITTEN[before], strict=True) if letter in movers}
    assert {to for to in Standing if asked(before, to, mover) is None} == expected
    assert set(moves_of(before, mover=mover)) == expected


def test_the_clock_ends_trials_and_graces_and_nothing_else_and_not_before_their_time() -> None:
    ends = {(before, to) for before in Standing for to in Standing if Mover.CLOCK in MOVES[before].get(to, ())}
    assert ends == {(Standing.TRIAL, Standing.PAST_DUE), (Standing.PAYMENT_DUE, Standing.PAST_DUE)}
    early = refusal(Standing.TRIAL, before_until=LATER, to=Standing.PAST_DUE, until=None, mover=Mover.CLOCK, at=NOW)
    assert early is not None
    assert early.why is WhyNot.NOT_ENDED
    endless = asked(Standing.TRIAL, Standing.PAST_DUE, Mover.CLOCK, ended=False)
    assert endless is not None
    assert endless.why is WhyNot.NOT_ENDED


def test_what_a_person_closed_no_payment_opens() -> None:
    opens = {Standing.TRIAL, Standing.ACTIVE, Standing.PAYMENT_DUE}
    for closed in (Standing.SUSPENDED, Standing.CANCELLED):
        assert not [to for to in opens if Mover.STRIPE in MOVES[closed].get(to, ())]
    assert Mover.STRIPE not in MOVES[Standing.PAST_DUE][Standing.PAYMENT_DUE]


@pytest.mark.parametrize(
    ("to", "until", "why", "field"),
    [
        (Standing.PAYMENT_DUE, None, WhyNot.NEEDS_END, "until"),
        (Standing.PAYMENT_DUE, NOW, WhyNot.END_IS_PAST, "until"),
        (Standing.TRIAL, EARLIER, WhyNot.END_IS_PAST, "until"),
        (Standing.SUSPENDED, LATER, WhyNot.HAS_NO_END, "until"),
        (Standing.ACTIVE, None, WhyNot.NO_CHANGE, "standing"),
        (Standing.PAYMENT_DUE, LATER, None, ""),
        (Standing.TRIAL, None, None, ""),
    ],
)
def test_a_grace_has_an_end_that_lies_ahead_and_the_refusal_names_the_field(
    to: Standing, until: datetime | None, why: WhyNot | None, field: str
) -> None:
    found = refusal(Standing.ACTIVE, before_until=None, to=to, until=until, mover=Mover.ADMIN, at=NOW)
    assert (found.why if found else None, found.field if found else "") == (why, field)


def test_another_end_is_a_move_and_the_same_end_is_none() -> None:
    def moved_to(until: datetime) -> MoveRefused | None:
        return refusal(
            Standing.PAYMENT_DUE, before_until=LATER, to=Standing.PAYMENT_DUE, until=until, mover=Mover.ADMIN, at=NOW
        )

    assert moved_to(LATER + timedelta(days=3)) is None
    assert moved_to(LATER) is not None


def test_an_ended_trial_or_grace_is_past_due_from_that_instant_on() -> None:
    for standing in (Standing.TRIAL, Standing.PAYMENT_DUE):
        assert standing_at(standing, until=NOW, at=NOW) is Standing.PAST_DUE
        assert standing_at(standing, until=NOW, at=EARLIER) is standing
    assert standing_at(Standing.ACTIVE, until=None, at=NOW) is Standing.ACTIVE


def test_every_standing_says_what_it_means() -> None:
    assert set(MEANS) == set(Standing) == set(MOVES)
