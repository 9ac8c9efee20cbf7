"""What would be ruled of several messages if they were written now, each as if those before it had been charged.

Pure, over the same gates as dispatch: no rule stands here a second time, only the counting from one to the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifications.core.gate_facts import GateFacts
from notifications.core.gates import Ruling, Verdict, ruling
from notifications.core.states import Channel


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One message: its facts with the ones before it counted, and the ruling that follows.

    `later` is set for one that waits and would be stopped in the end, because those that go now leave it no room.
    """

    facts: GateFacts
    ruling: Ruling
    later: Ruling | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the messages so far would have been charged."""

    notifications: int = 0
    segments: int = 0
    calls: int = 0
    by_hand: int = 0

    def and_of(self, facts: GateFacts) -> "_Counted":
        quota = facts.quota
        return _Counted(
            self.notifications + (quota is not None),
            self.segments + (quota.segments if quota and facts.channel is Channel.SMS else 0),
            self.calls + (quota is not None and facts.channel is Channel.VOICE),
            self.by_hand + (facts.allowance is not None),
        )

    def within(self, facts: GateFacts) -> GateFacts:
        quota, own = facts.quota, facts.allowance
        return replace(
            facts,
            quota=quota
            and replace(
                quota,
                notifications_taken=quota.notifications_taken + self.notifications,
                segments_taken=quota.segments_taken + self.segments,
                calls_taken=quota.calls_taken + self.calls,
            ),
            allowance=own and replace(own, used=own.used + self.by_hand),
        )


def foresee(messages: Sequence[GateFacts], *, now: datetime) -> list[Foreseen]:
    """The ruling of each message, in their order; all are one tenant's, and sent by one user where by hand."""
    counted, found = _Counted(), []
    for facts in messages:
        with_those_before = counted.within(facts)
        decided = ruling(with_those_before, now=now)
        found.append(Foreseen(with_those_before, decided))
        if decided.verdict is Verdict.GO:
            counted = counted.and_of(facts)
    return list(_in_the_end(messages, found, counted=counted, now=now))


def _in_the_end(
    messages: Sequence[GateFacts], found: Sequence[Foreseen], *, counted: _Counted, now: datetime
) -> Iterable[Foreseen]:
    """Those that wait are charged when their time comes, and so after all that go now."""
    for facts, one in zip(messages, found, strict=True):
        if one.ruling.verdict is not Verdict.HOLD:
            yield one
            continue
        decided = ruling(counted.within(facts), now=now)
        if decided.verdict is Verdict.BLOCK:
            yield replace(one, later=decided)
        else:
            counted = counted.and_of(facts)
            yield one
