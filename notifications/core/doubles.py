"""When two messages with one text are one event that went out twice, and no second event."""

from datetime import timedelta

#: "Within seconds": a machine that repeats a request, two flows on one event, a carrier's copy. Later is another event.
SECONDS_APART = timedelta(minutes=2)
