"""Who signed a text, and whether it is still the text that was signed: Ed25519 (RFC 8032) over bytes.

Knows no settings and keeps nothing: the keys are handed in, newest first, so that a rotation is a list with one more
key. The first one signs, all of them verify.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

SEED_BYTES = 32
_KEY_ID_LENGTH = 16


class NotASigningKey(ValueError):
    """The text holds no Ed25519 key: a seed is 32 bytes in base64, a public key is PEM."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One key that verifies, by the name that signatures call it by."""

    key_id: str
    pem: str
    _key: Ed25519PublicKey

    def verifies(self, data: bytes, *, signature: bytes) -> bool:
        """Whether this key signed exactly these bytes."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """What a key left on a text: which key, and its 64 bytes."""

    key_id: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one installation: its first seed signs, every key verifies."""

    seeds: tuple[bytes, ...]
    public: tuple[PublicKey, ...]

    def sign(self, data: bytes) -> Signature:
        """Sign with the first key.

        :raises NotASigningKey: when there is no key to sign with.
        """
        if not self.seeds:
            raise NotASigningKey("there is no key to sign with")
        return Signature(self.public[0].key_id, Ed25519PrivateKey.from_private_bytes(self.seeds[0]).sign(data))

    def key(self, key_id: str) -> PublicKey | None:
        """The key of this name, where it is known here."""
        return next((key for key in self.public if key.key_id == key_id), None)

    def __repr__(self) -> str:
        # The seeds are secret: no trace and no error page may print them.
        return f"Keyring({', '.join(key.key_id for key in self.public)})"


def keyring(seeds: Iterable[str]) -> Keyring:
    """The keys of these seeds (32 bytes each, in base64 with either alphabet), in their order.

    :raises NotASigningKey: when one of them is none; the message names its place and never the text.
    """
    read = tuple(_seed(text, place=place) for place, text in enumerate(seeds, start=1))
    return Keyring(read, tuple(_public(Ed25519PrivateKey.from_private_bytes(seed).public_key()) for seed in read))


def public_keys(pem: str) -> tuple[PublicKey, ...]:
    """Every public key of a PEM text, in its order.

    :raises NotASigningKey: when it holds none, or one of another kind.
    """
    end = "-----END PUBLIC KEY-----"
    blocks: Sequence[str] = [block + end for block in pem.split(end)[:-1]]
    if not blocks:
        raise NotASigningKey("no public key in PEM was found")
    return tuple(_from_pem(block) for block in blocks)


def _from_pem(block: str) -> PublicKey:
    try:
        key = load_pem_public_key(block[max(block.find("-----BEGIN"), 0) :].encode("ascii", "replace"))
    except ValueError as refused:
        raise NotASigningKey("the PEM cannot be read") from refused
    if not isinstance(key, Ed25519PublicKey):
        raise NotASigningKey("the public key is not an Ed25519 key")
    return _public(key)


def _public(key: Ed25519PublicKey) -> PublicKey:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    return PublicKey(hashlib.sha256(raw).hexdigest()[:_KEY_ID_LENGTH], pem, key)


def _seed(text: str, *, place: int) -> bytes:
    plain = text.strip().replace("-", "+").replace("_", "/")
    try:
        seed = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        seed = b""
    if len(seed) != SEED_BYTES:
        raise NotASigningKey(f"key {place} is not {SEED_BYTES} bytes in base64") from None
    return seed
