"""What Azure's texts about a failure mean: the delivery code that they name, or that a known sentence stands for.

Source: Azure Communication Services, troubleshooting codes (SMS), and the SMS FAQ for the sentence of an opt-out.
"""

import re

DELIVERED, NO_REPORTS = "2000", "5002"
#: Azure's words on which it acts itself, which it passes on all the same (SMS FAQ, opt-out handling).
KEYWORDS = frozenset({"stop", "start", "unstop"})
# Failures begin with 4 or 5; a listed one need not be known here.
_CODE = re.compile(r"(?<![0-9+])(?:2000|[45][0-9]{3}|9999)(?![0-9])")
_SENTENCES = {"sender blocked for given recipient": "4007"}


def delivery_code(details: str) -> str | None:
    """The delivery code in a text, or the one that its sentence stands for; `None` where it says neither."""
    lowered = details.lower()
    spoken = next((code for sentence, code in _SENTENCES.items() if sentence in lowered), None)
    found = _CODE.search(details)
    return spoken or (found[0] if found else None)
