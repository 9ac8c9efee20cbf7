"""What a file is that shall show a member's act: told by its content, never by its name.

Pure. Five kinds are taken, none of which a browser runs when it is opened from the disk as what it is.
"""

import hashlib
import re
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser

LARGEST = 5 * 1024 * 1024
#: What the form says, and what is refused with.
KINDS = "PDF, PNG, JPEG, plain text or a saved e-mail (.eml)"
LONGEST_NAME = 120

_EXTENSIONS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "message/rfc822": "eml",
    "text/plain": "txt",
}
#: Header lines without which a text is no e-mail.
_MAIL_HEADERS = frozenset({"from", "date"})
#: Text that a browser would run or draw is no plain text.
_MARKUP = ("<!doctype", "<html", "<svg", "<?xml", "<script")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_UNSAFE_IN_NAMES = re.compile(r"[^\w .()+-]+")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that may serve as evidence, with its SHA-256; the name ends as its content does."""

    name: str
    content_type: str
    content: bytes
    sha256: bytes


@dataclass(frozen=True, slots=True)
class DocumentRefused:
    """Why the file is not taken, and what to do instead."""

    says: str


def examine_document(name: str, *, content: bytes) -> Document | DocumentRefused:
    """What the file is; a refusal where it is none of the kinds that are taken, empty, or too large."""
    if len(content) > LARGEST:
        size = len(content) / 1024 / 1024
        return DocumentRefused(f"The file has {size:.1f} MB, and at most 5 MB are taken. Save it smaller, or split it.")
    if not content.strip():
        return DocumentRefused("The file is empty. Choose the document that shows what they did.")
    content_type = _kind(content)
    if content_type is None:
        return DocumentRefused(f"The file is none of the kinds that are taken: {KINDS}. Save it as one of them.")
    sha256 = hashlib.sha256(content).digest()
    return Document(_named(name, ending=_EXTENSIONS[content_type]), content_type, content, sha256)


def _kind(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # A saved e-mail may hold the bytes of any alphabet after its headers.
        text = ""
    if _is_mail(content):
        return "message/rfc822"
    is_words = any(char.isalnum() for char in text) and not text.lstrip().lower().startswith(_MARKUP)
    return "text/plain" if is_words and _CONTROLS.search(text) is None else None


def _is_mail(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    headers = BytesParser(policy=policy.compat32).parsebytes(content, headersonly=True)
    return {name.lower() for name in headers.keys()} >= _MAIL_HEADERS and not headers.defects  # noqa: SIM118


def _named(name: str, *, ending: str) -> str:
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    stem = last.rpartition(".")[0] or last
    stem = " ".join(_UNSAFE_IN_NAMES.sub(" ", stem).split())[:LONGEST_NAME].strip(". ") or "evidence"
    return f"{stem}.{ending}"
