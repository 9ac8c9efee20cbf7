"""Where Ben's own page is, and what stands on it."""

import re

from members.models import Phone
from tenants.scope import tenant_scope
from tests.cast import Cast

OTHER = "+12065550148"


def at_harbor(cast: Cast, path: str = "") -> str:
    return f"/me/{cast.harbor.public_id}/{path}"


def bens_phone(cast: Cast) -> Phone:
    return phones_of_ben(cast)[0]


def phones_of_ben(cast: Cast) -> list[Phone]:
    with tenant_scope(cast.harbor.pk):
        return list(Phone.objects.filter(member=cast.ben).order_by("id"))


def unprove(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        Phone.objects.filter(member=cast.ben).update(proved_at=None)


def box_of(html: str) -> str:
    """What a tick of the page's box posts."""
    return str(re.findall(r'name="agree" value="([0-9a-f]{64})"', html)[0])
