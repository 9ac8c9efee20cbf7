"""Reads six digits out of what a person typed or pasted: spaces, dashes and full-width digits do no harm. Pure."""

import re
import unicodedata

_LONGEST = 400
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−.·_/()\"'“”‘’]+")
_SIX = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")


def six_digits(text: str) -> str | None:
    """The six digits, leading zeros kept; None where the text has none, or more than one such group.

    A whole message that was pasted serves too, as long as one group in it has six digits.
    """
    plain = "".join(_plain(character) for character in unicodedata.normalize("NFKC", text[:_LONGEST]))
    bare = _SEPARATORS.sub("", plain)
    if re.fullmatch(r"[0-9]{6}", bare):
        return bare
    groups = _SIX.findall(plain)
    return groups[0] if len(groups) == 1 else None


def _plain(character: str) -> str:
    """A digit of any script as 0 to 9; what cannot be seen as nothing."""
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    return "" if unicodedata.category(character) == "Cf" else character
