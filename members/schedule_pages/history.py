"""Who changed a member's schedule last, and when, from the audit log; what was changed stands on its own page."""

from dataclasses import dataclass
from datetime import datetime

from members.models import Member
from tenants.audit import Act
from tenants.models import AuditEntry, User

_ACTS = (Act.SCHEDULE_CHANGED, Act.SCHEDULE_REMOVED, Act.TIME_OFF_ADDED, Act.TIME_OFF_REMOVED)
_DID = {
    Act.SCHEDULE_CHANGED: "changed the schedule",
    Act.SCHEDULE_REMOVED: "removed the schedule",
    Act.TIME_OFF_ADDED: "entered time off",
    Act.TIME_OFF_REMOVED: "removed time off",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One act about a schedule."""

    at: datetime
    who: str
    did: str


def last_change(member: Member) -> Change | None:
    """The newest act about this member's schedule. Two queries, by the audit log's index; needs the tenant's scope."""
    entries = AuditEntry.objects.filter(subject_kind=member._meta.label_lower, subject_id=member.public_id)
    newest = entries.filter(code__in=_ACTS).order_by("-id").first()
    if newest is None:
        return None
    user = User.objects.filter(pk=newest.actor_id).first() if newest.actor_id is not None else None
    return Change(newest.at, (user.name or user.email) if user else "The portal", _DID[Act(newest.code)])
