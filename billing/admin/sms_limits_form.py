"""The lines of the page SMS Limits: as they are shown, and as somebody typed them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from billing.allowance import Daily, Unreadable, of_word, read_daily
from billing.operations.allowances import Overtaken
from billing.queries.allowances import LimitLine
from tenants.models import Role, User

_SEEN = "seen-"
_ROLES = {
    Role.ADMIN.value: "Tenant admin",
    Role.VIEWER.value: "Tenant viewer, reads only",
    Role.MEMBER.value: "Team member",
}


@dataclass(slots=True)
class TypedLine:
    """One line as it came from the page: what was typed, what it is read as, and what is in the way."""

    user: User
    shown: dict[str, Any]
    seen: Daily
    to: Daily | None
    error: str = field(default="")

    @property
    def is_changed(self) -> bool:
        return self.to is not None and self.to != self.seen

    def overtaken_by(self, other: Overtaken) -> None:
        """Say who was first; saving once more is a decision over what they set."""
        at = date_format(timezone.localtime(other.at), "H:i T")
        self.error = (
            f"{other.by} set this to {other.now.says} at {at}, after you opened the page. Nothing was saved: save "
            "again to put yours in its place, or enter theirs."
        )
        self.shown |= {"error": self.error, "seen": other.now.word}


def shown_line(line: LimitLine) -> dict[str, Any]:
    """What the page shows of one line."""
    allowance = line.allowance
    return {
        "id": line.user.public_id,
        "name": str(line.user),
        "email": line.user.email if line.user.name else "",
        "role": _ROLES.get(line.role, "Platform admin" if line.user.is_superuser else "No login here any more"),
        "is_active": line.user.is_active,
        "typed": allowance.written,
        "unlimited": allowance.kind == "unlimited",
        "seen": allowance.word,
        "says": allowance.says,
        "used_today": line.used_today,
        "used_month": line.used_month,
        "left": _left(line),
        "can_send": _can_send(line),
        "error": "",
    }


def posted_ids(posted: Mapping[str, str]) -> list[str]:
    """Whose lines the page sent."""
    return [name.removeprefix(_SEEN) for name in posted if name.startswith(_SEEN)]


def read_lines(lines: Iterable[LimitLine], posted: Mapping[str, str]) -> list[TypedLine]:
    """What was typed in each line; what cannot be read stays as it was typed, with the fix beside it."""
    return [_read(line, posted) for line in lines]


def _read(line: LimitLine, posted: Mapping[str, str]) -> TypedLine:
    key = line.user.public_id
    typed, unlimited = posted.get(f"daily-{key}", ""), f"unlimited-{key}" in posted
    read = read_daily(typed, unlimited=unlimited)
    seen = of_word(posted.get(f"{_SEEN}{key}", "")) or line.allowance
    error = f"{line.user}: {read.says}" if isinstance(read, Unreadable) else ""
    shown = {**shown_line(line), "typed": typed, "unlimited": unlimited, "seen": seen.word, "error": error}
    return TypedLine(line.user, shown, seen, read if isinstance(read, Daily) else None, error)


def _can_send(line: LimitLine) -> bool:
    allowance = line.allowance
    return allowance.kind == "unlimited" or line.used_today < (allowance.daily or 0)


def _left(line: LimitLine) -> str:
    """What the allowance comes to today."""
    allowance = line.allowance
    if allowance.kind == "unlimited":
        return "Sends without limit"
    if allowance.daily is None:
        return "Blank: cannot send"
    if allowance.daily == 0:
        return "0: cannot send"
    left = allowance.daily - line.used_today
    return f"{left:,} left today" if left > 0 else f"Used up: {line.used_today:,} of {allowance.daily:,}"
