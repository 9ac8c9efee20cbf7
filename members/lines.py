"""What becomes of all that is known of a number's line when a provider says something of it; pure.

People's words and providers' are told apart by where they came from. Whoever said that a number can get SMS, or that it
cannot, is a person, and no provider overrules them: doubt is resolved for the member.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Type = Literal["unknown", "mobile", "landline", "voip", "toll_free"]
Able = Literal["unknown", "yes", "no"]
Source = Literal["admin", "member", "import", "lookup", "fault"]

#: Where a person said it.
PEOPLE = frozenset({"admin", "member", "import"})


@dataclass(frozen=True, slots=True)
class LineState:
    """What is known of one phone's line: the type and whether it gets SMS, from where and when, and who was asked.

    `said` is the provider's own word: the one that counts, or, beside a person's word, the newest one that does not.
    """

    line_type: str
    sms: str
    source: str
    at: datetime | None
    said: str
    looked_up_at: datetime | None

    @property
    def is_known(self) -> bool:
        return self.line_type != "unknown" or self.sms != "unknown"

    @property
    def is_entered(self) -> bool:
        """A person said what it is."""
        return self.source in PEOPLE and self.is_known

    @property
    def is_overridden(self) -> bool:
        """A person said whether it can get SMS."""
        return self.sms == "yes" or (self.source in PEOPLE and self.sms == "no")


@dataclass(frozen=True, slots=True)
class LineWord:
    """What a provider said of a number at `at`: by an answer to a question, or by a fault that a text met."""

    line_type: Type
    sms: Able
    source: Literal["lookup", "fault"]
    said: str
    at: datetime


def after(word: LineWord, state: LineState, *, was_asked_for: bool = False) -> LineState:
    """What is known once this was said; the state itself where nothing changes.

    :param was_asked_for: an administrator asked for it now, and so it takes the place of a type that was entered by
        hand. It never takes the place of what a person said about SMS.
    """
    return _after_fault(word, state) if word.source == "fault" else _after_look_up(word, state, was_asked_for)


def _after_fault(word: LineWord, state: LineState) -> LineState:
    is_older = state.is_known and state.at is not None and word.at <= state.at
    if state.is_overridden or state.sms == "no" or is_older:
        return state
    # A look-up that named another kind of line knows more than a code that says what it is not.
    line_type = state.line_type if state.line_type in ("voip", "toll_free") else word.line_type
    return replace(state, line_type=line_type, sms=word.sms, source="fault", at=word.at, said=word.said)


def _after_look_up(word: LineWord, state: LineState, was_asked_for: bool) -> LineState:
    asked = replace(state, looked_up_at=word.at)
    if state.is_overridden or (state.is_entered and not was_asked_for):
        return replace(asked, said=word.said)
    if word.line_type == "unknown" and word.sms == "unknown" and state.is_known:
        # It knows less than we do.
        return replace(asked, said=word.said) if state.is_entered else asked
    return replace(asked, line_type=word.line_type, sms=word.sms, source="lookup", at=word.at, said=word.said)
