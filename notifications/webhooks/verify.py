"""Whether a webhook was really signed by Twilio for this very URL and payload, and if not, what is wrong with it.

It never raises and never passes for want of a token. It refuses to know which account is meant: the caller picks the
token and builds the URL from PUBLIC_URL, never from the Host header. Nothing dates a signature: replays are the
business of whoever stores the payload.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

_BODY_HASH = "bodySHA256"


class SignatureDefect(StrEnum):
    """Why a webhook is not believed; the value is for logs, `says` for people."""

    NO_KEY = "no_key"
    HEADER_MISSING = "header_missing"
    ALGORITHM_UNKNOWN = "algorithm_unknown"
    URL_MALFORMED = "url_malformed"
    BODY_HASH_MISSING = "body_hash_missing"
    BODY_HASH_WRONG = "body_hash_wrong"
    SIGNATURE_WRONG = "signature_wrong"

    @property
    def says(self) -> str:
        """The defect in plain words, with what to look at."""
        return _SAYS[self]


_SAYS: Mapping[SignatureDefect, str] = {
    SignatureDefect.NO_KEY: "We hold no auth token for this account, so nothing that claims to come from it counts.",
    SignatureDefect.HEADER_MISSING: "The request carries no X-Twilio-Signature; it does not come from Twilio.",
    SignatureDefect.ALGORITHM_UNKNOWN: "The request names a signing algorithm that this version does not know.",
    SignatureDefect.URL_MALFORMED: "The address or the payload cannot be read, so no signature can be checked.",
    SignatureDefect.BODY_HASH_MISSING: "The body is not covered by the signature: the address has no bodySHA256.",
    SignatureDefect.BODY_HASH_WRONG: "The body is not the one whose hash stands in the signed address.",
    SignatureDefect.SIGNATURE_WRONG: (
        "The signature does not fit. Either the request is forged, or PUBLIC_URL differs from the address that Twilio "
        "calls (scheme, host, path, trailing slash), or the auth token was rotated."
    ),
}


def signature_defect(
    *,
    url: str,
    headers: Mapping[str, str],
    token: str,
    params: Mapping[str, object] | None = None,
    body: bytes | None = None,
) -> SignatureDefect | None:
    """`None` when the signature fits, else the first defect found.

    :param params: the form fields of a form POST, best as Django's QueryDict: a name may stand several times.
    :param body: the raw bytes of any other POST; the signed address must then carry their hash.
    :param token: the account's auth token, or the shared key's secret where `shared_key_id` names one.
    """
    if not token:
        return SignatureDefect.NO_KEY
    signature = (_header(headers, SIGNATURE_HEADER) or "").strip()
    if not signature:
        return SignatureDefect.HEADER_MISSING
    algorithm = get_signature_algorithm(_header(headers, SIGNATURE_SETTINGS_HEADER)).upper()
    if algorithm not in {HMAC_SHA1, HMAC_SHA256}:
        return SignatureDefect.ALGORITHM_UNKNOWN
    form = _Form(params or {})
    try:
        fits = RequestValidator(token).validate(url, form, signature, algorithm)
        if not fits:
            return SignatureDefect.SIGNATURE_WRONG
        return _body_defect(url, body) if body and not len(form) else None
    except (ValueError, TypeError):
        return SignatureDefect.URL_MALFORMED


def shared_key_id(headers: Mapping[str, str]) -> str | None:
    """The id of the shared key with which the request says it was signed; `None` for the auth token."""
    for part in (_header(headers, SIGNATURE_SETTINGS_HEADER) or "").split(","):
        name, _, value = part.partition("=")
        if name.strip() == "key" and value.strip():
            return value.strip()
    return None


def _body_defect(url: str, body: bytes) -> SignatureDefect | None:
    hashes = parse_qs(urlsplit(url).query).get(_BODY_HASH, [])
    if not hashes:
        return SignatureDefect.BODY_HASH_MISSING
    own = hashlib.sha256(body).hexdigest()
    fits = [hmac.compare_digest(own.encode(), claimed.strip().lower().encode()) for claimed in hashes]
    return None if all(fits) else SignatureDefect.BODY_HASH_WRONG


def _header(headers: Mapping[str, str], name: str) -> str | None:
    found = headers.get(name)
    if found is not None:
        return found
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


class _Form(Mapping[str, list[str]]):
    """The fields in the one shape that the SDK's validator reads without surprises: every name with its list."""

    def __init__(self, params: Mapping[str, object]) -> None:
        self._values = {str(name): _several(params, name) for name in params}

    def getlist(self, name: str) -> list[str]:
        return self._values[name]

    def __getitem__(self, name: str) -> list[str]:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _several(params: Mapping[str, object], name: str) -> list[str]:
    getlist = getattr(params, "getlist", None)
    found = getlist(name) if getlist is not None else params[name]
    return [str(value) for value in found] if isinstance(found, list | tuple) else [str(found)]
