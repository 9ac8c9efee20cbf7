"""The public keys with which Azure signs the tokens of its events about calls, fetched once and kept.

Azure publishes them at the address of its OpenID configuration. A key that is not known is asked for anew, but not more
often than every minute: whoever invents keys must not make us ask for each.
"""

import json
import logging
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from notifications.providers import wire

logger = logging.getLogger(__name__)

#: Seconds: for so long keys are taken as they are; so long we wait between two questions, and for one.
FRESH, PAUSE, TIMEOUT = 12 * 3600.0, 60.0, 5.0
_MOST_KEYS = 32
#: What asking and reading may end with, also where what came is nested too deeply or holds other things than keys.
_NO_KEYS = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    PyJWTError,
    UnsupportedAlgorithm,
)


class KeysUnavailable(Exception):
    """No keys could be had, so that no event can be told from a forged one."""


class SigningKeys:
    """The keys of one address; shared by all threads of a process. One of them asks, and the others wait for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._keys: Mapping[str, PyJWK] = {}
        self._asked_at: float | None = None
        self._had_at = 0.0

    def key_of(self, kid: str, *, now: float) -> PyJWK | None:
        """The key of this id; `None` where Azure publishes none. `now` is on the clock of `time.monotonic`.

        :raises KeysUnavailable: when no keys could be had.
        """
        known = self._keys.get(kid)
        if known is not None and now - self._had_at < FRESH:
            return known  # who invents keys makes us ask, and must not make Azure's own events wait for the answer
        with self._lock:
            if self._is_due(kid, now=now):
                self._asked_at = now
                try:
                    self._keys, self._had_at = _published(self._url), now
                except _NO_KEYS as error:
                    logger.error("the keys of Azure's events could not be had: %s", type(error).__name__)
            if not self._keys:
                raise KeysUnavailable("the keys with which Azure signs events could not be had")
            return self._keys.get(kid)

    def _is_due(self, kid: str, *, now: float) -> bool:
        if self._asked_at is None:
            return True
        return now - self._asked_at >= PAUSE and (kid not in self._keys or now - self._had_at >= FRESH)


@lru_cache(maxsize=8)
def signing_keys(url: str) -> SigningKeys:
    """The keys that the OpenID configuration at this address names."""
    return SigningKeys(url)


def _published(url: str) -> Mapping[str, PyJWK]:
    """Ask for the configuration and then for the keys, both within one deadline.

    :raises OSError: when the connection failed.
    :raises ValueError: when what came is no configuration, or no set of keys.
    """
    deadline = time.monotonic() + TIMEOUT
    where = str(_document(url, deadline=deadline)["jwks_uri"])
    if urlsplit(where).scheme != "https" and urlsplit(where).netloc != urlsplit(url).netloc:
        raise ValueError("the keys are at an address without TLS")
    listed = _document(where, deadline=deadline)["keys"][:_MOST_KEYS]
    found = {str(each["kid"]): PyJWK(each, algorithm="RS256") for each in listed if each.get("kty") == "RSA"}
    if not found:
        raise ValueError("no public keys are listed")
    return found


def _document(url: str, *, deadline: float) -> Any:
    answer = wire.exchange(url, method="GET", headers={"Accept": "application/json"}, body=b"", deadline=deadline)
    if answer.status != HTTPStatus.OK:
        raise ValueError(f"it was answered {answer.status}")
    return json.loads(answer.text)
