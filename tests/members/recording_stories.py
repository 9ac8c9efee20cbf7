"""Short words for recorded consents: somebody writes down what Ben did, and a second person decides."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from members.consent.disclosure import VERSIONS
from members.consent.document import Document, examine_document
from members.consent.record_checks import RecordRefused
from members.consent.recording import Approved, Entry, approve_record, record_consent
from members.consent.standing import StandingState
from members.models import ConsentEvent, ConsentRecord, Member
from members.queries import standing_of
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, PASSWORD
from tests.members.stories import MINUTE, NOW

PDF = b"%PDF-1.4\n% Ben's signed form\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 32
MAIL = b"From: ben@harbor.example\r\nDate: Fri, 20 Nov 2026 18:00:00 +0000\r\nSubject: yes\r\n\r\nText me again.\r\n"


def document(content: bytes = PDF, name: str = "ben.pdf") -> Document:
    found = examine_document(name, content=content)
    assert isinstance(found, Document)
    return found


def entry(**changes: Any) -> Entry:
    """Ben signed the portal's SMS wording on paper just now."""
    told = Entry(
        number=BEN_NUMBER,
        channels=("sms",),
        method="paper",
        acted_at=NOW,
        wording_version=VERSIONS["sms"],
        statement="Ben signed the form at the gate; I was there.",
        document=document(),
    )
    return replace(told, **changes)


def second_admin(tenant: Tenant, *, name: str = "Dora") -> User:
    """One more admin of the tenant."""
    with platform_scope():
        user = User.objects.create_user(f"{name.lower()}@{tenant.slug}.example", PASSWORD, name=name)
        Membership.objects.create(tenant=tenant, user=user, role=Role.ADMIN)
    return user


def records(
    member: Member, *, by: User, at: datetime = NOW + MINUTE, told: Entry | None = None
) -> ConsentRecord | RecordRefused:
    with tenant_scope(member.tenant_id):
        return record_consent(told or entry(), member=member, actor=by, at=at)


def recorded(member: Member, *, by: User, at: datetime = NOW + MINUTE, told: Entry | None = None) -> ConsentRecord:
    """As `records`, where nothing stands against it."""
    found = records(member, by=by, at=at, told=told)
    assert isinstance(found, ConsentRecord), found
    return found


def approves(row: ConsentRecord, *, by: User, at: datetime = NOW + 2 * MINUTE) -> Approved | RecordRefused:
    with tenant_scope(row.tenant_id):
        return approve_record(row, actor=by, at=at)


def state_of(member: Member, *, at: datetime = NOW + 10 * MINUTE, channel: Any = "sms") -> StandingState | None:
    with tenant_scope(member.tenant_id):
        found = standing_of(member, channel=channel, at=at)
    return found.state if found else None


def lines(act: str = "grant") -> list[ConsentEvent]:
    with platform_scope():
        return list(ConsentEvent.objects.filter(act=act).order_by("id").select_related("detail"))
