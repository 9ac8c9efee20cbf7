"""Every code that a diagnosis may say: when it is said, what shows it, what mends it, and which rows it answers.

The words are data (catalogue.csv), from which docs/diagnosis.md is written. A code that also stands on the log row
(CONSENT-1, NUMBER-2, ...) means the same here as there.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType

from notifications.diagnosis.finding import Evidence, Finding, Proof, Remedy, Section, Verdict


class Code(StrEnum):
    """Stable: people quote them, and saved reports keep them."""

    QUEUED = "LOG-1"
    HELD = "LOG-2"
    SENDING = "LOG-3"
    SENT = "LOG-4"
    DELIVERED = "LOG-5"
    FAILED = "LOG-6"
    QUOTA_EXCEEDED = "LOG-7"
    SKIPPED = "LOG-8"
    EXPIRED = "LOG-9"
    MERGED = "LOG-10"
    ACKNOWLEDGED = "LOG-11"
    CANCELLED = "LOG-12"
    UNCONFIRMED = "LOG-13"
    LATE = "LOG-14"
    CARRIES = "LOG-15"
    NUMBER_MISSING = "NUMBER-1"
    NUMBER_DEFECT = "NUMBER-2"
    NUMBER_CHANGED = "NUMBER-3"
    NUMBER_CONFIRM = "NUMBER-4"
    NUMBER_RECENT = "NUMBER-5"
    ADDRESS_MISSING = "EMAIL-1"
    MEMBER_INACTIVE = "MEMBER-1"
    MEMBER_SEAT = "MEMBER-2"
    SMS_OFF = "SMS-1"
    SMS_NEVER_ON = "SMS-2"
    SMS_NUMBER_CHANGED = "SMS-3"
    SMS_SEAT_CHANGED = "SMS-4"
    SMS_NO_SEAT = "SMS-5"
    SMS_ON = "SMS-6"
    NEVER_CONSENTED = "CONSENT-1"
    OPTED_OUT = "CONSENT-2"
    SUPPRESSED = "CONSENT-3"
    DECLINED = "CONSENT-4"
    STALE = "CONSENT-5"
    NOT_PROVED = "CONSENT-6"
    CONFIRMATION_FIRST = "CONSENT-7"
    CONSENT_STOOD = "CONSENT-8"
    PROVIDER_BLOCK = "BLOCK-1"
    REVIEW_OPEN = "REVIEW-1"
    LANDLINE = "LINE-1"
    INCAPABLE = "LINE-2"
    LINE_TYPE = "LINE-3"
    STORED_AS_ANOTHER = "LINE-4"
    NO_ATTEMPT = "PROVIDER-1"
    REFUSED = "PROVIDER-2"
    UNDELIVERED = "PROVIDER-3"
    OUR_ERROR = "PROVIDER-4"
    NOT_REACHED = "PROVIDER-5"
    NOT_PROCESSED = "PROVIDER-6"
    OUTCOME_UNKNOWN = "PROVIDER-7"
    ABSENT = "PROVIDER-8"
    CONFLICT = "PROVIDER-9"
    SILENCE = "PROVIDER-10"
    NO_PROVIDER_ID = "PROVIDER-11"
    EARLIER_ATTEMPTS = "PROVIDER-12"
    RECEIPT_DELIVERED = "PROVIDER-13"
    UNKNOWN_WORD = "PROVIDER-14"
    TEMPORARY = "PROVIDER-15"
    CALL_ANSWERED = "VOICE-1"
    VOICEMAIL = "VOICE-2"
    CALL_UNANSWERED = "VOICE-3"
    CALLER_NUMBER = "VOICE-4"
    TEST_CALLING = "VOICE-5"
    WORKER = "QUEUE-1"
    BEAT = "QUEUE-2"
    BACKLOG = "QUEUE-3"
    NO_ROUTE = "ROUTE-1"
    ROUTES_DRILLED = "ROUTE-2"
    ROUTE_TAKEN = "ROUTE-3"
    ROUTES_NOW = "ROUTE-4"
    PAST_DUE = "TENANT-1"
    SUSPENDED = "TENANT-2"
    CANCELLED_TENANT = "TENANT-3"
    TENANT_SENDS = "TENANT-4"
    QUOTA_REACHED = "QUOTA-1"
    SEGMENTS_REACHED = "QUOTA-2"
    CALLS_REACHED = "QUOTA-3"
    QUOTA_LEFT = "QUOTA-4"
    ALLOWANCE_BLANK = "ALLOWANCE-1"
    ALLOWANCE_ZERO = "ALLOWANCE-2"
    ALLOWANCE_USED = "ALLOWANCE-3"
    LIMITS_MISSING = "ALLOWANCE-4"
    ALLOWANCE_LEFT = "ALLOWANCE-5"
    FLOW_DISABLED = "FLOW-1"
    OUTSIDE_SCHEDULE = "SCHEDULE-1"
    TIME_OFF = "SCHEDULE-2"
    SCHEDULE_EXCEPTION = "SCHEDULE-3"
    SCHEDULE_FREE = "SCHEDULE-4"
    OUTSIDE_HOURS = "HOURS-1"
    HOURS_MET = "HOURS-2"
    PHONE_TEXTS = "THROTTLE-1"
    PHONE_CALLS = "THROTTLE-2"
    CALLER = "THROTTLE-3"
    SENDER_TEXTS = "THROTTLE-4"
    ROOM = "THROTTLE-5"
    ESCALATION = "ESCALATION-1"
    NO_SENDER = "SENDER-1"
    SENDER_LACKS_CHANNEL = "SENDER-2"
    SENDER_USED = "SENDER-3"
    REGISTRATION = "SENDER-4"
    SENDER_CAPABLE = "SENDER-5"
    INBOUND = "WEBHOOK-1"
    ONE_REQUEST = "DUPLICATE-1"
    SEVERAL_REQUESTS = "DUPLICATE-2"
    DOUBLED_LATELY = "DUPLICATE-3"
    MEMBER_ONLY = "BLAST-1"
    MANY_MEMBERS = "BLAST-2"
    WHOLE_SERVICE = "BLAST-3"
    REACH_UNKNOWN = "BLAST-4"
    AGAIN = "AGAIN-1"
    HANDSET = "CHECK-1"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the table of docs/diagnosis.md says of one code; `verdicts` are the only ones it may carry."""

    section: Section
    when: str
    evidence: str
    remedy: str
    rows: tuple[int, ...]
    verdicts: tuple[Verdict, ...]


def _read() -> Mapping[Code, Entry]:
    with files(__package__).joinpath("catalogue.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    entries = {Code(row["code"]): _entry(row) for row in rows}
    if len(entries) != len(rows) or entries.keys() != set(Code):
        raise ValueError("catalogue.csv and Code differ: each code stands there once")
    return MappingProxyType(entries)


def _entry(row: Mapping[str, str]) -> Entry:
    return Entry(
        section=Section(row["section"]),
        when=row["when"],
        evidence=row["evidence"],
        remedy=row["remedy"],
        rows=tuple(int(number) for number in row["rows"].split()),
        verdicts=tuple(Verdict(word) for word in row["verdicts"].split()),
    )


ENTRIES = _read()


def found(
    code: Code,
    verdict: Verdict,
    says: str,
    *,
    evidence: tuple[Evidence, ...] = (),
    remedy: Remedy | None = None,
    then: str = "",
    now: str = "",
    proof: Proof = Proof.NONE,
) -> Finding:
    """A finding of this code, with the rows that the catalogue gives it."""
    return Finding(code.value, verdict, says, evidence, remedy, ENTRIES[code].rows, then, now, proof)


def section_of(finding: Finding) -> Section:
    return ENTRIES[Code(finding.code)].section
