"""Evidence as one page to print or to hand over: every line in words, and inside it the signed record itself.

The page stands alone: no script runs, nothing is loaded, and it is signed as a whole.
"""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from imes.kernel.signing import Keyring
from members.consent.evidence_file import embedded, signed, signed_page
from members.consent.evidence_parts import Plain


def page(record: Plain, *, keys: Keyring) -> bytes:
    """The printable page of a record, signed; times are UTC, as in the record."""
    document = signed(record, keys=keys)
    context = {
        "record": record,
        "lines": [_shown(line) for line in record["lines"]],
        "signature": document["signature"],
        # Its own function has made it safe for this place, and no other.
        "embedded": mark_safe(embedded(document)),  # noqa: S308
    }
    with timezone.override("UTC"):
        text = render_to_string("evidence/record.html", context)
    return signed_page(text, keys=keys)


#: What the side rows call things, where a lawyer would not.
_NAMES = {"ip": "IP address", "user_agent": "Browser", "raw_text": "Word for word", "evidence_sha256": "File's SHA-256"}


def _shown(line: Plain) -> dict[str, Any]:
    """A line with its details as rows of a table, in words."""
    details = [(_name(name), value) for name, value in line["details"].items() if value not in ("", None)]
    return {**line, "detail_rows": details}


def _name(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " ").capitalize())
