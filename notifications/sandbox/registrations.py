"""What the account has registered with carriers: the brand, a campaign for each service, each toll-free verification.

Everything is approved from the start; a test or a developer sets another state on the sandbox's own page.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from .senders import OwnedNumber, Senders


class Kind(StrEnum):
    BRAND = "brand"
    CAMPAIGN = "campaign"
    TOLL_FREE = "toll_free"


#: The states that Twilio names for each of them, the approved one first.
STATES: dict[Kind, tuple[str, ...]] = {
    Kind.BRAND: (
        "APPROVED", "PENDING", "FAILED", "IN_REVIEW", "DELETION_PENDING", "DELETION_FAILED", "SUSPENDED",
    ),
    Kind.CAMPAIGN: ("VERIFIED", "PENDING", "IN_PROGRESS", "FAILED", "SUSPENDED"),
    Kind.TOLL_FREE: ("TWILIO_APPROVED", "PENDING_REVIEW", "IN_REVIEW", "TWILIO_REJECTED"),
}  # fmt: skip
SID_PREFIX = {Kind.BRAND: "BN", Kind.CAMPAIGN: "QE", Kind.TOLL_FREE: "HH"}


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that the provider wants corrected; `fields` in the provider's own names."""

    code: int
    says: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Registration:
    """`about`: the service of a campaign, the number of a toll-free verification, the brand's own SID."""

    sid: str
    kind: Kind
    about: str
    state: str
    created_at: datetime
    updated_at: datetime
    defects: tuple[Defect, ...] = ()

    def view(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "kind": self.kind,
            "about": self.about,
            "state": self.state,
            "since": self.updated_at.isoformat(),
            "errors": [{"code": each.code, "says": each.says, "fields": list(each.fields)} for each in self.defects],
        }


def sid_for(kind: Kind, about: str) -> str:
    return SID_PREFIX[kind] + hashlib.sha256(f"{kind}:{about}".encode()).hexdigest()[:32]


class Registrations:
    def __init__(self, senders: Senders, *, account_sid: str, at: datetime) -> None:
        self.brand_sid = sid_for(Kind.BRAND, account_sid)
        self._rows: dict[tuple[Kind, str], Registration] = {}
        self.set(Kind.BRAND, about=self.brand_sid, state=STATES[Kind.BRAND][0], at=at)
        for service in senders.services():
            self.set(Kind.CAMPAIGN, about=service.sid, state=STATES[Kind.CAMPAIGN][0], at=at)
        for number in _toll_free(senders.numbers()):
            self.set(Kind.TOLL_FREE, about=number.phone_number, state=STATES[Kind.TOLL_FREE][0], at=at)

    def set(self, kind: Kind, *, about: str, state: str, at: datetime, defects: Sequence[Defect] = ()) -> Registration:
        """Put one of them into a state, as of `at`; it is made when it was not there."""
        row = self._rows.get((kind, about))
        if row is None:
            sid = about if kind is Kind.BRAND else sid_for(kind, about)
            row = self._rows[kind, about] = Registration(sid, kind, about, state, created_at=at, updated_at=at)
        row.state, row.updated_at, row.defects = state, at, tuple(defects)
        row.created_at = min(row.created_at, at)
        return row

    def drop(self, kind: Kind, *, about: str) -> None:
        self._rows.pop((kind, about), None)

    def of_kind(self, kind: Kind) -> list[Registration]:
        return [row for row in self._rows.values() if row.kind is kind]

    def find(self, kind: Kind, *, about: str) -> Registration | None:
        return self._rows.get((kind, about))

    def with_sid(self, kind: Kind, *, sid: str) -> Registration | None:
        return next((row for row in self.of_kind(kind) if row.sid == sid), None)

    def all(self) -> list[Registration]:
        return list(self._rows.values())


def _toll_free(numbers: Iterable[OwnedNumber]) -> list[OwnedNumber]:
    return [number for number in numbers if number.toll_free]
