"""Says through which door a member's number is being changed, for the history that the database keeps of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from members.models.number_change import Door
from tenants.models import User


@contextmanager
def number_door(door: Door, *, member_id: int, actor: User | None, at: datetime) -> Iterator[None]:
    """Have all that is done inside to this member's phones told as one change, through this door.

    Whoever forgets it leaves a line that says so ("changed outside the portal's pages"), and never none. Inside
    another one for the same member it changes nothing: the outer door tells.
    """
    named = {"door": door.value, "member": member_id, "by": actor.pk if actor else None, "at": at.isoformat()}
    with transaction.atomic():
        before = _name(json.dumps(named))
        if before and json.loads(before)["member"] == member_id:
            _name(before)
            yield
            return
        _set("DEFERRED")
        yield
        # Here the trigger runs, and reads the door that is still named.
        _set("IMMEDIATE")
        _name(before)


def _name(door: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.number_door', true), ''), set_config('app.number_door', %s, true)",
            [door],
        )
        before: str = cursor.fetchone()[0]
    return before


def _set(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS note_number_change {when}")
