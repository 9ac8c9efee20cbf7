"""Whatever happens in whatever order, an escalation pages each step once a round, goes on, and ends."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.core.escalation import Escalation, Key, Outcome, begun, climbed, stopped
from notifications.core.recipients import Recipient
from notifications.core.snapshot import FlowPlan, RecipientPlan, StepPlan

BEGAN = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def plan_of(*steps: tuple[bool, int, int], repeats: int) -> FlowPlan:
    """Each step: whether it pages in turn, its wait in minutes, and how many people it has."""
    made = tuple(
        StepPlan(position, in_turn, ("sms",), wait * MINUTE, _people(position, count))
        for position, (in_turn, wait, count) in enumerate(steps)
    )
    return FlowPlan(1, "flw_1", "Flow", "flow", "urgent", "text", repeats, 30 * MINUTE, made)


def _people(position: int, count: int) -> tuple[RecipientPlan, ...]:
    return tuple(RecipientPlan(position * 10 + place + 1, None, "mbr", "Name") for place in range(count))


def expand(step: StepPlan) -> list[int]:
    found: list[Recipient] = [recipient.recipient for recipient in step.recipients]
    return [one.member_id for one in found if one.member_id is not None]


PLANS = st.builds(
    lambda steps, repeats: plan_of(*steps, repeats=repeats),
    st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3)), max_size=4),
    st.integers(0, 3),
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("passes"), st.integers(0, 300)),
        st.tuples(st.just("dies"), st.integers(0, 30)),
        st.tuples(st.just("acknowledged"), st.just(0)),
    ),
    max_size=40,
)


@dataclass
class Story:
    """One alert as the shell would keep it; every fired rung is written down with the instant."""

    plan: FlowPlan
    now: datetime = BEGAN
    fired: list[tuple[datetime, Key]] = field(default_factory=list)
    acknowledged_at: datetime | None = None
    escalation: Escalation = field(init=False)

    def __post_init__(self) -> None:
        self.escalation = begun(self.plan, at=self.now)
        self.climb()

    def climb(self) -> None:
        came = climbed(self.escalation, plan=self.plan, expand=expand, now=self.now)
        self.escalation = came.escalation
        self.fired += [(self.now, one.key) for one in came.fired]

    def takes(self, event: tuple[str, int]) -> None:
        what, much = event
        if what == "passes":
            self.now += timedelta(seconds=much)
        elif what == "dies":
            paged = [rung for rung in self.escalation.rungs if rung.outcome is Outcome.PAGED]
            dead = paged[much % len(paged)].key if paged else None
            self.escalation = replace(
                self.escalation,
                rungs=tuple(replace(rung, is_dead=rung.is_dead or rung.key == dead) for rung in self.escalation.rungs),
            )
        elif self.acknowledged_at is None:
            self.acknowledged_at = self.now
            self.escalation = stopped(self.escalation, at=self.now)
        self.climb()

    def goes_on(self) -> None:
        """Nothing more happens but time."""
        for _ in range(60):
            if self.escalation.ended_at is None:
                self.takes(("passes", 300))


@given(PLANS, EVENTS)
def test_each_rung_fires_once_in_order_and_none_after_an_acknowledgement(
    plan: FlowPlan, events: list[tuple[str, int]]
) -> None:
    story = Story(plan)
    for event in events:
        story.takes(event)
    keys = [key for _, key in story.fired]
    assert keys == sorted(set(keys))
    if story.acknowledged_at is not None:
        before = len(story.fired)
        story.goes_on()
        assert len(story.fired) == before
        assert not [rung for rung in story.escalation.rungs if rung.outcome is Outcome.WAITING or rung.runs]


@given(PLANS, EVENTS)
def test_left_alone_it_pages_everybody_of_every_round_and_ends(plan: FlowPlan, events: list[tuple[str, int]]) -> None:
    story = Story(plan)
    for event in events:
        if event[0] != "acknowledged":
            story.takes(event)
    story.goes_on()
    paged = sum((len(step.recipients) if step.in_turn else 1) for step in plan.steps for _ in step.recipients[:1])
    assert len(story.fired) == paged * (plan.repeats + 1)
    assert story.escalation.ended_at is not None
    assert not [rung for rung in story.escalation.rungs if rung.outcome is Outcome.WAITING or rung.runs]


@given(PLANS, EVENTS)
def test_who_reached_nobody_is_not_waited_for_and_a_new_round_always_is(
    plan: FlowPlan, events: list[tuple[str, int]]
) -> None:
    story = Story(plan)
    for event in events:
        story.takes(event)
        waiting = [rung for rung in story.escalation.rungs if rung.outcome is Outcome.WAITING]
        if not waiting or story.acknowledged_at is not None:
            continue
        ahead, before = waiting[0], [rung for rung in story.escalation.rungs if rung.key < waiting[0].key]
        # One rung alone is due, and whatever stands before it has fired.
        assert [rung.key for rung in waiting if rung.due_at is not None] == [ahead.key]
        assert ahead.due_at is not None
        assert ahead.due_at > story.now
        assert all(rung.fired_at is not None for rung in before)
        wait = plan.steps[before[-1].key.position].wait
        assert ahead.due_at == (before[-1].fired_at or story.now) + wait
        if before[-1].outcome is Outcome.NOBODY:
            assert ahead.key.round == before[-1].key.round + 1


def test_a_plan_runs_as_it_says() -> None:
    story = Story(plan_of((False, 5, 2), (True, 2, 2), repeats=1))
    story.goes_on()
    assert [((at - BEGAN) // MINUTE, key) for at, key in story.fired] == [
        (0, Key(0, 0, 0)),
        (5, Key(0, 1, 0)),
        (10, Key(0, 1, 1)),
        (15, Key(1, 0, 0)),
        (20, Key(1, 1, 0)),
        (25, Key(1, 1, 1)),
    ]
    assert story.escalation.ended_at == BEGAN + 30 * MINUTE
