"""The development resource at Azure: its numbers, where its events go, and the requests that it may not run twice."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ..defaults import AZURE_HOST
from ..senders import OwnedNumber
from ..settings import is_toll_free

#: How long Azure remembers a request; one that comes again after that is refused (Azure, repeatable requests).
REMEMBERED = timedelta(minutes=5)
TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/sandbox/providers/"
    f"Microsoft.Communication/CommunicationServices/{AZURE_HOST.split('.', maxsplit=1)[0]}"
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was asked for under an id, as a digest, and what was answered, and when."""

    asked: bytes
    item: dict[str, Any]
    at: datetime


class AzureResource:
    def __init__(self, numbers: Iterable[str], *, events_url: str) -> None:
        self.events_url = events_url
        self.remembered: dict[str, Remembered] = {}
        #: What was asked for together with each call, by the call's id.
        self.calls: dict[str, Any] = {}
        self._numbers = {number: _owned(number) for number in numbers}

    @property
    def events_shown(self) -> str:
        """Where events go, without the key."""
        parts = urlsplit(self.events_url)
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    def number(self, phone_number: str) -> OwnedNumber | None:
        return self._numbers.get(phone_number)

    def numbers(self) -> list[OwnedNumber]:
        return list(self._numbers.values())


def _owned(number: str) -> OwnedNumber:
    return OwnedNumber(
        sid="acs" + hashlib.sha256(number.encode()).hexdigest()[:32],
        phone_number=number,
        sms_url="",
        service_sid="",
        toll_free=is_toll_free(number),
        friendly_name=number,
    )
