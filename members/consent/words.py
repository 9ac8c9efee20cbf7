"""Says a standing in the words of the pages: the state, since when, how it came, and what to do next.

Pure. "Never consented" and "opted out" are two states with two remedies; no remedy is a switch in the portal. After an
opt-out the words name each lawful way back, and leave out START where it would not lead back.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from members.consent.standing import ConsentAct, Standing, StandingState


class ConsentState(StrEnum):
    """What an operator sees of a member, and asks of the list."""

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


def states_of(state: ConsentState) -> list[str]:
    """The states of the ledger that are shown as this one."""
    return [found.value for found, shown in _STATES.items() if shown is state]


def consent_words(standing: Standing | None) -> ConsentWords:
    """The words for a standing; None means that no number is kept."""
    if standing is None:
        return ConsentWords(ConsentState.NO_NUMBER, None, "", _NEXT[ConsentState.NO_NUMBER])
    state = _STATES[standing.state]
    because = standing.because
    source = _SOURCES.get(because.source, because.source) if because is not None else ""
    if because is not None and because.source == "admin" and because.act is ConsentAct.REVOKE:
        source = "in words of their own, as an admin recorded"
    return ConsentWords(state, standing.since, source, _next_step(standing, state))


def _next_step(standing: Standing, state: ConsentState) -> str:
    if standing.state is StandingState.DECLINED:
        return _DECLINED
    if standing.state is not StandingState.OPTED_OUT:
        return _NEXT[state]
    if standing.after_start is StandingState.OPTED_IN:
        return f"{_START_IS_ENOUGH} {_OWN_ACT} {_NO_SWITCH}"
    if standing.after_start is StandingState.OPTED_OUT:
        return f"{_START_IS_NOTHING} {_OWN_ACT} {_NO_SWITCH}"
    return f"{_START_IS_HALF} {_OWN_ACT} {_NO_SWITCH}"


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
    "member": "by their own change of the number",
}
_NEXT = {
    ConsentState.NO_NUMBER: "Add their number with + and country code, then invite them: that page asks for consent.",
    ConsentState.NEVER: (
        "They get no SMS until they agree themselves. Invite them: that page has the box to tick, and so has their own "
        "page. If they signed a form, record it here; a second person approves it."
    ),
    ConsentState.PENDING: (
        "They ticked the box; it counts once they have proved the number, with the code that was texted to it. They "
        "can ask for a new code on their own page, which also says what to do where nothing may be texted to it."
    ),
    ConsentState.STALE: (
        "Consent does not travel with a number, and does not come back with it. They agree anew: on their own page, or "
        "on the page of a new invite."
    ),
    ConsentState.OPTED_IN: "Nothing to do. They can text STOP at any time.",
}
_DECLINED = (
    "They saw the box and left it unticked, so they get no SMS. If they change their mind, they tick it on their own "
    "page, or on the page of a new invite."
)
_START_IS_ENOUGH = "Ways back, all of them theirs: they text START from that phone to the number that pages them."
_START_IS_HALF = (
    "Ways back, all of them theirs: they text START from that phone to the number that pages them, which lifts the "
    "opt-out and is no consent yet, and then agree."
)
_START_IS_NOTHING = "They withdrew it for this organisation, which no START lifts. Ways back, all of them theirs:"
_OWN_ACT = (
    "They agree again on their own page, for the number that they proved. Or they agree in another way, later than the "
    "opt-out and for this very number, and you record it with its evidence; a second person approves it."
)
_NO_SWITCH = "Nobody can switch it on here, and asking by SMS is not allowed; ask in person or by e-mail."
