"""What the users who send by hand may send today, and what they sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from billing.queries import allowances_of, charged
from notifications.core.limit_facts import AllowanceFact
from notifications.core.states import Channel, Purpose
from notifications.models import Notification

#: What may be sent by hand; codes, confirmations and answers are nobody's to count (reading 11).
_PURPOSES = frozenset({Purpose.PAGE.value, Purpose.DIRECT_MESSAGE.value, Purpose.TEST.value})
_CHANNELS = frozenset({Channel.SMS.value, Channel.VOICE.value})


def allowance_facts(rows: Sequence[Notification], *, now: datetime) -> Mapping[int, AllowanceFact]:
    """The allowance of whoever sent each message by hand, by the message's id; needs the platform's scope.

    Messages that nobody sent by hand, and those that were charged already, have none. Three queries, and none where
    nothing was sent by hand.
    """
    by_hand = {
        row.pk: (row.tenant_id, row.sent_by_id)
        for row in rows
        if row.sent_by_id is not None and row.purpose in _PURPOSES and row.channel in _CHANNELS
    }
    done = charged(by_hand)
    pairs = {key: pair for key, pair in by_hand.items() if key not in done}
    states = allowances_of(pairs.values(), at=now)
    return {
        key: AllowanceFact(
            who=state.who,
            kind=state.allowance.kind,
            daily=state.allowance.daily,
            used=state.used,
            module=state.module,
        )
        for key, pair in pairs.items()
        if (state := states.get(pair)) is not None
    }
