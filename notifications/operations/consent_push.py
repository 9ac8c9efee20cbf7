"""Asks a provider to change its own opt-out list, through its consent API, where that can work.

A request is a row first, and is made after the transaction that wrote it; what is not taken is asked again by the
worker (consent_pushing.py). US toll-free numbers are the network's: there only a START helps, and nothing is asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from imes.kernel.phone import mask
from members.consent.ledger import lock_numbers
from notifications.models import ConsentPush, Notification, ProviderBlock, Sender
from notifications.operations.consent_pushing import push_now
from notifications.providers.consents import ConsentSource, Wish
from notifications.queries.blocks import TOLL_FREE_SAYS
from notifications.wake import wake_consents
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import platform_scope

State = ConsentPush.State
#: Our own confirmation of an opt-out goes within this time, or not at all (47 CFR 64.1200(a)(12)).
ANSWER_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a request so far; `says` is fit for a page, `again_at` is when it is asked again."""

    public_id: str
    sender_address: str
    state: ConsentPush.State
    code: str
    says: str
    again_at: datetime | None

    @property
    def is_lifted(self) -> bool:
        """The provider blocks the sender for the number no longer."""
        return self.state is State.TAKEN


def push_consent(
    *,
    number: str,
    sender: Sender,
    wish: Wish,
    said_at: datetime,
    source: ConsentSource,
    tenant_id: int | None,
    actor: User | None,
    at: datetime,
) -> Pushed:
    """Tell the sender's provider that the person behind `number` agreed or opted out at `said_at`.

    Asked at once after the transaction around it, so that inside one the answer is not known yet: read it from the
    block, or from `pushes_of`, on the next page. An earlier request about the same sender that still waits is dropped.
    Locks the number. Needs the right to decide it: consent that was approved, or an opt-out.
    """
    with platform_scope():
        row = _written(number, sender, wish, said_at, source, tenant_id, actor, at=at)
        if row.state == State.WAITING:
            transaction.on_commit(partial(push_now, row.pk, at=at), robust=True)
    with platform_scope():
        return pushed(ConsentPush.objects.get(pk=row.pk))


def push_to_blocking_senders(
    *,
    number: str,
    said_at: datetime,
    source: ConsentSource,
    tenant_id: int,
    actor: User | None,
    at: datetime,
) -> list[Pushed]:
    """Ask to lift the block of each sender of this tenant, or shared by all, that blocks the number.

    For a consent that was given anew and counts: product reading 1 (b) and (c).
    """
    with platform_scope():
        blocked = ProviderBlock.objects.filter(number=number, state=ProviderBlock.State.ACTIVE, sender__isnull=False)
        rows = [block.sender for block in blocked.select_related("sender") if block.sender is not None]
    return [
        push_consent(
            number=number,
            sender=sender,
            wish="opt_in",
            said_at=said_at,
            source=source,
            tenant_id=tenant_id,
            actor=actor,
            at=at,
        )
        for sender in rows
        if sender.tenant_id in (tenant_id, None)
    ]


def push_opt_out_after_answer(
    *,
    number: str,
    sender: Sender,
    said_at: datetime,
    answer: Notification | None,
    tenant_id: int | None,
    at: datetime,
) -> Pushed:
    """Have the provider block a number whose STOP it did not understand itself, once our one confirmation has gone.

    Without an answer at once; with one when it was handed over or has ended, and five minutes after the STOP in any
    case. For the caller's transaction, which holds the number's lock. Consent case K4 and O8.
    """
    with platform_scope():
        due_at = at if answer is None else max(at, said_at + ANSWER_WITHIN)
        row = _written(
            number, sender, "opt_out", said_at, "opt-out-message", tenant_id, None, at=at, answer=answer, due_at=due_at
        )
        wake_consents()
        return pushed(row)


def pushed(row: ConsentPush) -> Pushed:
    """The row as a value."""
    state = State(row.state)
    again_at = row.due_at if state is State.WAITING and row.tries else None
    return Pushed(row.public_id, row.sender_address, state, row.code, row.says, again_at)


def _written(  # noqa: PLR0917 - the same facts as its two doors
    number: str,
    sender: Sender,
    wish: Wish,
    said_at: datetime,
    source: ConsentSource,
    tenant_id: int | None,
    actor: User | None,
    *,
    at: datetime,
    answer: Notification | None = None,
    due_at: datetime | None = None,
) -> ConsentPush:
    lock_numbers([number], exclusively=True)
    earlier = ConsentPush.objects.filter(number=number, sender_address=sender.address, state=State.WAITING)
    earlier.update(state=State.OUTDATED, says="A newer request took its place.")
    hopeless = wish == "opt_in" and sender.is_toll_free
    row = ConsentPush.objects.create(
        number=number,
        provider=sender.provider,
        sender=sender,
        sender_address=sender.address,
        wish=wish,
        source=source,
        said_at=said_at,
        for_tenant_id=tenant_id,
        actor=actor,
        answer=answer,
        created_at=at,
        due_at=due_at or at,
        state=State.START_NEEDED if hopeless else State.WAITING,
        says=TOLL_FREE_SAYS if hopeless else "",
    )
    about = {"number": mask(number), "sender": sender.address, "wish": wish, "source": source}
    record(Act.CONSENT_PUSHED, tenant_id=tenant_id, actor=actor, subject=row, at=at, data=about)
    return row
