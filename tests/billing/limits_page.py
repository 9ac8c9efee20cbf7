"""The page SMS Limits as people use it: opened, typed into, and saved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from django.test import Client

from billing.allowance import BLANK, Daily
from billing.models import Allowance
from billing.queries.allowances import allowance_in
from tenants.models import Tenant, User
from tenants.scope import platform_scope

PAGE = "/admin/billing/allowance/"
_INPUT = re.compile(r"<input ([^>]*)>")
_WORD = re.compile(r'([\w-]+)="([^"]*)"')


@dataclass
class Opened:
    """The page in somebody's browser, with what stands in its fields."""

    client: Client
    html: str
    address: str = PAGE

    @property
    def text(self) -> str:
        return read(self.html)

    @property
    def fields(self) -> dict[str, str]:
        """What the browser would send if Save was pressed now."""
        found = {}
        for tag in _INPUT.findall(self.html):
            words = dict(_WORD.findall(tag))
            if words.get("type") == "checkbox" and " checked" not in f" {tag}":
                continue
            if re.match("(seen|daily|unlimited)-", words.get("name", "")):
                found[words["name"]] = unescape(words.get("value", "on"))
        return found

    def save(self, typed: Mapping[User, str]) -> "Opened":
        """Type these (`*` ticks Unlimited) over what stands there, press Save, and return the next page."""
        fields = self.fields
        for user, text in typed.items():
            fields.pop(f"unlimited-{user.public_id}", None)
            if text.endswith("*"):
                fields[f"unlimited-{user.public_id}"] = "on"
            fields[f"daily-{user.public_id}"] = text.removesuffix("*")
        answer = self.client.post(self.address, fields, follow=True)
        assert answer.status_code == 200
        return Opened(self.client, answer.content.decode(), self.address)


def opened(client: Client, address: str = PAGE) -> Opened:
    answer = client.get(address)
    assert answer.status_code == 200
    return Opened(client, answer.content.decode(), address)


def read(html: str) -> str:
    """What a person reads, without the markup."""
    return " ".join(unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)).split())


def allowance_of(user: User, *, tenant: Tenant) -> Daily:
    with platform_scope():
        row = Allowance.objects.filter(tenant=tenant, user=user).first()
        return allowance_in(row) if row else BLANK
