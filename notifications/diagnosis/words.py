"""How a diagnosis tells times, spans and names; pure, and in the reader's zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from notifications.core.states import Channel
from notifications.diagnosis.facts import AttemptFact, Facts

PROVIDERS = {"twilio": "Twilio", "azure": "Azure Communication Services", "mail": "The mail server"}
#: By which way each provider tells what became of a message.
FEEDS = {
    "twilio": "by a callback that the message itself names",
    "azure": "by Event Grid, from a subscription at the resource in Azure (manage.py azure_events names its address)",
}
CHANNELS = {Channel.SMS: "SMS", Channel.VOICE: "voice", Channel.EMAIL: "e-mail"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_TWO_MINUTES, _TWO_DAYS = 120, 2 * _DAY


def clock(at: datetime, *, facts: Facts) -> str:
    """The time of day as the reader's clock shows it, with the date when it was another day."""
    zone = _zone(facts.zone)
    there, today = at.astimezone(zone), facts.asked_at.astimezone(zone)
    text = there.strftime("%H:%M:%S %Z")
    return text if there.date() == today.date() else f"{text} on {there.day} {there:%b %Y}"


def span(length: timedelta) -> str:
    """A length of time in one or two units, such as "12 s", "3 min", "2 h 5 min", "4 days"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < _TWO_MINUTES:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _TWO_DAYS:
        hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{seconds // _DAY} days"


def provider_name(attempt: AttemptFact | None) -> str:
    return "The provider" if attempt is None else PROVIDERS.get(attempt.provider, attempt.provider)


def channel_name(facts: Facts) -> str:
    return CHANNELS[facts.row.channel]


def plain_word(word: str) -> str:
    """A stored word as people read it: `payment_due` as "payment due"."""
    return word.replace("_", " ")


def listed(words: tuple[str, ...]) -> str:
    """Words joined as in a sentence."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def who_it_is(facts: Facts) -> str:
    """The member's name, or what stands in its place."""
    return facts.member.name if facts.member else "The recipient"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
