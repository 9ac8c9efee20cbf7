"""Says a standing in the words of the pages: the state, since when, how it came, and what to do next.

Pure. "Never consented" and "opted out" are two states with two remedies; no remedy is a switch in the portal.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from members.consent.standing import Standing, StandingState


class ConsentState(StrEnum):
    """What an operator sees of a member; the first four are questions that they ask of the list."""

    NO_NUMBER = "no_number"
    NEVER = "never"
    PENDING = "pending"
    OPTED_OUT = "opted_out"
    STALE = "stale"
    OPTED_IN = "opted_in"

    @property
    def label(self) -> str:
        return _LABELS[self]


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """One member's consent as a page shows it; `source` is empty where the ledger has no line."""

    state: ConsentState
    since: datetime | None
    source: str
    next_step: str


def consent_words(standing: Standing | None) -> ConsentWords:
    """The words for a standing; None means that no number is kept."""
    if standing is None:
        return ConsentWords(ConsentState.NO_NUMBER, None, "", _NEXT[ConsentState.NO_NUMBER])
    state = _STATES[standing.state]
    because = standing.because
    source = _SOURCES.get(because.source, because.source) if because is not None else ""
    next_step = _DECLINED if standing.state is StandingState.DECLINED else _NEXT[state]
    return ConsentWords(state, standing.since, source, next_step)


_STATES = {
    StandingState.NONE: ConsentState.NEVER,
    StandingState.PENDING: ConsentState.PENDING,
    StandingState.DECLINED: ConsentState.NEVER,
    StandingState.OPTED_IN: ConsentState.OPTED_IN,
    StandingState.OPTED_OUT: ConsentState.OPTED_OUT,
    StandingState.STALE: ConsentState.STALE,
}
_LABELS = {
    ConsentState.NO_NUMBER: "No usable number",
    ConsentState.NEVER: "Never consented",
    ConsentState.PENDING: "Agreed, number not proved",
    ConsentState.OPTED_OUT: "Opted out",
    ConsentState.STALE: "Number changed since they agreed",
    ConsentState.OPTED_IN: "Opted in",
}
_SOURCES = {
    "invite": "on the invite page",
    "page": "on their own page",
    "recorded": "on a recorded document",
    "support": "as support recorded",
    "handset": "by a text from the phone",
    "key": "by a key pressed in a call",
    "provider": "as a provider reported",
    "admin": "by a change of the number in the portal",
}
_NEXT = {
    ConsentState.NO_NUMBER: "Add their number with + and country code, then invite them: that page asks for consent.",
    ConsentState.NEVER: "They get no SMS until they agree themselves. Invite them: that page has the box to tick.",
    ConsentState.PENDING: (
        "They ticked the box; it counts once they have proved the number with the code that was texted to it. They can "
        "ask for a new code on their own page."
    ),
    ConsentState.OPTED_OUT: (
        "Only that phone can lift it: they text START to the number that pages them. Nobody can switch it on here, and "
        "asking by SMS is not allowed; ask in person or by e-mail."
    ),
    ConsentState.STALE: "Consent does not travel with a number. Invite them again: they agree anew on the invite page.",
    ConsentState.OPTED_IN: "Nothing to do. They can text STOP at any time.",
}
_DECLINED = (
    "They saw the box and left it unticked, so they get no SMS. If they change their mind, invite them again: that "
    "page has the box to tick."
)
