"""Why a row stands as it stands where no gate decided it: retries, unknown outcomes, second sendings, our own errors.

The gates' reasons are in reasons.py, the providers' in faults/; a row's `reason` holds a code of one of the three.
"""

from enum import StrEnum

from notifications.core.faults import Fault


class DispatchReason(StrEnum):
    """A stable code that people see, search for and quote."""

    BROKEN_ROW = "INTERNAL-1"
    CHANNEL_NOT_BUILT = "CHANNEL-1"
    ACCOUNT_SEALED = "ACCOUNT-1"
    THROTTLED = "RETRY-1"
    UNREACHABLE = "RETRY-2"
    HELD_UP = "RETRY-3"
    PROVIDER_FAILED = "RETRY-4"
    UNCONFIRMED = "UNCONFIRMED-1"
    CANNOT_BE_ASKED = "UNCONFIRMED-2"
    MAIL_UNKNOWN = "UNCONFIRMED-3"
    SENT_ONCE_MORE = "RESEND-1"
    TWICE_ABSENT = "RESEND-2"
    SEVERAL_CALLS = "UNCONFIRMED-4"
    REPEAT_OVER = "UNCONFIRMED-5"
    REPEAT_DIFFERS = "UNCONFIRMED-6"
    REPEAT_STOPPED = "UNCONFIRMED-7"
    MERGED = "MERGED-1"
    CALL_ANSWERED = "VOICE-1"
    VOICEMAIL = "VOICE-2"

    @property
    def says(self) -> str:
        """What happened, in one sentence."""
        return _SAYS[self]


_SAYS = {
    DispatchReason.BROKEN_ROW: "The portal itself failed on this row before anything was sent.",
    DispatchReason.CHANNEL_NOT_BUILT: "The portal places no calls through this sender's provider yet.",
    DispatchReason.ACCOUNT_SEALED: "The portal's key for this account's secret is missing: a platform admin sets "
    "FIELD_KEYS.",
    DispatchReason.THROTTLED: "The provider turned it away unread because of too many requests; it is tried again.",
    DispatchReason.UNREACHABLE: "The provider could not be reached, so nothing left; it is tried again.",
    DispatchReason.HELD_UP: "The worker was held up too long to send it safely, so nothing left; it is tried again.",
    DispatchReason.PROVIDER_FAILED: "The provider refused it for a trouble of its own, so nothing was sent; it is "
    "tried again, with another provider where one is usable.",
    DispatchReason.UNCONFIRMED: "The request left and no answer came; the provider is being asked what became of it.",
    DispatchReason.CANNOT_BE_ASKED: "The request left and no answer came, and the sender it left from is gone.",
    DispatchReason.MAIL_UNKNOWN: "The line to the mail server broke while the e-mail was on it; it cannot be asked "
    "whether it took it.",
    DispatchReason.SENT_ONCE_MORE: "No answer came to the first try, and the provider, asked three times, does not "
    "know it; it is sent once more.",
    DispatchReason.TWICE_ABSENT: "Two tries were never answered, and the provider, when asked, knows neither.",
    DispatchReason.SEVERAL_CALLS: "The request left and no answer came; the provider shows calls that fit, and which "
    "of them is this one cannot be told, since calls carry no text.",
    DispatchReason.REPEAT_OVER: "The request left and no answer came. Its provider shows no messages, and remembers a "
    "request only for a few minutes, which are over: only a report can still tell whether it went.",
    DispatchReason.REPEAT_DIFFERS: "The request left and no answer came. Its provider shows no messages, and the text "
    "cannot be made again as it was, so that the same request cannot be made again: only a report can still tell.",
    DispatchReason.REPEAT_STOPPED: "The request left and no answer came. Its provider shows no messages, and the same "
    "request is not made again, since the message may not go any more: only a report can still tell.",
    DispatchReason.MERGED: "Several pages with this text waited for the person at once: one went for all of them, "
    "and says how many.",
    DispatchReason.CALL_ANSWERED: "The call was answered. It does not say that anyone listened; only a pressed key "
    "acknowledges.",
    DispatchReason.VOICEMAIL: "Voicemail answered; nobody acknowledged.",
}

#: Why a message waits that its provider surely did not take: another one may be asked.
FAILED_AT_PROVIDER = frozenset(
    {DispatchReason.THROTTLED.value, DispatchReason.UNREACHABLE.value, DispatchReason.PROVIDER_FAILED.value}
)


def fault_reason(fault: Fault) -> str:
    """The code of a row that a provider's fault ended, such as TWILIO-21610."""
    return fault.label.upper().replace(" ", "-")[:24]
