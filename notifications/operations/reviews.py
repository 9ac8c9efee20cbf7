"""Replies that a person should look at: opened when a text is taken in, decided once, by somebody who may.

A decision can add an opt-out and can never lift one: what the handset said stands until the handset says START.
"""

from dataclasses import dataclass
from datetime import datetime

from imes.kernel.phone import mask
from members.consent.handset import opt_out_from_handset
from members.consent.ledger import lock_numbers
from notifications.models import InboundMessage, Review
from notifications.operations.consent_messages import ConsentMessenger
from notifications.operations.consent_push import push_opt_out_after_answer
from notifications.queries.inbound import member_with
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import platform_scope

_LONGEST_NOTE = 400


@dataclass(frozen=True, slots=True)
class Decided:
    """The review as it stands now; `is_new` is False where somebody had decided it before."""

    review: Review
    is_new: bool


def open_review(kind: Review.Kind, *, text: InboundMessage, score: int, because: str, at: datetime) -> Review:
    """Ask people about a text; needs the platform's scope."""
    return Review.objects.create(
        tenant_id=text.tenant_id,
        kind=kind,
        number=text.number,
        inbound=text,
        score=score,
        because=because[:200],
        opened_at=at,
    )


def decide(review: Review, *, decision: Review.Decision, note: str, actor: User, at: datetime) -> Decided:
    """Write what a person decided; an opt-out counts at once and everywhere, from when the text came.

    The first decision stands: a second one changes nothing. The caller has checked who may decide it.
    """
    with platform_scope():
        # Numbers are locked before anything else, everywhere.
        lock_numbers([review.number], exclusively=True)
        row = Review.objects.select_for_update().get(pk=review.pk)
        if row.decided_at is not None:
            return Decided(row, is_new=False)
        if decision is Review.Decision.OPT_OUT:
            _opt_out(row, at=at)
        row.decision, row.note = decision, note[:_LONGEST_NOTE]
        row.decided_by, row.decided_at = actor, at
        row.save(update_fields=["decision", "note", "decided_by", "decided_at"])
        about = {"decision": decision.value, "number": mask(row.number)}
        record(Act.REVIEW_DECIDED, tenant_id=row.tenant_id, actor=actor, subject=row, at=at, data=about)
        # What waited for this decision is ruled anew.
        ConsentMessenger().consent_changed(number=row.number, at=at)
    return Decided(row, is_new=True)


def _opt_out(review: Review, *, at: datetime) -> None:
    if review.inbound_id is None:
        return
    text = InboundMessage.objects.select_related("sender__account").get(pk=review.inbound_id)
    member = member_with(text.number, tenant_id=text.tenant_id)
    event = opt_out_from_handset(
        number=text.number,
        at=at,
        received_at=text.received_at,
        raw_text=text.body,
        method="free text",
        provider=text.provider,
        provider_message_id=text.provider_message_id,
        sender_address=text.to_address,
        tenant_id=text.tenant_id,
        member_id=member.pk if member else None,
    )
    if event is None:
        return
    InboundMessage.objects.filter(pk=text.pk).update(outcome="opted_out_by_review")
    if text.sender is not None:
        push_opt_out_after_answer(
            number=text.number,
            sender=text.sender,
            said_at=text.received_at,
            answer=None,
            tenant_id=text.tenant_id,
            at=at,
        )
