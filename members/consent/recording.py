"""Writes down a consent that a member gave elsewhere, and has a second person decide on it.

A record is not consent: the lines of the ledger that count are written when it is approved, and then for the very act,
number and wording of the record. Product readings 1 and 10; the database holds to the same rules.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from imes.kernel.phone import mask
from members.consent.choices import Channel, after_change, standing_now
from members.consent.deciders import admins_of, may_decide, may_record
from members.consent.disclosure import Disclosure
from members.consent.document import Document
from members.consent.ledger import append, lock_numbers
from members.consent.record_checks import Claim, RecordRefusal, RecordRefused, fact_refusal, form_refusal
from members.consent.standing import Standing
from members.consent.wordings import WordingRefused, says_something, wording_of
from members.models import ConsentEvent, ConsentRecord, EvidenceFile, Member
from tenants.audit import Act, record
from tenants.models import PlatformRole, User
from tenants.scope import platform_scope


@dataclass(frozen=True, slots=True)
class Entry:
    """What the recorder enters: what the member did, on which words, and what shows it.

    `wording_version` is one of `known_versions()`, or the name of another form whose words are in `wording_text`.
    """

    number: str
    channels: tuple[Channel, ...]
    method: str
    acted_at: datetime
    wording_version: str
    statement: str
    wording_text: str = ""
    document: Document | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """The record, and how each of its channels stands from now on."""

    record: ConsentRecord
    standings: dict[Channel, Standing]


def record_refusal(entry: Entry, *, member: Member, actor: User, at: datetime) -> RecordRefused | None:
    """What would stand against `record_consent`; it writes nothing. Needs the tenant's or the platform's scope."""
    found = _examined(entry, member=member, actor=actor, at=at)
    return found if isinstance(found, RecordRefused) else None


def record_consent(entry: Entry, *, member: Member, actor: User, at: datetime) -> ConsentRecord | RecordRefused:
    """Write down what the member did elsewhere, to wait for a second person; needs the tenant's or platform's scope.

    Nothing may be sent from this alone. It serves a member who never agreed as well as one who opted out.
    """
    with platform_scope():
        lock_numbers([entry.number], exclusively=True)
    wording = _examined(entry, member=member, actor=actor, at=at)
    if isinstance(wording, RecordRefused):
        return wording
    row = ConsentRecord.objects.create(
        tenant_id=member.tenant_id,
        member=member,
        number=entry.number,
        channels=sorted(set(entry.channels)),
        method=entry.method,
        acted_at=entry.acted_at,
        disclosure_version=wording.version,
        disclosure_text=wording.text,
        disclosure_digest=wording.digest,
        evidence_url=entry.url.strip(),
        evidence_file=_keep(entry.document, member=member, at=at) if entry.document else None,
        statement=entry.statement.strip(),
        recorded_by=actor,
        recorded_at=at,
    )
    _audit(Act.CONSENT_RECORDED, row, actor=actor, at=at)
    return row


def approve_record(row: ConsentRecord, *, actor: User, at: datetime, note: str = "") -> Approved | RecordRefused:
    """Have the recorded consent count from now on, by a second person's word; everything is checked again.

    It counts for this member, number and tenant alone, and lifts no provider's block.
    """
    locked = _locked(row)
    refused = _decider_refusal(locked, actor=actor) or fact_refusal(
        _claim(locked), member=locked.member, at=at, but=locked
    )
    if refused is not None:
        return refused
    channels = _channels(locked)
    tenant, member, number = locked.tenant, locked.member, locked.number
    before = {each: standing_now(tenant=tenant, member=member, number=number, channel=each, at=at) for each in channels}
    _decide(locked, ConsentRecord.State.APPROVED, actor=actor, note=note, at=at)
    for channel in channels:
        _grant(locked, channel=channel, actor=actor, at=at)
    _audit(Act.CONSENT_APPROVED, locked, actor=actor, at=at)
    now = {
        each: after_change(tenant=tenant, member=member, number=number, channel=each, before=before[each], at=at)
        for each in channels
    }
    return Approved(locked, now)


def refuse_record(row: ConsentRecord, *, actor: User, at: datetime, note: str) -> ConsentRecord | RecordRefused:
    """Decide that the record shows no consent; by whoever could have approved it, with the reason."""
    locked = _locked(row)
    refused = _decider_refusal(locked, actor=actor)
    if refused is None and not says_something(note):
        says = "Say why it is not approved, so that whoever recorded it knows what is missing."
        refused = RecordRefused(RecordRefusal.NO_REASON, says, "note")
    if refused is not None:
        return refused
    _decide(locked, ConsentRecord.State.REFUSED, actor=actor, note=note, at=at)
    _audit(Act.CONSENT_REFUSED, locked, actor=actor, at=at)
    return locked


def withdraw_record(row: ConsentRecord, *, actor: User, at: datetime, note: str = "") -> ConsentRecord | RecordRefused:
    """Take a record back before it is decided; by whoever recorded it."""
    locked = _locked(row)
    if locked.state != ConsentRecord.State.PENDING:
        return _decided_already(locked)
    if locked.recorded_by_id != actor.pk:
        says = f"Only {locked.recorded_by}, who recorded it, can withdraw it."
        return RecordRefused(RecordRefusal.NOT_RECORDER, says)
    _decide(locked, ConsentRecord.State.WITHDRAWN, actor=actor, note=note, at=at)
    _audit(Act.RECORD_WITHDRAWN, locked, actor=actor, at=at)
    return locked


def _examined(entry: Entry, *, member: Member, actor: User, at: datetime) -> Disclosure | RecordRefused:
    """The words of the record, where nothing stands against it."""
    if not may_record(actor, tenant_id=member.tenant_id):
        return RecordRefused(RecordRefusal.NO_RIGHT, "Consent is recorded by an admin of the tenant.")
    url = entry.url.strip()
    refused = form_refusal(
        channels=entry.channels, method=entry.method, statement=entry.statement, document=entry.document, url=url
    )
    if refused is not None:
        return refused
    wording = wording_of(
        entry.wording_version, pasted=entry.wording_text, channels=entry.channels, tenant=member.tenant
    )
    if isinstance(wording, WordingRefused):
        field = "wording_text" if wording.field == "pasted" else "wording_version"
        return RecordRefused(RecordRefusal.WORDING, wording.says, field)
    sha256 = entry.document.sha256 if entry.document else None
    claim = Claim(entry.number, entry.channels, entry.acted_at, sha256, url)
    return fact_refusal(claim, member=member, at=at) or wording


def _keep(document: Document, *, member: Member, at: datetime) -> EvidenceFile:
    return EvidenceFile.objects.create(
        tenant_id=member.tenant_id,
        name=document.name,
        content_type=document.content_type,
        size=len(document.content),
        sha256=document.sha256,
        content=document.content,
        uploaded_at=at,
    )


def _locked(row: ConsentRecord) -> ConsentRecord:
    """The record as it stands, with its number locked before it: no STOP and no second decision comes in between."""
    with platform_scope():
        lock_numbers([row.number], exclusively=True)
    rows = ConsentRecord.objects.select_for_update(of=("self",)).defer("evidence_file__content")
    return rows.select_related("tenant", "member", "recorded_by", "decided_by", "evidence_file").get(pk=row.pk)


def _channels(row: ConsentRecord) -> tuple[Channel, ...]:
    return tuple(cast(Channel, channel) for channel in row.channels)


def _claim(row: ConsentRecord) -> Claim:
    sha256 = bytes(row.evidence_file.sha256) if row.evidence_file is not None else None
    return Claim(row.number, _channels(row), row.acted_at, sha256, row.evidence_url)


def _decider_refusal(row: ConsentRecord, *, actor: User) -> RecordRefused | None:
    if row.state != ConsentRecord.State.PENDING:
        return _decided_already(row)
    if actor.pk == row.recorded_by_id:
        says = "You recorded this yourself. Another person approves it: what one person writes down proves nothing."
        return RecordRefused(RecordRefusal.SAME_PERSON, says)
    if actor.pk == row.member.user_id:
        says = "This is about yourself. Agree on your own page, or have another person decide."
        return RecordRefused(RecordRefusal.OWN_LOGIN, says)
    if may_decide(row, actor, admins=admins_of([row.tenant_id])[row.tenant_id]):
        return None
    says = "It is decided by another admin of the tenant."
    if actor.platform_role == PlatformRole.PLATFORM:
        says += " The platform decides where a tenant has a single admin."
    return RecordRefused(RecordRefusal.NO_RIGHT, says)


def _decided_already(row: ConsentRecord) -> RecordRefused:
    says = f"This record is {row.get_state_display().lower()} already. A new act needs a new record."
    return RecordRefused(RecordRefusal.DECIDED, says)


def _decide(row: ConsentRecord, state: ConsentRecord.State, *, actor: User, note: str, at: datetime) -> None:
    row.state, row.decided_by, row.decided_at, row.decision_note = state, actor, at, note.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


def _grant(row: ConsentRecord, *, channel: Channel, actor: User, at: datetime) -> ConsentEvent:
    evidence = {"record": row.public_id, "statement": row.statement, "evidence_url": row.evidence_url}
    if row.evidence_file is not None:
        evidence["evidence_sha256"] = bytes(row.evidence_file.sha256).hex()
    return append(
        act=ConsentEvent.Act.GRANT,
        channel=ConsentEvent.Channel(channel),
        reach=ConsentEvent.Reach.TENANT,
        number=row.number,
        tenant_id=row.tenant_id,
        member_id=row.member_id,
        actor_id=actor.pk,
        source="recorded",
        method=row.get_method_display().lower(),
        effective_at=row.acted_at,
        at=at,
        disclosure=Disclosure(row.disclosure_version, row.disclosure_text, bytes(row.disclosure_digest)),
        details={"recorded_by": str(row.recorded_by), **evidence},
        evidence_ref=row.public_id,
    )


def _audit(act: Act, row: ConsentRecord, *, actor: User, at: datetime) -> None:
    about = {"number": mask(row.number), "channels": list(row.channels), "state": row.state, "note": row.decision_note}
    record(act, tenant_id=row.tenant_id, actor=actor, subject=row, at=at, data=about)
