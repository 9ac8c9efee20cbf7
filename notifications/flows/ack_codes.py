"""Chooses the code with which a page is acknowledged: no two pages that wait on one number share one."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from notifications.queries.alerts import codes_in_use
from tenants.scope import platform_scope

# Neither 0, which people leave out, nor 1, which is an acknowledgement by itself: 1234 would read as 1 and 234.
_FIRST, _COUNT = 2000, 8000


class AckCodes:
    """Codes for pages to the given numbers, of whichever tenant and member. Costs one query in all."""

    def __init__(self, numbers: Iterable[str], *, at: datetime) -> None:
        with platform_scope():
            self._taken = codes_in_use({number for number in numbers if number}, at=at)

    def next(self, number: str) -> str:
        """A code of four digits."""
        taken = self._taken.setdefault(number, set())
        free = (code for code in (_drawn() for _ in range(_COUNT)) if code not in taken)
        # With thousands of pages on one number a code may come twice; its answer then lists both.
        code = next(free, None) or _drawn()
        taken.add(code)
        return code


def _drawn() -> str:
    return str(_FIRST + secrets.randbelow(_COUNT))
