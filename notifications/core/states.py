"""The statuses, purposes and channels of a notification: what each claims, and which may follow which.

Says what a status may become; when it does is the business of the writers.
"""

from enum import StrEnum


class NotificationStatus(StrEnum):
    """What one row of the Notifications log claims; never more than is known."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    QUOTA_EXCEEDED = "quota_exceeded"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    MERGED = "merged"
    ACKNOWLEDGED = "acknowledged"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"

    @property
    def claims(self) -> str:
        """What the status says to a reader, and what it does not."""
        return _CLAIMS[self]

    def claims_of(self, channel: str) -> str:
        """What the status says of a message on this channel: a call is answered, and no receipt of a carrier comes."""
        return _CLAIMS_OF_CALLS.get(self, self.claims) if channel == "voice" else self.claims

    @property
    def is_open(self) -> bool:
        """There is still work for us to do on the row."""
        return self in OPEN

    @property
    def is_final(self) -> bool:
        """Nothing more is due; a better receipt or an acknowledgement may still come."""
        return self in FINAL

    @property
    def is_resendable(self) -> bool:
        """A person may send it again, as a new row that passes every gate. Never while the outcome is unknown."""
        return self in RESENDABLE


class Purpose(StrEnum):
    """Why a message is sent."""

    PAGE = "page"
    DIRECT_MESSAGE = "direct_message"
    VERIFICATION_CODE = "verification_code"
    CONSENT_CONFIRMATION = "consent_confirmation"
    KEYWORD_REPLY = "keyword_reply"
    TEST = "test"


class Channel(StrEnum):
    """Over what a message goes."""

    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"


_S = NotificationStatus

OPEN = frozenset({_S.QUEUED, _S.HELD, _S.SENDING, _S.UNCONFIRMED})
# Sent is neither: a receipt may come, and for some carriers none ever will.
FINAL = frozenset(NotificationStatus) - OPEN - {_S.SENT}
RESENDABLE = frozenset({_S.SENT, _S.FAILED, _S.QUOTA_EXCEEDED, _S.SKIPPED, _S.EXPIRED})
# A phone may have got it, so its owner may acknowledge it.
AWAITING_ANSWER = frozenset({_S.SENDING, _S.SENT, _S.DELIVERED, _S.UNCONFIRMED})

# The exceptions to "no consent, no message"; each holds under a condition of its own, which the gates check.
EXEMPT_PURPOSES = frozenset({Purpose.VERIFICATION_CODE, Purpose.KEYWORD_REPLY})

_CLAIMS: dict[NotificationStatus, str] = {
    _S.QUEUED: "It is due and not yet handed to a provider. After more than a minute the worker may be paused.",
    _S.HELD: "It waits on purpose: it will not go before the time shown, for the reason shown.",
    _S.SENDING: "It is being handed to a provider at this moment.",
    _S.SENT: "A provider accepted it. Nothing is known past that point, and for some carriers nothing ever will be.",
    _S.DELIVERED: "The carrier's receipt says that it reached the phone. It does not say that anyone read it.",
    _S.FAILED: "A provider or carrier refused it. The reason is on the row.",
    _S.QUOTA_EXCEEDED: "The tenant's monthly limit was reached, so it was not sent. It can be resent after a top-up.",
    _S.SKIPPED: "It was not handed over, and will not be. The reason is on the row.",
    _S.EXPIRED: "Its validity ran out before it could go.",
    _S.MERGED: "Its text went out inside another notification, which is named.",
    _S.ACKNOWLEDGED: "The recipient acknowledged this one. Later receipts are kept and change nothing.",
    _S.CANCELLED: "It was not needed any more before it was sent. Who or what made it so is on the row.",
    _S.UNCONFIRMED: "Its outcome is unknown: the request left, and no answer came. The provider is being asked.",
}

_CLAIMS_OF_CALLS: dict[NotificationStatus, str] = {
    _S.SENT: "A provider took the call. Nobody is known to have answered it: it may ring, or a voicemail has it.",
    _S.DELIVERED: "The call was answered. It does not say that anyone listened; only a pressed key acknowledges.",
    _S.FAILED: "The call was refused, or nobody answered it. The reason is on the row.",
}

_NOT_SENT = frozenset({_S.QUOTA_EXCEEDED, _S.SKIPPED, _S.EXPIRED, _S.MERGED, _S.CANCELLED})
_OUTCOMES = frozenset({_S.SENT, _S.DELIVERED, _S.FAILED})

_MOVES: dict[NotificationStatus, frozenset[NotificationStatus]] = {
    # A row that is broken fails where it stands, so that the rest of the queue goes on.
    # A row that is broken fails where it stands, so that the rest of the queue goes on.
    _S.QUEUED: _NOT_SENT | {_S.HELD, _S.SENDING, _S.FAILED},
    # A row that waits for its second try may still hear a late word about its first, from the carrier or its owner.
    _S.HELD: _NOT_SENT | _OUTCOMES | {_S.QUEUED, _S.SENDING, _S.ACKNOWLEDGED},
    # Back to queued only when the lease lapsed before the request left; once it left, to unconfirmed.
    _S.SENDING: _NOT_SENT | _OUTCOMES | {_S.QUEUED, _S.HELD, _S.UNCONFIRMED, _S.ACKNOWLEDGED},
    # To sending only when the provider, when asked, knows nothing of it.
    _S.UNCONFIRMED: _OUTCOMES | {_S.QUEUED, _S.HELD, _S.SENDING, _S.EXPIRED, _S.CANCELLED, _S.ACKNOWLEDGED},
    _S.SENT: frozenset({_S.DELIVERED, _S.FAILED, _S.ACKNOWLEDGED}),
    _S.DELIVERED: frozenset({_S.ACKNOWLEDGED}),
    # A carrier may deliver what it first called undelivered, and a person may answer what was called failed.
    _S.FAILED: frozenset({_S.DELIVERED, _S.ACKNOWLEDGED}),
    # Sending it again makes a new row; these stay as they are, for good.
    _S.QUOTA_EXCEEDED: frozenset(),
    _S.SKIPPED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.MERGED: frozenset(),
    _S.ACKNOWLEDGED: frozenset(),
    _S.CANCELLED: frozenset(),
}


def may_move(a: NotificationStatus, b: NotificationStatus) -> bool:
    """Whether a row that stands at `a` may come to stand at `b`; staying is always allowed."""
    return a == b or b in _MOVES[a]


def following(status: NotificationStatus) -> frozenset[NotificationStatus]:
    """Every status that may come next."""
    return _MOVES[status]
