"""Azure's HMAC signature on our own requests, made by the published recipe: the SMS SDK has no client for opt-outs.

Source: https://learn.microsoft.com/azure/communication-services/tutorials/hmac-header-tutorial
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

_SIGNED = "x-ms-date;host;x-ms-content-sha256"


class NotAnAccessKey(ValueError):
    """The secret is not base64, and so is no access key of Azure."""


def signed_headers(url: str, *, method: str, body: bytes, access_key: str, at: datetime) -> Mapping[str, str]:
    """The headers that prove a request to Azure Communication Services; `at` is in UTC.

    :raises NotAnAccessKey: when the access key is not base64.
    """
    try:
        key = base64.b64decode(access_key, validate=True)
    except ValueError as error:
        raise NotAnAccessKey("the access key is not base64: copy it from the resource's page in Azure") from error
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    date = format_datetime(at, usegmt=True)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"{method}\n{target}\n{date};{parts.netloc};{digest}"
    signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
    return {
        "x-ms-date": date,
        "x-ms-content-sha256": digest,
        "Authorization": f"HMAC-SHA256 SignedHeaders={_SIGNED}&Signature={signature}",
    }
