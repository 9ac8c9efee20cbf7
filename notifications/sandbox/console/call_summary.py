"""What the entry of a phone tells of its calls."""

from typing import Any

from ..world import World


def calls_of(world: World, *, number: str) -> dict[str, Any]:
    """How many there were, the latest one, and what the next one would meet."""
    calls = world.calls.of_number(number)
    return {
        "call_behaviour": world.call_faults.behaviour_for(number).name,
        "calls": len(calls),
        "last_call": calls[-1].view() if calls else None,
    }
