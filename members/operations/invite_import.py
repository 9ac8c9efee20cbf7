"""Sends the invites of a file whose rows were judged. Nothing here can grant consent.

What a file claims of somebody's consent is not taken over; where that person has opted out, the claim is written down.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection

from members.consent.standing import StandingState
from members.invite_rows import CheckedRow
from members.models import Invite, Member
from members.models.number_change import Door
from members.models.phone import Origin
from members.operations.invites import Asked, invite_all
from members.operations.number_door import number_door
from members.operations.phones import add_phone
from members.operations.places import places_locked
from members.queries import reachable
from tenants.audit import Act, record
from tenants.models import Tenant, User


def import_invites(
    rows: Sequence[CheckedRow],
    *,
    tenant: Tenant,
    actor: User,
    valid_for: timedelta,
    import_ref: str,
    at: datetime,
) -> list[Invite]:
    """Invite the people of these rows, which are all right; needs the tenant's scope. E-mails go on commit.

    A number comes in with its origin, and with no consent: its owner decides on the invite's page.
    """
    people = []
    for row in rows:
        member = row.member
        if row.number:
            member = member or Member.objects.create(tenant=tenant, name=row.name, email=row.email)
            with number_door(Door.IMPORT, member_id=member.pk, actor=actor, at=at):
                add_phone(member=member, number=row.number, origin=Origin.IMPORT, actor=actor, at=at)
        people.append(Asked(email=row.email, name=row.name, role=row.role, member=member))
    written = invite_all(people, tenant=tenant, actor=actor, at=at, valid_for=valid_for, import_ref=import_ref)
    return [row for row, _ in written]


def note_import(*, tenant: Tenant, actor: User, import_ref: str, rows: int, kept_out: int, at: datetime) -> None:
    """Write into the audit log that a file of invites is being sent, once for each file."""
    about = {"import": import_ref, "rows": rows, "kept_out": kept_out}
    record(Act.INVITES_IMPORTED, tenant_id=tenant.pk, actor=actor, subject=tenant, at=at, data=about)


def note_claims(rows: Iterable[CheckedRow], *, tenant: Tenant, actor: User, at: datetime) -> list[Member]:
    """Write down each row that claims a consent for somebody who has opted out; nothing is changed by it.

    Returns who they are: no file can speak for them (case R1).
    """
    claimed = [row.member for row in rows if row.claims_consent and row.member is not None]
    out: dict[int, Member] = {}
    for channel in ("sms", "voice"):
        found = reachable(claimed, channel=channel, at=at)
        for member in claimed:
            standing = found[member.pk].standing
            if standing is not None and standing.state is StandingState.OPTED_OUT:
                out[member.pk] = member
    for member in out.values():
        about = {"door": "import of invites"}
        record(Act.CONSENT_FLIP_REFUSED, tenant_id=tenant.pk, actor=actor, subject=member, at=at, data=about)
    return list(out.values())


def lock_imports(tenant: Tenant) -> None:
    """Let one import of the tenant go on at a time, until the transaction ends: two tabs invite nobody twice.

    Nobody else adds members meanwhile, so that the rows that fit into the plan still fit when they are written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"members.import:{tenant.pk}"])
    places_locked(tenant.pk)
