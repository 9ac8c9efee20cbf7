"""Whether a request carries Azure's HMAC signature (Azure, sign an HTTP request); written from the published rule.

Signed are the verb, the path with its query, and the date, host and content digest of the request.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

SIGNED = "x-ms-date;host;x-ms-content-sha256"
CLOCKS_DIFFER = timedelta(minutes=15)


def digest_of(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def authorization(key: str, *, verb: str, target: str, date: str, host: str, digest: str) -> str:
    """The Authorization header of a request; `target` is its path with the query."""
    text = f"{verb}\n{target}\n{date};{host};{digest}"
    signature = hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()
    return f"HMAC-SHA256 SignedHeaders={SIGNED}&Signature={base64.b64encode(signature).decode()}"


def defect_of(
    headers: Mapping[str, str], *, key: str, verb: str, target: str, body: bytes, now: datetime
) -> str | None:
    """Why a request is not believed; None when its signature holds."""
    date, digest, host = headers.get("x-ms-date", ""), headers.get("x-ms-content-sha256", ""), headers.get("host", "")
    if not date or not digest:
        return "x-ms-date or x-ms-content-sha256 is missing"
    if not hmac.compare_digest(digest.encode(), digest_of(body).encode()):
        return "x-ms-content-sha256 is not the digest of the body"
    expected = authorization(key, verb=verb, target=target, date=date, host=host, digest=digest)
    if not hmac.compare_digest(headers.get("authorization", "").encode(), expected.encode()):
        return "the signature is wrong"
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return "x-ms-date cannot be read"
    return None if abs(now - at) <= CLOCKS_DIFFER else "x-ms-date is too far from the present"
