"""Who may record a consent, and who may decide on one: never who recorded it, never whom it is about.

A tenant's admins decide; the platform decides where a tenant has a single admin, or none that may. The database holds
to the same rule (members/migrations/0005_records_have_a_second_person.py).
"""

from collections.abc import Iterable, Mapping

from members.models import ConsentRecord
from tenants.models import Membership, PlatformRole, Role, User

#: A page shows this many of those who may decide; the badge counts no further.
MOST_WAITING = 100


def admins_of(tenant_ids: Iterable[int]) -> Mapping[int, dict[int, str]]:
    """The admins of each tenant who can sign in: their names by their login. One query, in the open scope."""
    found: dict[int, dict[int, str]] = {tenant_id: {} for tenant_id in tenant_ids}
    if found:
        rows = Membership.objects.filter(tenant_id__in=found, role=Role.ADMIN, user__is_active=True)
        for row in rows.select_related("user").order_by("user__name", "user_id"):
            found[row.tenant_id][row.user_id] = str(row.user)
    return found


def may_record(user: User, *, tenant_id: int) -> bool:
    """Whether this login may write down what a member of the tenant did; needs the tenant's or the platform's scope."""
    if not user.is_active:
        return False
    return user.platform_role == PlatformRole.PLATFORM or user.pk in admins_of([tenant_id])[tenant_id]


def may_decide(record: ConsentRecord, user: User, *, admins: Mapping[int, str]) -> bool:
    """Whether `user` is a second person for this record; `admins` are those of its tenant."""
    if not user.is_active or user.pk in (record.recorded_by_id, record.member.user_id):
        return False
    if user.pk in admins:
        return True
    return user.platform_role == PlatformRole.PLATFORM and (len(admins) <= 1 or not _others(record, admins))


def waits_for(record: ConsentRecord, *, admins: Mapping[int, str]) -> list[str]:
    """The names of the admins who may decide; empty where only a platform admin may."""
    return [name for pk, name in admins.items() if pk in _others(record, admins)]


def waiting_records(user: User) -> list[ConsentRecord]:
    """The records in the open scope that wait for a word of `user`, oldest first. Two queries."""
    pending = ConsentRecord.objects.filter(state=ConsentRecord.State.PENDING).exclude(recorded_by=user)
    rows = list(pending.select_related("member", "recorded_by").order_by("id")[:MOST_WAITING])
    admins = admins_of(row.tenant_id for row in rows)
    return [row for row in rows if may_decide(row, user, admins=admins[row.tenant_id])]


def _others(record: ConsentRecord, admins: Mapping[int, str]) -> set[int]:
    return set(admins) - {record.recorded_by_id, record.member.user_id}
