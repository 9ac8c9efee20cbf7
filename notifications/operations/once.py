"""Writes rows that a person asked for by hand once, however often their browser sends the same form.

A row is named by the seed that was drawn when the form was opened, so that the database itself refuses the second.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from imes.kernel.ids import named_by
from notifications.models import Notification

_LONGEST_SEED = 64


@dataclass(frozen=True, slots=True)
class AlreadySent:
    """The same form was sent before: the rows that it wrote then."""

    rows: tuple[Notification, ...]


def seed() -> str:
    """What a form carries, drawn when it is opened."""
    return secrets.token_urlsafe(24)


def written_once(rows: Sequence[Notification], *, once: str) -> list[Notification] | AlreadySent:
    """Save new rows, all or none, or find those that the same form wrote before; needs the tenant's scope.

    Who sends what to whom, and again of which row, belongs to the name: a text that was changed is another message.
    """
    for row in rows:
        about = (row.sent_by_id, row.tenant_id, row.member_id, row.channel, row.resend_of_id, row.body)
        row.public_id = named_by(" ".join([once[:_LONGEST_SEED], *map(str, about)]), prefix="ntf")
    if (before := _written(rows)).rows:
        return before
    try:
        with transaction.atomic():
            return Notification.objects.bulk_create(rows)
    except IntegrityError:
        # Sent twice at the same moment: the other one was first, and has committed by now.
        if (before := _written(rows)).rows:
            return before
        raise


def _written(rows: Sequence[Notification]) -> AlreadySent:
    found = Notification.objects.filter(public_id__in=[row.public_id for row in rows]).select_related("member")
    return AlreadySent(tuple(found.order_by("pk")))
