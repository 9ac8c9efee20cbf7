"""Development e-mail: reads the folder into which Django's file-based backend writes, and sends nothing.

Each file holds one or more raw messages, each closed by a line of dashes.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

DIVIDER = re.compile(rb"\r?\n-{79}\r?\n(?=[A-Za-z0-9-]+:|\s*\Z)")
TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
MOST_LETTERS = 200
LARGEST_FILE = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Letter:
    id: str
    subject: str
    sender: str
    to: str
    at: datetime
    text: str

    def view(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "subject": self.subject,
            "from": self.sender,
            "to": self.to,
            "date": self.at.isoformat(),
            "text": self.text,
        }


class Mailbox:
    """The letters of one folder; a file is read again only when it has changed."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[tuple[int, int], list[Letter]]] = {}

    def newest_first(self) -> list[Letter]:
        letters: list[Letter] = []
        for path, stamp in self._files():
            known = self._read.get(path)
            if known is None or known[0] != stamp:
                known = (stamp, _letters(path))
                self._read[path] = known
            letters.extend(reversed(known[1]))
            if len(letters) >= MOST_LETTERS:
                break
        letters.sort(key=lambda letter: letter.at, reverse=True)
        return letters[:MOST_LETTERS]

    def find(self, letter_id: str) -> Letter | None:
        return next((letter for letter in self.newest_first() if letter.id == letter_id), None)

    def fingerprint(self) -> int:
        """A number that changes when the folder does."""
        return hash(tuple(self._files()))

    def _files(self) -> list[tuple[Path, tuple[int, int]]]:
        """The readable files with their time and size, newest first."""
        found: list[tuple[Path, tuple[int, int]]] = []
        if self._folder is None:
            return found
        try:
            for path in self._folder.iterdir():
                if path.suffix in {".log", ".eml"} and path.is_file():
                    facts = path.stat()
                    found.append((path, (facts.st_mtime_ns, facts.st_size)))
        except OSError:
            return []
        found.sort(key=lambda entry: entry[1], reverse=True)
        return found


def _letters(path: Path) -> list[Letter]:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE)
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return []
    parts = [part for part in DIVIDER.split(raw) if part.strip()]
    return [_letter(part.lstrip(), place=f"{path.name}:{index}", written=written) for index, part in enumerate(parts)]


def _letter(raw: bytes, *, place: str, written: datetime) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    return Letter(
        id=hashlib.sha256(place.encode()).hexdigest()[:16],
        subject=_header(message, name="Subject") or "(no subject)",
        sender=_header(message, name="From"),
        to=_header(message, name="To"),
        at=_date(message, written=written),
        text=_text(message),
    )


def _header(message: EmailMessage, *, name: str) -> str:
    try:
        return str(message[name] or "")
    except (ValueError, LookupError):
        return ""


def _date(message: EmailMessage, *, written: datetime) -> datetime:
    try:
        at = parsedate_to_datetime(_header(message, name="Date"))
    except (ValueError, TypeError):
        return written
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _text(message: EmailMessage) -> str:
    """The readable body: the plain part, or the HTML part without its tags."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    try:
        content = str(part.get_content())
    except (LookupError, ValueError):
        return "(this body cannot be decoded)"
    if part.get_content_type() == "text/html":
        content = re.sub(r"\n\s*\n+", "\n\n", TAG.sub(" ", content))
    return content.strip()
