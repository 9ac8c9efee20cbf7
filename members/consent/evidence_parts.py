"""What stands around the lines of a ledger in evidence: people, documents, proofs; each as plain, canonical values.

Names and addresses are those of today: the ledger keeps ids, which outlive them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from members.models import ConsentEvent, ConsentRecord, Member, NumberCode
from tenants.models import Tenant, User

Plain = dict[str, Any]


def people(user_ids: Iterable[int | None]) -> dict[int, Plain]:
    """These logins by id. One query."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    return {user.pk: person(user) for user in User.objects.filter(pk__in=wanted)}


def person(user: User) -> Plain:
    """A login as evidence names it."""
    return {"id": user.public_id, "name": user.name, "email": user.email}


def member_of(member: Member) -> Plain:
    """A team member as evidence names them."""
    return {"id": member.public_id, "name": member.name, "email": member.email}


def tenant_of(tenant: Tenant) -> Plain:
    """An organisation as evidence names it."""
    return {"id": tenant.public_id, "name": tenant.name}


def bases(lines: Iterable[ConsentEvent]) -> dict[str, Plain]:
    """What lines rest on, by its id: an approved record with its document, or the proof of a number. Two queries."""
    refs = {line.evidence_ref for line in lines if line.evidence_ref}
    records = ConsentRecord.objects.filter(public_id__in=refs).select_related("recorded_by", "decided_by")
    codes = NumberCode.objects.filter(public_id__in=refs).select_related("user")
    found = {record.public_id: _record(record) for record in records.select_related("evidence_file")}
    return {**found, **{code.public_id: _code(code) for code in codes}}


def _record(record: ConsentRecord) -> Plain:
    file = record.evidence_file
    return {
        "id": record.public_id,
        "what": "A consent that one person recorded and another one approved",
        "method": record.get_method_display(),
        "acted_at": record.acted_at,
        "statement": record.statement,
        "state": record.get_state_display(),
        "recorded_by": person(record.recorded_by),
        "recorded_at": record.recorded_at,
        "decided_by": person(record.decided_by) if record.decided_by else None,
        "decided_at": record.decided_at,
        "decision_note": record.decision_note,
        "url": record.evidence_url or None,
        "file": {"id": file.public_id, "name": file.name, "bytes": file.size, "sha256": bytes(file.sha256).hex()}
        if file
        else None,
    }


def _code(code: NumberCode) -> Plain:
    return {
        "id": code.public_id,
        "what": "A code that proved the number",
        "method": code.get_direction_display(),
        "asked_at": code.created_at,
        "proved_at": code.proved_at,
        "asked_by": person(code.user) if code.user else None,
    }


def wording(line: ConsentEvent) -> Plain | None:
    """What the person saw, word for word, with its version and digest."""
    if not line.disclosure_text:
        return None
    return {
        "version": line.disclosure_version,
        "text": line.disclosure_text,
        "sha256": bytes(line.disclosure_digest or b"").hex(),
    }


def provider(line: ConsentEvent) -> Plain | None:
    """The provider's message that a line rests on."""
    if not line.provider:
        return None
    return {"name": line.provider, "message_id": line.provider_message_id, "sender": line.sender_address}


def named(found: Mapping[int, Plain], key: int | None) -> Plain | None:
    """Somebody by id; the id alone where they are no longer kept."""
    return None if key is None else found.get(key, {"id": str(key), "name": "", "email": ""})
