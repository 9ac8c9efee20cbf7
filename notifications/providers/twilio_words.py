"""Twilio's own words for the state of a message or a call, as its specification lists them (`status` of each)."""

STATUS_WORDS = frozenset(
    {
        "accepted",
        "scheduled",
        "queued",
        "sending",
        "sent",
        "delivered",
        "undelivered",
        "failed",
        "canceled",
        "read",
        "partially_delivered",
        "receiving",
        "received",
    }
)

#: The same for a call (Calls resource, `status`); `initiated` stands in events alone.
CALL_WORDS = frozenset(
    {"queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"}
)
