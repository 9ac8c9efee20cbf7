"""How many codes may be asked for: for one number, by one member, from one address. Every limit says when it ends.

It counts over all tenants: whoever asks, one number is not pestered, and one address cannot try many numbers.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from members.models import Member, NumberCode

#: From one code for a number to the next, whoever asked for the last.
BETWEEN_SENDS = timedelta(seconds=60)
#: How many within how long.
MOST_A_NUMBER = (5, timedelta(hours=1))
MOST_A_MEMBER = (10, timedelta(hours=1))
MOST_AN_ADDRESS = (20, timedelta(hours=1))


class Wait(NamedTuple):
    """From when on a code may be asked for again; `is_short`: it is the pause between two codes alone."""

    until: datetime
    is_short: bool


def wait_for_code(number: str, *, member: Member, ip: str, at: datetime) -> Wait | None:
    """Until when no code may be asked for; None when one may be now. Needs `platform_scope` and the number's lock.

    The address is locked too until the transaction ends, so that requests at the same time are counted one by one.
    """
    if ip:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"members.number_code:{ip}"])
    asked = NumberCode.objects.order_by("-created_at")
    ends = [
        _end(asked.filter(number=number), MOST_A_NUMBER, at=at),
        _end(asked.filter(member=member), MOST_A_MEMBER, at=at),
        _end(asked.filter(ip=ip), MOST_AN_ADDRESS, at=at) if ip else None,
    ]
    if over := [end for end in ends if end is not None]:
        return Wait(max(over), is_short=False)
    newest = asked.filter(number=number).values_list("created_at", flat=True).first()
    if newest is not None and at < newest + BETWEEN_SENDS:
        return Wait(newest + BETWEEN_SENDS, is_short=True)
    return None


def _end(asked: QuerySet[NumberCode], limit: tuple[int, timedelta], *, at: datetime) -> datetime | None:
    most, within = limit
    recent = list(asked.filter(created_at__gt=at - within).values_list("created_at", flat=True)[:most])
    return recent[-1] + within if len(recent) >= most else None
