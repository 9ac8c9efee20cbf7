"""Whether an event about a call comes from Azure, and for which account: by the token that it carries.

Azure signs a token for each event, for the resource that placed the call, and with a life of five minutes. Source:
https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/secure-webhook-endpoint
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import jwt
from django.conf import settings
from django.http import HttpRequest

from notifications.models import ProviderAccount
from notifications.providers.azure_call_keys import KeysUnavailable, signing_keys

ISSUER = "https://acscallautomation.communication.azure.com"
#: Clocks differ, in seconds.
_LEEWAY = 60
# The key decides how a token is read, and never the token itself.
_ALGORITHMS = ["RS256"]
_LONGEST_TOKEN, _LONGEST_KEY_ID = 8192, 200


class TokenDefect(StrEnum):
    """Why an event is not believed; the value is kept with what is refused."""

    MISSING = "token_missing"
    MALFORMED = "token_malformed"
    KEY_UNKNOWN = "token_key_unknown"
    KEYS_UNAVAILABLE = "token_keys_unavailable"
    SIGNATURE_WRONG = "token_signature_wrong"
    EXPIRED = "token_expired"
    ISSUER_WRONG = "token_issuer_wrong"
    AUDIENCE_WRONG = "token_audience_wrong"


_DEFECTS: tuple[tuple[type[Exception], TokenDefect], ...] = (
    (jwt.ExpiredSignatureError, TokenDefect.EXPIRED),
    (jwt.ImmatureSignatureError, TokenDefect.EXPIRED),
    (jwt.InvalidAudienceError, TokenDefect.AUDIENCE_WRONG),
    (jwt.InvalidIssuerError, TokenDefect.ISSUER_WRONG),
    (jwt.InvalidSignatureError, TokenDefect.SIGNATURE_WRONG),
)


@dataclass(frozen=True, slots=True)
class Proved:
    """The accounts whose resource the token was made for."""

    accounts: tuple[ProviderAccount, ...]


def proved(request: HttpRequest, *, accounts: Sequence[ProviderAccount]) -> Proved | TokenDefect:
    """Check the token of a request against the resources of these accounts, and against nothing that it says itself."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return TokenDefect.MISSING
    if len(token) > _LONGEST_TOKEN:
        return TokenDefect.MALFORMED
    try:
        head = jwt.get_unverified_header(token)
        kid = head.get("kid")
        if head.get("alg") not in _ALGORITHMS or not isinstance(kid, str) or len(kid) > _LONGEST_KEY_ID:
            return TokenDefect.MALFORMED
        key = signing_keys(settings.AZURE_CALLS_OPENID_URL).key_of(kid, now=time.monotonic())
        if key is None:
            return TokenDefect.KEY_UNKNOWN
        claims = jwt.decode(
            token,
            key=key,
            algorithms=_ALGORITHMS,
            audience=[account.resource_id for account in accounts],
            issuer=ISSUER,
            leeway=_LEEWAY,
            options={"require": ["exp", "iss", "aud"]},
        )
    except KeysUnavailable:
        return TokenDefect.KEYS_UNAVAILABLE
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        return next((defect for kind, defect in _DEFECTS if isinstance(error, kind)), TokenDefect.MALFORMED)
    named = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    return Proved(tuple(account for account in accounts if account.resource_id in named))
