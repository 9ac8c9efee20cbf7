"""What a fault says of the number itself: a code by which a provider calls it a landline closes it to texts.

It works after the answer is written and where no message is locked, as opted_out.py does. A fault that leaves a doubt
is no proof: it is counted by whoever shows the number, and suggests a look-up.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from members.lines import LineWord
from members.operations.lines import learn_line
from notifications.core.line_codes import is_landline, may_be_the_route
from notifications.core.receipts import DeliveryWord
from notifications.core.states import Channel
from notifications.models import Attempt
from notifications.models.sender import PROVIDERS
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

#: A text that arrived within this time shows that the number is no landline, whatever a carrier says that it cannot
#: reach.
ARRIVED_WITHIN = timedelta(days=180)
_ARRIVED = [DeliveryWord.DELIVERED.value, DeliveryWord.READ.value]
_NAMES = dict(PROVIDERS)


def says_landline(provider: str, code: str) -> bool:
    """Whether this code says that the number cannot get texts because of its line."""
    return is_landline(provider, code)


def learn_lines_after_commit(attempt_ids: Iterable[int], *, at: datetime) -> None:
    """Have `learn_lines` look at these attempts once this transaction has committed."""
    ids = sorted(set(attempt_ids))
    if ids:
        transaction.on_commit(partial(learn_lines, ids, at=at), robust=True)


def learn_lines(attempt_ids: Sequence[int], *, at: datetime) -> int:
    """Keep what these attempts say of their numbers; how many phones it changed. Idempotent.

    The word is of the time at which the text was handed over, so that a correction made since is the newer one.
    """
    changed = 0
    with platform_scope():
        rows = Attempt.objects.filter(pk__in=attempt_ids, notification__channel=Channel.SMS.value)
        met = [one for one in rows.order_by("number", "-committed_at") if is_landline(one.provider, one.fault_code)]
        # The newest of each number says all; numbers are taken in one order everywhere.
        for number, attempt in sorted({one.number: one for one in reversed(met)}.items()):
            if attempt.word not in _ARRIVED and not _arrives(attempt):
                changed += learn_line(_word(attempt), number=number, at=at)
    return changed


def _word(attempt: Attempt) -> LineWord:
    said = f"{_NAMES.get(attempt.provider, attempt.provider)} {attempt.fault_code}"
    return LineWord(line_type="landline", sms="no", source="fault", said=said, at=attempt.committed_at)


# Per tenant, since the log is indexed so; the number's own members name the tenants.
_ARRIVED_AT_ALL = (
    "SELECT EXISTS (SELECT FROM (SELECT DISTINCT p.tenant_id FROM members_phone p WHERE p.number = %s) AS t"
    " JOIN notifications_notification n ON n.tenant_id = t.tenant_id AND n.number = %s AND n.created_at > %s"
    " AND n.channel = 'sms'"
    " JOIN notifications_attempt a ON a.notification_id = n.id AND a.committed_at > %s AND a.word = ANY(%s))"
)


def _arrives(attempt: Attempt) -> bool:
    """Whether a text to this number arrived: since then, or, for a code that may mean the route, not long before."""
    since = attempt.committed_at
    if may_be_the_route(attempt.provider, attempt.fault_code):
        since -= ARRIVED_WITHIN
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVED_AT_ALL, [attempt.number, attempt.number, since - timedelta(days=1), since, _ARRIVED])
        return bool(cursor.fetchone()[0])
