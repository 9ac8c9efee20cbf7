"""One line of a diagnosis: what was found, what shows it, and who does what next.

A finding that says *stopped* without a remedy cannot be made: a cause without a remedy is unfinished.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """What a finding says about this delivery. `unknown` is never softened into `clear`."""

    CLEAR = "clear"
    NOTABLE = "notable"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def word(self) -> str:
        """The word that stands beside its sign, for those who do not see colours."""
        return _WORDS[self]


_WORDS = {
    Verdict.CLEAR: "Clear",
    Verdict.NOTABLE: "Worth a look",
    Verdict.STOPPED: "Stopped it",
    Verdict.UNKNOWN: "Not known",
    Verdict.NOT_APPLICABLE: "Does not apply",
}


class Proof(IntEnum):
    """What a finding rests on, from least to most; the cause is a stopped finding with the most."""

    NONE = 0
    #: The row's own status: it says that it was stopped, and not by what.
    SYMPTOM = 1
    #: Stored, and true then, but something else decided.
    ALSO = 2
    #: Seen now, on a row that still waits: then is now.
    OBSERVED = 3
    #: The stored ruling, exception, provider's answer or receipt says so.
    STORED = 4


class Who(StrEnum):
    """Who acts next."""

    TENANT_ADMIN = "tenant_admin"
    PLATFORM_ADMIN = "platform_admin"
    PERSON = "person"
    NOBODY = "nobody"

    @property
    def word(self) -> str:
        return _WHO[self]


_WHO = {
    Who.TENANT_ADMIN: "A tenant admin",
    Who.PLATFORM_ADMIN: "A platform admin",
    Who.PERSON: "The person themselves",
    Who.NOBODY: "Nobody needs to act",
}


class Section(StrEnum):
    """The parts of the report, in the order in which people look for causes."""

    LOG = "log"
    NUMBER = "number"
    CONSENT = "consent"
    LINE = "line"
    PROVIDER = "provider"
    QUEUE = "queue"
    ROUTER = "router"
    TENANT = "tenant"
    SCHEDULE = "schedule"
    SENDER = "sender"
    DUPLICATES = "duplicates"
    BLAST = "blast"
    AGAIN = "again"
    PERSON = "person"

    @property
    def heading(self) -> str:
        return _TITLES[self]


_TITLES = {
    Section.LOG: "The log row and its status",
    Section.NUMBER: "The number",
    Section.CONSENT: "The member's switch, seat and consent",
    Section.LINE: "Line type and capability",
    Section.PROVIDER: "The provider's answer and receipts",
    Section.QUEUE: "Queue and worker",
    Section.ROUTER: "Router: which provider, and why",
    Section.TENANT: "The tenant and the flow",
    Section.SCHEDULE: "Schedule, messaging hours and escalation",
    Section.SENDER: "The sender",
    Section.DUPLICATES: "Duplicates: one request, or several",
    Section.BLAST: "How far it reaches",
    Section.AGAIN: "If it were sent now",
    Section.PERSON: "What only the person can check",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value that shows a finding: where it is stored (`source`), as which row (`ref`), and since when."""

    name: str
    value: str
    at: datetime | None = None
    source: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Who does what next. `link_name` is a named page, opened with `link_args`; `link_label` says what it mends."""

    text: str
    who: Who
    link_name: str = ""
    link_args: tuple[int, ...] = ()
    link_label: str = ""


class StoppedWithoutRemedy(ValueError):
    """A finding said that something stopped the message and not what to do about it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `says` is one sentence in the past tense; `rows` are the lines of the checklist that it answers."""

    code: str
    verdict: Verdict
    says: str
    evidence: tuple[Evidence, ...] = ()
    remedy: Remedy | None = None
    rows: tuple[int, ...] = ()
    then: str = ""
    now: str = ""
    proof: Proof = Proof.NONE

    def __post_init__(self) -> None:
        if self.verdict is Verdict.STOPPED and (self.remedy is None or not self.remedy.text):
            raise StoppedWithoutRemedy(self.code)

    @property
    def differs(self) -> bool:
        """Whether what was so then is no longer so."""
        return bool(self.then or self.now) and self.then != self.now
