"""Twilio's own words for the state of a message, as its specification lists them (Messages resource, `status`)."""

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
