"""What keeps a recorded consent from counting: asked when it is written down, and again when it is approved.

Every refusal is a value that names the field and says what to do instead. It writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.formats import date_format

from members.consent.choices import Channel
from members.consent.document import Document
from members.consent.ledger import events_of
from members.consent.standing import ConsentAct, Event, StandingState, standing
from members.consent.wordings import says_something
from members.models import ConsentRecord, Member, Phone
from tenants.scope import platform_scope

LONGEST_STATEMENT = 4000
LONGEST_URL = 500
EMPTY_STATEMENT = "Say in your own words what they did, and how you know it. An empty statement proves nothing."
NO_EVIDENCE = "Add the document that shows what they did, or the address where it lies. A note alone proves nothing."


class RecordRefusal(StrEnum):
    """Why nothing was written."""

    NO_RIGHT = "no_right"
    MEMBER_INACTIVE = "member_inactive"
    OTHER_NUMBER = "other_number"
    NO_CHANNEL = "no_channel"
    NO_METHOD = "no_method"
    NO_STATEMENT = "no_statement"
    NO_EVIDENCE = "no_evidence"
    BAD_URL = "bad_url"
    EVIDENCE_OF_OTHER = "evidence_of_other"
    WORDING = "wording"
    IN_FUTURE = "in_future"
    NOT_LATER = "not_later"
    PENDING_EXISTS = "pending_exists"
    SAME_PERSON = "same_person"
    OWN_LOGIN = "own_login"
    DECIDED = "decided"
    NO_REASON = "no_reason"
    NOT_RECORDER = "not_recorder"


@dataclass(frozen=True, slots=True)
class RecordRefused:
    """Why, in words that say what to do instead; `field` names what to mend, empty where no field can."""

    why: RecordRefusal
    says: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says that a member did: for which number and channels, when, and what shows it."""

    number: str
    channels: tuple[Channel, ...]
    acted_at: datetime
    sha256: bytes | None
    url: str


def form_refusal(
    *, channels: Sequence[str], method: str, statement: str, document: Document | None, url: str
) -> RecordRefused | None:
    """What is missing in the entry itself, whoever it is about."""
    if not channels or not set(channels) <= {"sms", "voice"}:
        return RecordRefused(
            RecordRefusal.NO_CHANNEL, "Say what they agreed to: SMS, voice calls, or both.", "channels"
        )
    if method not in set(ConsentRecord.Method):
        return RecordRefused(RecordRefusal.NO_METHOD, "Say how they agreed.", "method")
    if not says_something(statement):
        return RecordRefused(RecordRefusal.NO_STATEMENT, EMPTY_STATEMENT, "statement")
    if len(statement) > LONGEST_STATEMENT:
        says = f"The statement is longer than {LONGEST_STATEMENT} characters. Put the rest into the document."
        return RecordRefused(RecordRefusal.NO_STATEMENT, says, "statement")
    if document is None and not url:
        return RecordRefused(RecordRefusal.NO_EVIDENCE, NO_EVIDENCE, "document")
    if url and not _is_https(url):
        says = "Give the whole address, beginning with https://, of at most 500 characters."
        return RecordRefused(RecordRefusal.BAD_URL, says, "url")
    return None


def fact_refusal(
    claim: Claim, *, member: Member, at: datetime, but: ConsentRecord | None = None
) -> RecordRefused | None:
    """What stands against the claim now; needs the tenant's or the platform's scope, and the number locked.

    :param but: the record that is being decided, which does not stand against itself.
    """
    if not member.is_active:
        says = f"{member.name} is switched off. Consent is recorded of active members alone."
        return RecordRefused(RecordRefusal.MEMBER_INACTIVE, says)
    if not Phone.objects.filter(member=member, number=claim.number).exists():
        says = (
            f"{claim.number} is not a number of {member.name} now. Consent is for one number: record what they agreed "
            "to for a number that stands on their page."
        )
        return RecordRefused(RecordRefusal.OTHER_NUMBER, says, "number")
    if claim.acted_at > at:
        says = "When they acted lies in the future. Enter the time at which they agreed."
        return RecordRefused(RecordRefusal.IN_FUTURE, says, "acted_at")
    for refused in (_not_later(claim, member=member, at=at), _of_other(claim, member=member, but=but)):
        if refused is not None:
            return refused
    pending = ConsentRecord.objects.filter(member=member, number=claim.number, state=ConsentRecord.State.PENDING)
    other = pending.exclude(pk=but.pk if but else 0).first()
    if other is not None:
        says = f"{other.public_id} waits for approval for this number already. Have it decided or withdrawn first."
        return RecordRefused(RecordRefusal.PENDING_EXISTS, says, "number")
    return None


