"""The installation's signing keys, as the settings hand them in; and the system check that they can be used."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from imes.kernel.signing import Keyring, NotASigningKey, keyring

HINT = (
    'Make one with: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())" and set '
    "EVIDENCE_SIGNING_KEY to it in the environment of web, worker and commands. To rotate, put the new key in front, "
    "with a comma behind it, and keep the old ones: what they signed is verified by them."
)


def signing_keys() -> Keyring:
    """The keys of this installation, the one that signs first.

    :raises NotASigningKey: when one of them is no key.
    """
    return _read(tuple(settings.EVIDENCE_SIGNING_KEYS))


@lru_cache(maxsize=8)
def _read(seeds: tuple[str, ...]) -> Keyring:
    return keyring(seeds)


@register()
def there_is_a_signing_key(**_: Any) -> list[CheckMessage]:
    """Refuse an installation that could neither seal its ledgers nor sign evidence."""
    try:
        keys = signing_keys()
    except NotASigningKey as refused:
        return [Error(f"EVIDENCE_SIGNING_KEY cannot be used: {refused}.", hint=HINT, id="tenants.E002")]
    if not keys.seeds:
        says = "EVIDENCE_SIGNING_KEY is not set: the consent ledger and the audit log are not sealed."
        return [Error(says, hint=HINT, id="tenants.E003")]
    return []
