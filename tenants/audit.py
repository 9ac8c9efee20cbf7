"""Writes who did what into the append-only audit log, in the caller's transaction.

The catalogue says each act in one sentence. Personal data goes into a side row that can be erased; the entry keeps its
salted digest.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models

from imes.kernel.canonical import salted_digest
from tenants.models import AuditDetail, AuditEntry, User
from tenants.request_id import request_id


class Act(StrEnum):
    """Every act that is audited, by its stable code."""

    OBJECT_ADDED = "object.added"
    OBJECT_CHANGED = "object.changed"
    OBJECT_DELETED = "object.deleted"
    STANDING_CHANGED = "tenant.standing_changed"
    INVITE_SENT = "invite.sent"
    INVITE_RESENT = "invite.resent"
    INVITE_REVOKED = "invite.revoked"
    INVITE_ACCEPTED = "invite.accepted"
    CONSENT_GIVEN = "consent.given"
    CONSENT_DECLINED = "consent.declined"
    OPTED_OUT = "consent.opted_out"
    OPTED_IN = "consent.opted_in"
    NUMBER_PROVED = "number.proved"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    OPT_OUT_RECORDED = "consent.opt_out_recorded"
    CONSENT_RECORDED = "consent.recorded"
    CONSENT_APPROVED = "consent.approved"
    CONSENT_REFUSED = "consent.refused"
    RECORD_WITHDRAWN = "consent.record_withdrawn"
    CONSENT_ASKED = "consent.asked_by_email"
    CONSENT_FLIP_REFUSED = "consent.flip_refused"
    BLOCK_LEARNED = "block.learned"
    BLOCK_CLEARED = "block.cleared"
    CONSENT_PUSHED = "block.consent_pushed"
    EVIDENCE_EXPORTED = "consent.evidence_exported"
    REVIEW_DECIDED = "review.decided"
    SMS_SWITCHED = "member.sms_switched"
    SEAT_ASSIGNED = "seat.assigned"
    SEAT_REMOVED = "seat.removed"
    PLAN_CHANGED = "tenant.plan_changed"
    REGISTRATION_CHANGED = "sender.registration_changed"
    SENDER_ASKED_ABOUT = "sender.asked_about"
    INVITES_IMPORTED = "invite.imported"
    HOOK_MADE = "hook.made"
    HOOK_REVOKED = "hook.revoked"
    ALERT_OPENED = "alert.opened"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    CREDENTIALS_CHANGED = "account.credentials_changed"
    DIAGNOSED = "notification.diagnosed"
    TOPPED_UP = "billing.topped_up"
    USAGE_EXPORTED = "billing.usage_exported"
    CUSTOMER_LINKED = "billing.customer_linked"
    ALLOWANCE_CHANGED = "billing.allowance_changed"
    SCHEDULE_CHANGED = "schedule.changed"
    SCHEDULE_REMOVED = "schedule.removed"
    TIME_OFF_ADDED = "schedule.time_off_added"
    TIME_OFF_REMOVED = "schedule.time_off_removed"
    LINE_CORRECTED = "phone.line_corrected"
    LINE_LEARNED = "phone.line_learned"
    MESSAGE_SENT = "message.sent"
    RESENT = "notification.resent"
    ALERT_RESOLVED = "alert.resolved"
    STEP_REACHED_NOBODY = "alert.step_reached_nobody"
    ROUTER_DRILLED = "router.drilled"
    ROUTER_RESTORED = "router.restored"


SENTENCES: dict[Act, str] = {
    Act.OBJECT_ADDED: "{actor} added {subject}",
    Act.OBJECT_CHANGED: "{actor} changed {subject}",
    Act.OBJECT_DELETED: "{actor} deleted {subject}",
    Act.STANDING_CHANGED: "{actor} changed the tenant's standing",
    Act.INVITE_SENT: "{actor} invited {subject}",
    Act.INVITE_RESENT: "{actor} sent invite {subject} again",
    Act.INVITE_REVOKED: "{actor} revoked invite {subject}",
    Act.INVITE_ACCEPTED: "{actor} accepted invite {subject}",
    Act.CONSENT_GIVEN: "{actor} gave consent ({subject})",
    Act.CONSENT_DECLINED: "{actor} left the consent box unticked ({subject})",
    Act.OPTED_OUT: "A handset opted out ({subject})",
    Act.OPTED_IN: "A handset opted back in ({subject})",
    Act.NUMBER_PROVED: "{actor} proved a number ({subject})",
    Act.CONSENT_WITHDRAWN: "{actor} withdrew consent ({subject})",
    Act.OPT_OUT_RECORDED: "{actor} recorded an opt-out that a person asked for ({subject})",
    Act.CONSENT_RECORDED: "{actor} recorded a consent, which waits for a second person ({subject})",
    Act.CONSENT_APPROVED: "{actor} approved the recorded consent {subject}",
    Act.CONSENT_REFUSED: "{actor} did not approve the recorded consent {subject}",
    Act.CONSENT_ASKED: "{actor} asked {subject} by e-mail to decide about consent",
    Act.RECORD_WITHDRAWN: "{actor} withdrew the recorded consent {subject} before it was decided",
    Act.CONSENT_FLIP_REFUSED: "{actor} tried to lift an opt-out without a lawful way; nothing was changed ({subject})",
    Act.BLOCK_LEARNED: "A provider blocks a sender for a number ({subject})",
    Act.BLOCK_CLEARED: "A provider's block was cleared ({subject})",
    Act.CONSENT_PUSHED: "{actor} told the provider of a consent ({subject})",
    Act.EVIDENCE_EXPORTED: "{actor} exported the evidence of {subject}",
    Act.REVIEW_DECIDED: "{actor} decided review {subject}",
    Act.SMS_SWITCHED: "{actor} turned the SMS switch of {subject}",
    Act.SEAT_ASSIGNED: "{actor} gave an SMS seat ({subject})",
    Act.SEAT_REMOVED: "{actor} took back an SMS seat ({subject})",
    Act.PLAN_CHANGED: "{actor} changed the tenant's plan ({subject})",
    Act.REGISTRATION_CHANGED: "{actor} entered the registration of sender {subject}",
    Act.SENDER_ASKED_ABOUT: "{actor} asked the provider what sender {subject} can do and where its texts go",
    Act.INVITES_IMPORTED: "{actor} imported invites ({subject})",
    Act.HOOK_MADE: "{actor} made webhook {subject}",
    Act.HOOK_REVOKED: "{actor} revoked webhook {subject}",
    Act.ALERT_OPENED: "{actor} fired alert {subject}",
    Act.ALERT_ACKNOWLEDGED: "Alert {subject} was acknowledged",
    Act.CREDENTIALS_CHANGED: "{actor} replaced the secret of {subject}",
    Act.DIAGNOSED: "{actor} diagnosed {subject}",
    Act.TOPPED_UP: "{actor} added to the tenant's limits of the month ({subject})",
    Act.USAGE_EXPORTED: "{actor} exported the usage of {subject}",
    Act.CUSTOMER_LINKED: "{actor} linked the tenant to a customer of the payment provider ({subject})",
    Act.ALLOWANCE_CHANGED: "{actor} changed the daily allowance of {subject}",
    Act.SCHEDULE_CHANGED: "{actor} changed the schedule of {subject}",
    Act.SCHEDULE_REMOVED: "{actor} removed the schedule of {subject}",
    Act.TIME_OFF_ADDED: "{actor} entered time off of {subject}",
    Act.TIME_OFF_REMOVED: "{actor} removed time off of {subject}",
    Act.LINE_CORRECTED: "{actor} corrected what kind of line {subject} is",
    Act.LINE_LEARNED: "The kind of line of {subject} was learned",
    Act.MESSAGE_SENT: "{actor} sent a message by hand ({subject})",
    Act.RESENT: "{actor} sent {subject} again",
    Act.ALERT_RESOLVED: "{actor} resolved alert {subject}",
    Act.STEP_REACHED_NOBODY: "A step of alert {subject} reached nobody",
    Act.ROUTER_DRILLED: "{actor} took a route out for a drill ({subject})",
    Act.ROUTER_RESTORED: "{actor} took a route back in before its drill was over ({subject})",
}


def record(
    act: Act,
    *,
    tenant_id: int | None,
    actor: User | None,
    subject: models.Model,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry about `subject`; `data` holds what may have to be erased one day (names, values)."""
    salt = os.urandom(16)
    detail = dict(data or {})
    entry = AuditEntry.objects.create(
        tenant_id=tenant_id,
        actor_id=actor.pk if actor else None,
        actor_kind="login" if actor else "portal",
        code=act.value,
        subject_kind=subject._meta.label_lower,
        subject_id=str(getattr(subject, "public_id", subject.pk)),
        at=at,
        request_id=request_id.get(),
        digest=salted_digest(detail, salt=salt),
    )
    AuditDetail.objects.create(entry=entry, tenant_id=tenant_id, salt=salt, data=detail)
    return entry


def sentence(entry: AuditEntry, *, actor_name: str) -> str:
    """Say the entry in one sentence; a code that left the catalogue is shown as it stands."""
    try:
        template = SENTENCES[Act(entry.code)]
    except ValueError:
        return f"{entry.code} {entry.subject_id}"
    return template.format(actor=actor_name or "The portal", subject=entry.subject_id)
