"""How far an escalation came, in a few words for a list: the last step that fired, and those that reached nobody."""

from collections.abc import Sequence

from notifications.core.escalation_words import listed
from notifications.models import AlertStep


def how_far(fired: Sequence[AlertStep]) -> str:
    """Each step is named once, however many rounds and turns it had.

    :param fired: the rungs that fired, in their order.
    """
    if not fired:
        return "No step fired"
    last = fired[-1]
    far = f"Step {last.position + 1}" + (f" in round {last.round + 1}" if last.round else "")
    nobody = nobody_words(fired)
    return f"{far}; {nobody}" if nobody else far


def nobody_words(fired: Sequence[AlertStep]) -> str:
    """Such as "steps 1 and 3 reached nobody"; empty where each reached somebody."""
    by_step: dict[tuple[int, int], list[AlertStep]] = {}
    for rung in fired:
        by_step.setdefault((rung.round, rung.position), []).append(rung)
    numbers = sorted({position + 1 for (_, position), rungs in by_step.items() if _is_nobody(rungs)})
    if not numbers:
        return ""
    return f"step{'s' if len(numbers) > 1 else ''} {listed([str(number) for number in numbers])} reached nobody"


def _is_nobody(rungs: Sequence[AlertStep]) -> bool:
    return all(rung.outcome == AlertStep.Outcome.NOBODY for rung in rungs)
