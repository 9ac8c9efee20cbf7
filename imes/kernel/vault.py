"""How credentials lie at rest: encrypted under the newest of several keys, readable under any of them.

Knows no settings: the keys are handed in, newest first, so that a rotation is a list with one more key.
"""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultCannotOpen(Exception):
    """The text was not sealed under any of the keys, or was changed since."""


class VaultHasNoKey(Exception):
    """The list of keys is empty, or one of them is not a Fernet key."""


def new_key() -> str:
    """A fresh key for the front of the list."""
    return Fernet.generate_key().decode("ascii")


def encrypt(text: str, *, keys: Sequence[str]) -> str:
    """Seals a text under the first key.

    :raises VaultHasNoKey: when there is no usable key.
    """
    return _vault(keys).encrypt(text.encode("utf-8")).decode("ascii")


def decrypt(sealed: str, *, keys: Sequence[str]) -> str:
    """Opens what any of the keys sealed.

    :raises VaultCannotOpen: when none of them did, or the text was changed.
    :raises VaultHasNoKey: when there is no usable key.
    """
    try:
        return _vault(keys).decrypt(sealed.encode("utf-8")).decode("utf-8")
    except InvalidToken as refused:
        raise VaultCannotOpen("sealed under none of the given keys") from refused


def rotate(sealed: str, *, keys: Sequence[str]) -> str:
    """Seals again under the first key what any of the keys sealed.

    :raises VaultCannotOpen: when none of them did.
    """
    return encrypt(decrypt(sealed, keys=keys), keys=keys)


def _vault(keys: Sequence[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as refused:
        raise VaultHasNoKey("a vault needs at least one Fernet key") from refused
