"""Columns of the people's lists, as small pure functions over what is already read."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from members.consent.words import ConsentState, ConsentWords
from members.invite_state import InviteState

#: Colour of the pill; the word on it says the same without colour.
CONSENT_TONES = {
    ConsentState.NO_NUMBER: "plain",
    ConsentState.NEVER: "warning",
    ConsentState.PENDING: "warning",
    ConsentState.OPTED_OUT: "danger",
    ConsentState.STALE: "warning",
    ConsentState.OPTED_IN: "success",
}
INVITE_TONES = {
    InviteState.PENDING: "info",
    InviteState.ACCEPTED: "success",
    InviteState.EXPIRED: "warning",
    InviteState.REVOKED: "plain",
}
ACT_TONES = {
    "grant": "success",
    "decline": "warning",
    "revoke": "danger",
    "restore": "info",
    "stale": "warning",
    "prove": "info",
    "signal": "warning",
}


def pill(word: str, *, tone: str) -> SafeString:
    """A word in a coloured frame."""
    return format_html('<span class="pt-pill pt-pill-{}">{}</span>', tone, word)


def consent_pill(words: ConsentWords) -> SafeString:
    return pill(words.state.label, tone=CONSENT_TONES[words.state])


def invite_pill(state: InviteState) -> SafeString:
    return pill(state.value.capitalize(), tone=INVITE_TONES[state])


def moment(at: datetime) -> str:
    """An instant in the viewer's zone."""
    return date_format(timezone.localtime(at), "j M Y, H:i T")


def consent_field(words: ConsentWords) -> SafeString:
    """The state, since when, how it came, and what to do next: for the member's own page."""
    since = f"Since {moment(words.since)}, {words.source}." if words.since is not None else ""
    return format_html(
        '<div class="pt-status-line">{} <span>{}</span></div><p class="pt-muted">{}</p>',
        consent_pill(words),
        since,
        words.next_step,
    )
