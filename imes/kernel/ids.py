"""Names that people may see and secrets that they may not, both drawn from the operating system's randomness.

Keeps nothing and looks nothing up: uniqueness is proved by the database.
"""

import hashlib
import re
import secrets

# Crockford's base 32 in lower case: no i, l, o or u, so that an id survives being read out over a phone.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 16
_PUBLIC_ID = re.compile(rf"(?P<prefix>[a-z]{{2,8}})_[{_ALPHABET}]{{{_LENGTH}}}\Z")
_SECRET_BYTES = 24


def public_id(prefix: str) -> str:
    """A new name for a row, such as `ntf_7h0c...`: the prefix and 80 random bits in 16 characters."""
    return _spelled(prefix, secrets.randbits(5 * _LENGTH))


def named_by(seed: str, *, prefix: str) -> str:
    """The name that a random seed gives: the same one each time, so that a row which is written twice meets itself."""
    return _spelled(prefix, int.from_bytes(token_digest(seed)[: 5 * _LENGTH // 8]))


def matches(prefix: str, text: str) -> bool:
    """Whether a text has the form of a public id with this prefix."""
    match = _PUBLIC_ID.match(text)
    return match is not None and match["prefix"] == prefix


def secret_token(prefix: str) -> str:
    """A new secret of 192 random bits, safe in URLs; show it once and store its digest only."""
    return f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def token_digest(token: str) -> bytes:
    """What is stored and searched in place of a token (SHA-256; random tokens need no salt)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _spelled(prefix: str, bits: int) -> str:
    return prefix + "_" + "".join(_ALPHABET[(bits >> (5 * place)) & 31] for place in range(_LENGTH))
