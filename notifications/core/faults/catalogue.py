"""Reads the catalogue files and answers what a code means; an unlisted code is answered too, with its number.

Provider codes may change without notice, so nothing here is a list of what may arrive.
"""

import csv
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from notifications.core.faults.fault import Fault
from notifications.core.faults.http_status import at_its_end, http_fault, unreachable_fault
from notifications.core.faults.kinds import FaultKind, Stage, Whose
from notifications.core.faults.remedies import OUR_OWN, remedy

_FILES: Mapping[str, str] = MappingProxyType({"twilio": "twilio.csv", "azure": "azure.csv", "mail": "mail.csv"})
_PAGES: Mapping[str, str] = MappingProxyType({"twilio": "https://www.twilio.com/docs/api/errors/{code}"})
#: What the phone network answered to a call, and not the provider: its codes have this in front.
SIP = "SIP-"
_SIP_PAGES: Mapping[str, str] = MappingProxyType(
    {
        SIP: "https://www.rfc-editor.org/rfc/rfc3261#section-21",
        "SIP-607": "https://www.rfc-editor.org/rfc/rfc8197",
        "SIP-608": "https://www.rfc-editor.org/rfc/rfc8688",
    }
)

# The provider (or its upstream) gave up without knowing whether the message went on: documented as such.
_AMBIGUOUS = frozenset({("twilio", "20500"), ("twilio", "20503"), ("twilio", "20504"), ("twilio", "30410")}) | {
    ("azure", status) for status in ("408", "500", "502", "503", "504")
}

__all__ = ["catalogue", "fault", "our_own_fault", "unreachable_fault"]


def fault(provider: str, code: str | int | None, *, channel: str, http_status: int | None = None) -> Fault:
    """What this code of this provider means for a message on `channel`.

    Without a code the HTTP status decides by its class; without either, the provider gave no answer at all.
    A code that the catalogue does not list comes back with `known=False`, its number, and the safe choices.
    """
    word = "" if code is None else str(code).strip()
    if not word:
        return http_fault(provider, http_status)
    rows = _rows(provider).get(word, {})
    listed = rows.get(channel) or rows.get("both") or next(iter(rows.values()), None)
    return listed or _network(provider, word) or _unlisted(provider, word, http_status)


def _network(provider: str, code: str) -> Fault | None:
    """What the phone network answered, which means the same whichever provider passes it on."""
    found = _rows("twilio").get(code, {}) if code.startswith(SIP) else {}
    return next((replace(row, provider=provider) for row in found.values()), None)


def catalogue(provider: str) -> tuple[Fault, ...]:
    """Every listed fault of a provider, in the order of its file."""
    return tuple(row for by_channel in _rows(provider).values() for row in by_channel.values())


def our_own_fault(provider: str) -> Fault:
    """The fault of an attempt that our own program could not even make: it says nothing about the route."""
    return Fault(
        provider=provider,
        code=None,
        kind=FaultKind.OUR_ERROR,
        retryable=False,
        failover_allowed=False,
        whose=Whose.PLATFORM_ADMIN,
        stage=Stage.API,
        says="The portal itself failed before anything was sent.",
        remedy=OUR_OWN,
        link=None,
        known=True,
    )


@cache
def _rows(provider: str) -> Mapping[str, Mapping[str, Fault]]:
    name = _FILES.get(provider)
    if name is None:
        return {}
    rows: dict[str, dict[str, Fault]] = {}
    with files(__package__).joinpath(name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["code"], {})[row["channel"]] = _listed(provider, row)
    return rows


def _listed(provider: str, row: Mapping[str, str]) -> Fault:
    kind, whose = FaultKind(row["category"]), Whose(row["who_fixes"])
    if whose is Whose.PROVIDER and kind is not FaultKind.PROVIDER_FAULT:
        whose = Whose.CARRIER  # nobody of ours can mend it, and it is no proof against the provider's own health
    return Fault(
        provider=provider,
        code=row["code"],
        kind=kind,
        retryable=row["retryable"] == "yes",
        failover_allowed=row["failover_helps"] == "yes",
        whose=whose,
        stage=Stage(row["stage"]),
        says=f"{row['meaning']}.",
        remedy=remedy(provider, row["code"], kind=kind, whose=whose),
        link=_link(provider, row["code"]),
        known=True,
        ambiguous=(provider, row["code"]) in _AMBIGUOUS,
    )


def _unlisted(provider: str, code: str, http_status: int | None) -> Fault:
    theirs = at_its_end(http_status)
    kind = FaultKind.PROVIDER_FAULT if theirs else FaultKind.UNKNOWN
    return Fault(
        provider=provider,
        code=code,
        kind=kind,
        retryable=theirs,
        failover_allowed=theirs,
        whose=Whose.PROVIDER if theirs else Whose.UNKNOWN,
        stage=Stage.UNKNOWN if http_status is None else Stage.API,
        says=f"{provider} gave code {code}, which is not in the catalogue.",
        remedy=remedy(provider, code, kind=kind, whose=Whose.UNKNOWN),
        link=_link(provider, code),
        known=False,
        ambiguous=theirs,
        http_status=http_status,
    )


def _link(provider: str, code: str) -> str | None:
    if code.startswith(SIP):
        return _SIP_PAGES.get(code, _SIP_PAGES[SIP])
    page = _PAGES.get(provider)
    return page.format(code=code) if page and code.isascii() and code.isalnum() else None
