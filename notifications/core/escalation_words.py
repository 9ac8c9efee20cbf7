"""An escalation in words: the whole plan of a flow in a few sentences, lists of names, and lengths of time. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from notifications.core.snapshot import FlowPlan, StepPlan
from notifications.core.states import Channel

_CHANNELS = {Channel.SMS: "SMS", Channel.VOICE: "phone call", Channel.EMAIL: "e-mail"}
_MOST_NAMES = 6
_MINUTE, _HOUR = 60, 3600


def plan_in_words(plan: FlowPlan) -> str:
    """The whole plan, such as "First Ana and Ben at once by SMS. After 5 minutes without an answer, Carla by SMS…"."""
    if not plan.steps:
        return "This flow pages nobody yet: add a step."
    sentences: list[str] = []
    before: StepPlan | None = None
    for step in plan.steps:
        sentences.append(_step(step, before=before))
        before = step if step.recipients else before
    if before is None:
        return "This flow pages nobody yet: add a recipient."
    return " ".join([*sentences, *_end(plan, plan.steps[-1])])


def step_in_words(step: StepPlan) -> str:
    """Whom a step pages and how, such as "Carla, then Dan, each with 2 minutes to answer, by SMS and e-mail"."""
    names = [recipient.name for recipient in step.recipients]
    by = f"by {listed([_CHANNELS[Channel(channel)] for channel in step.channels])}"
    several = len(names) > 1 or any(recipient.group_id is not None for recipient in step.recipients)
    if not step.in_turn:
        return f"{named(names)} {'at once ' if several else ''}{by}"
    if not several:
        return f"{named(names)} {by}"
    each = f"each with {length(step.wait)} to answer"
    if len(names) == 1:
        return f"{names[0]} one after the other, {each}, {by}"
    return f"{', then '.join(_shortened(names))}, {each}, {by}"


def named(names: Sequence[str]) -> str:
    """Names as in a sentence, the first few of many."""
    return listed(_shortened(names))


def listed(words: Sequence[str]) -> str:
    """Words joined as in a sentence."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def length(span: timedelta) -> str:
    """A length of time as people say it: "no time", "45 seconds", "5 minutes", "1 hour 30 minutes"."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < _MINUTE:
        return _counted(seconds, "second") if seconds else "no time"
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    return " ".join(part for part in (_counted(hours, "hour"), _counted(minutes, "minute")) if part)


def times(count: int) -> str:
    """ "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _step(step: StepPlan, *, before: StepPlan | None) -> str:
    if not step.recipients:
        return f"Step {step.position + 1} has no recipients, so it is passed over."
    who = step_in_words(step)
    if before is None:
        return f"First {who}."
    if not before.wait:
        return f"At the same time {who}."
    return f"After {length(before.wait)} without an answer, {who}."


def _end(plan: FlowPlan, last: StepPlan) -> list[str]:
    after = f"{length(last.wait)} later" if last.wait else "after that"
    skipped = "Whoever cannot be reached is not waited for: the next ones are paged at once."
    if not plan.repeats:
        return [f"If nobody has answered {after}, nothing more is sent.", skipped]
    again = f"If nobody has answered {after}, all of it starts again, {times(plan.repeats)} at most."
    return [again, skipped]


def _shortened(names: Sequence[str]) -> list[str]:
    if len(names) <= _MOST_NAMES:
        return list(names)
    return [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1} more"]


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'s' if count != 1 else ''}" if count else ""
