"""The tokens that prove Azure's events of calls: a JWT for each, signed with a key of this program's own start.

Written from the published rules (RFC 7515, 7517, 7519), with code of its own: a token made with the portal's library
would agree with itself.
"""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ISSUER = "https://acscallautomation.communication.azure.com"
#: Azure's tokens live five minutes (Azure, secure webhook endpoint).
LIFETIME = timedelta(minutes=5)
_BITS, _EXPONENT = 2048, 65537


class Tokens:
    """Makes its key when it is first needed: most starts of the sandbox carry no call of Azure's."""

    def __init__(self) -> None:
        self._key: rsa.RSAPrivateKey | None = None

    def token(self, *, audience: str, at: datetime) -> str:
        """A token for the resource of this id."""
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "iat": int(at.timestamp()),
            "nbf": int(at.timestamp()),
            "exp": int((at + LIFETIME).timestamp()),
        }
        head = {"alg": "RS256", "kid": self.jwk()["kid"], "typ": "JWT"}
        told = f"{_part(head)}.{_part(claims)}"
        signature = self._made().sign(told.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{told}.{_written(signature)}"

    def jwk(self) -> dict[str, Any]:
        """The public half, as a key set lists it."""
        numbers = self._made().public_key().public_numbers()
        modulus = numbers.n.to_bytes(_BITS // 8, "big")
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": hashlib.sha256(modulus).hexdigest()[:32],
            "n": _written(modulus),
            "e": _written(numbers.e.to_bytes(3, "big")),
        }

    def _made(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            self._key = rsa.generate_private_key(_EXPONENT, _BITS)
        return self._key


def _part(fields: dict[str, Any]) -> str:
    return _written(json.dumps(fields, separators=(",", ":")).encode())


def _written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
