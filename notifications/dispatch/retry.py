"""When a message that was surely not taken is tried again, and when that is given up. Pure."""

from datetime import datetime, timedelta

#: Tries of one message, the first included: with these pauses about seven minutes.
MOST_TRIES = 12
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(seconds=60)
_SPREAD = 1000


def next_try_at(
    *, tries: int, asked_to_wait: timedelta | None, at: datetime, expires_at: datetime | None, salt: int
) -> datetime | None:
    """When to try again after `tries` tries: doubling pauses, spread over half of their length by `salt`.

    None when no try is left, or none before the message expires. A provider that names a pause is obeyed.
    """
    if tries >= MOST_TRIES:
        return None
    pause = min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE)
    if asked_to_wait is not None:
        pause = max(pause, asked_to_wait)
    # Messages turned away together must not all come back together.
    due = at + pause + pause * (salt % _SPREAD) / (2 * _SPREAD)
    return None if expires_at is not None and due >= expires_at else due