def last_word(number: str, *, tenant_id: int, channels: Sequence[Channel]) -> Event | None:
    """The newest opt-out that binds this number in this tenant on one of the channels, whatever came after it."""
    with platform_scope():
        events = events_of([number])[number]
    binding = [
        event
        for event in events
        if event.act is ConsentAct.REVOKE
        and (event.reach == "platform" or (event.tenant_id == tenant_id and event.channel in (*channels, "any")))
    ]
    return max(binding, key=lambda event: event.effective_at, default=None)


def to_the_second(at: datetime) -> str:
    """An instant in the reader's zone, exact enough to enter one that is later."""
    return date_format(timezone.localtime(at), "j M Y, H:i:s T")


def _not_later(claim: Claim, *, member: Member, at: datetime) -> RecordRefused | None:
    stop = last_word(claim.number, tenant_id=member.tenant_id, channels=claim.channels)
    if stop is not None and claim.acted_at <= stop.effective_at:
        says = (
            f"Consent must be later than {to_the_second(stop.effective_at)}, when this number opted out. What they "
            "agreed to before that does not count any more: they have to agree anew."
        )
        return RecordRefused(RecordRefusal.NOT_LATER, says, "acted_at")
    closed = _closed_by(claim, member=member, at=at)
    if closed is None:
        return None
    did = "when the number left them" if closed.act is ConsentAct.STALE else "when they left the box unticked"
    says = (
        f"Consent must be later than {to_the_second(closed.effective_at)}, {did}. They have to agree anew, for this "
        "number."
    )
    return RecordRefused(RecordRefusal.NOT_LATER, says, "acted_at")


def _closed_by(claim: Claim, *, member: Member, at: datetime) -> Event | None:
    """What would still stand against the claim if it were a line of the ledger: the fold itself is asked."""
    with platform_scope():
        events = events_of([claim.number])[claim.number]
    now = max([at, *(max(event.recorded_at, event.effective_at) for event in events)])
    for channel in claim.channels:
        line = Event(
            ConsentAct.GRANT,
            channel,
            "tenant",
            effective_at=claim.acted_at,
            recorded_at=now,
            tenant_id=member.tenant_id,
            member_id=member.pk,
            source="recorded",
            ref="",
        )
        found = standing((*events, line), channel=channel, tenant_id=member.tenant_id, member_id=member.pk, at=now)
        if found.state in (StandingState.DECLINED, StandingState.STALE):
            return found.because
    return None


def _of_other(claim: Claim, *, member: Member, but: ConsentRecord | None) -> RecordRefused | None:
    """Whether the same document or address was evidence of another person, number or act in this tenant."""
    used = ConsentRecord.objects.filter(
        tenant_id=member.tenant_id, state__in=[ConsentRecord.State.PENDING, ConsentRecord.State.APPROVED]
    ).exclude(pk=but.pk if but else 0)
    same = used.filter(evidence_file__sha256=claim.sha256) if claim.sha256 is not None else used.none()
    found = [
        *[(row, "document") for row in same.select_related("member")],
        *[(row, "url") for row in used.filter(evidence_url=claim.url).select_related("member") if claim.url],
    ]
    for row, field in found:
        if row.member_id != member.pk or row.number != claim.number:
            whose = row.member.name if row.member_id != member.pk else f"their other number {row.number}"
            says = f"This evidence is of {whose} ({row.public_id}). Each person and number needs evidence of their own."
            return RecordRefused(RecordRefusal.EVIDENCE_OF_OTHER, says, field)
        if row.acted_at != claim.acted_at:
            says = (
                f"This evidence is of what they did on {to_the_second(row.acted_at)} ({row.public_id}). What they did "
                "at another time needs evidence of its own."
            )
            return RecordRefused(RecordRefusal.EVIDENCE_OF_OTHER, says, field)
    return None


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return len(url) <= LONGEST_URL and parts.scheme == "https" and "." in (parts.hostname or "")
    except ValueError:
        return False
