"""Waits until nothing in a portal's log is open any more, or no more comes of waiting."""

import time
from collections.abc import Callable
from pathlib import Path

from notifications.management.measuring.served import Served

#: A row may wait for a lease (45 s), three questions (60 s), a second sending, and its receipt.
_LONGEST = 300.0
#: So long after a message went an unheard one is asked about (dispatch/asking.py), with what the answer takes.
_UNHEARD = 90.0
_TOLD_EVERY = 5.0
_LATER = "notifications.management.measuring.later"
_OPEN = ("queued", "held", "sending", "unconfirmed")
_BY_STATUS = "SELECT status, count(*) FROM notifications_notification WHERE purpose = '{}' GROUP BY 1 ORDER BY 1"
#: What is open by itself: the number of the process that holds it, 0 for nobody; and whether it is due.
_HELD = f"""
SELECT DISTINCT coalesce(substring(lease_owner FROM '-(\\d+)$'), '0')::int, lease_until IS NULL AND due_at <= now()
FROM notifications_notification WHERE status IN {_OPEN}
"""  # noqa: S608 - only the names above


def settle(portal: Served, *, say: Callable[[str], None], purpose: str, hurried: bool = False) -> None:
    """Return when no row of the purpose is open and every receipt came, or after all the time that this may take.

    `hurried`: receipts are not waited for, and once nobody works on what is left, time is made to pass for it.
    """
    began = told = time.monotonic()
    closed: float | None = None
    while time.monotonic() - began < _LONGEST:
        found = dict(portal.rows(_BY_STATUS.format(purpose)) or [("unknown", 1)])
        is_open = "unknown" in found or any(status in _OPEN for status in found)
        closed = None if is_open else closed or time.monotonic()
        if closed and (hurried or "sent" not in found or time.monotonic() - closed > _UNHEARD):
            return
        if hurried and nobody_works(portal):
            portal.run("-m", _LATER)
        if time.monotonic() - told > _TOLD_EVERY:
            told = time.monotonic()
            say(f"{told - began:5.0f} s: " + ", ".join(f"{status} {times}" for status, times in found.items()))
        time.sleep(0.25)


def nobody_works(portal: Served) -> bool:
    """Whether whoever holds an open row is dead, and none is about to be taken up."""
    held = portal.rows(_HELD)
    if held is None:
        return False
    return not any(is_due or (pid and Path(f"/proc/{pid}").exists()) for pid, is_due in held)
