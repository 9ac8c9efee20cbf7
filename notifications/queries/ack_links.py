"""Signed links with which a page is acknowledged from an e-mail: who holds one may acknowledge that page, and no other.

A link carries no secret of its own: it is the page's id, signed, and good for as long as a page can be answered.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications.queries.alerts import ANSWERABLE_FOR

LASTS: timedelta = ANSWERABLE_FOR
_SALT = "notifications.acknowledge"


class LinkIsOver(Exception):
    """The link was ours, and is older than a page can be answered."""


def ack_link(public_id: str) -> str:
    """The whole address that an e-mail carries."""
    address: str = settings.PUBLIC_URL
    return address + reverse("acknowledge", args=[signing.dumps(public_id, salt=_SALT)])


def page_of_link(token: str) -> str | None:
    """The public id of the page that a link names; None for anything that we did not sign.

    :raises LinkIsOver: when it is too old.
    """
    try:
        named = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.SignatureExpired:
        raise LinkIsOver from None
    except signing.BadSignature:
        return None
    return named if isinstance(named, str) else None
