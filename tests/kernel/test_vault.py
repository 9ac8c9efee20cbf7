"""Credentials survive a rotation of keys, and nothing else opens them."""

import pytest

from imes.kernel.vault import VaultCannotOpen, VaultHasNoKey, decrypt, encrypt, new_key, rotate


def test_a_rotation_keeps_what_is_sealed_readable_until_the_old_key_goes() -> None:
    old, new = new_key(), new_key()
    sealed = encrypt("s3cret ü", keys=[old])
    assert "s3cret" not in sealed
    assert decrypt(sealed, keys=[new, old]) == "s3cret ü"
    again = rotate(sealed, keys=[new, old])
    assert decrypt(again, keys=[new]) == "s3cret ü"
    with pytest.raises(VaultCannotOpen):
        decrypt(sealed, keys=[new])


def test_a_changed_text_does_not_open() -> None:
    key = new_key()
    sealed = encrypt("s3cret", keys=[key])
    assert decrypt(sealed, keys=[key]) == "s3cret"
    for changed in (sealed[:-4] + "AAA=", "", "nonsense", "ü"):
        with pytest.raises(VaultCannotOpen):
            decrypt(changed, keys=[key])


@pytest.mark.parametrize("keys", [[], ["short"], ["ü" * 44]])
def test_a_vault_without_a_key_says_so(keys: list[str]) -> None:
    with pytest.raises(VaultHasNoKey):
        encrypt("s3cret", keys=keys)
