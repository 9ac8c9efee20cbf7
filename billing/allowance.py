"""What a daily allowance says, and how one that was typed is read (reading 6). Pure.

Blank and 0 both mean that a user cannot send; unlimited is a choice of its own and is never what an empty field means.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["blank", "number", "unlimited"]

#: Nobody sends more by hand in a day; whoever may, is unlimited.
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Daily:
    """An allowance: `daily` is set where the kind is a number."""

    kind: Kind
    daily: int | None = None

    @property
    def written(self) -> str:
        """As it stands in the field: empty where it is blank or unlimited."""
        return "" if self.daily is None else str(self.daily)

    @property
    def says(self) -> str:
        if self.kind == "unlimited":
            return "unlimited"
        if self.daily is None:
            return "blank (cannot send)"
        return f"{self.daily:,} a day" if self.daily else "0 (cannot send)"

    @property
    def word(self) -> str:
        """One word that `of_word` reads back: what a page carries to say what it showed."""
        return self.kind if self.daily is None else str(self.daily)


BLANK = Daily("blank")
UNLIMITED = Daily("unlimited")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was typed is no allowance; `says` names the fix."""

    says: str


def read_daily(typed: str, *, unlimited: bool) -> Daily | Unreadable:
    """The allowance that somebody typed, beside a box for "unlimited"."""
    text = typed.strip()
    if unlimited:
        if text:
            return Unreadable(f"“{text}” is entered and “Unlimited” is ticked: empty the field or untick the box.")
        return UNLIMITED
    if not text:
        return BLANK
    if text.lower() == "unlimited":
        return Unreadable("Empty the field and tick “Unlimited”.")
    if not (text.isascii() and text.isdigit()):
        return Unreadable(f"“{text}” is not a whole number: enter digits alone, such as 50, or leave it empty.")
    if len(text) > len(str(MOST)) or int(text) > MOST:
        return Unreadable(f"{text} is more than {MOST:,}: enter less, or empty the field and tick “Unlimited”.")
    return Daily("number", int(text))


def of_word(word: str) -> Daily | None:
    """The allowance whose `word` this is; None where it is none."""
    if word in ("blank", "unlimited"):
        return UNLIMITED if word == "unlimited" else BLANK
    found = read_daily(word, unlimited=False)
    return found if isinstance(found, Daily) and found.daily is not None else None
