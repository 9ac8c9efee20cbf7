"""Whether a message and an opt-out crossed on the way: it was being handed over when the person said stop.

No attempt commits after an opt-out has committed; one that was committed before cannot be called back. Pure.
"""

from datetime import datetime, timedelta

from notifications.diagnosis.facts import AttemptFact, Facts
from notifications.diagnosis.words import clock

#: A call ends by its own timeout, far within this; an opt-out waits at most this long for the number's lock.
LONGEST_CALL = timedelta(seconds=45)


def crossed(facts: Facts, *, stopped_at: datetime | None) -> str:
    """Say so in a sentence, where this row's last attempt crossed an opt-out that counts from `stopped_at`; else ""."""
    met = [attempt for attempt in facts.attempts if stopped_at is not None and _met(attempt, stopped_at)]
    if not met or stopped_at is None:
        return ""
    return (
        f" It crossed this message on its way: attempt {met[-1].ordinal} was committed at "
        f"{clock(met[-1].committed_at, facts=facts)} and could not be called back. Nothing was sent after it."
    )


def _met(attempt: AttemptFact, stopped_at: datetime) -> bool:
    # The words may have come in before the commit, and waited for it.
    over_at = attempt.answered_at or attempt.committed_at + LONGEST_CALL
    return attempt.committed_at - LONGEST_CALL < stopped_at <= over_at
