"""What a handset says about its own number: STOP and START, by text or by a key pressed in a call.

Each writes one line of the ledger and one entry of the audit log in the caller's transaction. START from the handset is
the only line that lifts an opt-out everywhere, and it creates no consent.
"""

from datetime import datetime
from typing import Literal

from imes.kernel.phone import mask
from members.consent.ledger import append, lock_numbers
from members.consent.settle import settle
from members.models import ConsentEvent
from tenants.audit import Act, record
from tenants.scope import platform_scope

#: How we know that a handset meant it: one of the keywords, other words, a key pressed in a call, the provider's word.
HandsetMethod = Literal["keyword", "free text", "key", "provider"]


def opt_out_from_handset(
    *,
    number: str,
    at: datetime,
    received_at: datetime,
    raw_text: str,
    method: HandsetMethod,
    provider: str,
    provider_message_id: str,
    sender_address: str,
    tenant_id: int | None,
    member_id: int | None,
) -> ConsentEvent | None:
    """Stop everything to `number`, in every tenant, texts and calls alike, before the caller's transaction commits.

    Idempotent: None when this provider message has already spoken. Needs `platform_scope` around it or opens its own.
    Source: 47 CFR 64.1200(a)(10); product reading 2.

    :param received_at: when the words reached us; what counts from then on. `at` is now.
    """
    return _from_handset(
        act=ConsentEvent.Act.REVOKE,
        number=number,
        at=at,
        received_at=received_at,
        raw_text=raw_text,
        method=method,
        provider=provider,
        provider_message_id=provider_message_id,
        sender_address=sender_address,
        tenant_id=tenant_id,
        member_id=member_id,
    )


def opt_in_from_handset(
    *,
    number: str,
    at: datetime,
    received_at: datetime,
    raw_text: str,
    method: HandsetMethod,
    provider: str,
    provider_message_id: str,
    sender_address: str,
    tenant_id: int | None,
    member_id: int | None,
) -> ConsentEvent | None:
    """Lift the opt-out of `number` (START): grants that stood before it stand again, and none is made.

    Idempotent: None when this provider message has already spoken.
    """
    return _from_handset(
        act=ConsentEvent.Act.RESTORE,
        number=number,
        at=at,
        received_at=received_at,
        raw_text=raw_text,
        method=method,
        provider=provider,
        provider_message_id=provider_message_id,
        sender_address=sender_address,
        tenant_id=tenant_id,
        member_id=member_id,
    )


def _from_handset(
    *,
    act: ConsentEvent.Act,
    number: str,
    at: datetime,
    received_at: datetime,
    raw_text: str,
    method: HandsetMethod,
    provider: str,
    provider_message_id: str,
    sender_address: str,
    tenant_id: int | None,
    member_id: int | None,
) -> ConsentEvent | None:
    with platform_scope():
        lock_numbers([number], exclusively=True)
        heard = ConsentEvent.objects.filter(provider=provider, provider_message_id=provider_message_id, act=act)
        if provider_message_id and heard.exists():
            return None
        event = append(
            act=act,
            channel=ConsentEvent.Channel.ANY,
            reach=ConsentEvent.Reach.PLATFORM,
            number=number,
            tenant_id=tenant_id,
            member_id=member_id,
            actor_id=None,
            source="key" if method == "key" else "handset",
            method=method,
            effective_at=received_at,
            at=at,
            details={"raw_text": raw_text},
            provider=provider,
            provider_message_id=provider_message_id,
            sender_address=sender_address,
        )
        settle(number, at=at)
        about = {"number": mask(event.number), "channel": event.channel, "method": event.method}
        said = Act.OPTED_OUT if act is ConsentEvent.Act.REVOKE else Act.OPTED_IN
        record(said, tenant_id=tenant_id, actor=None, subject=event, at=at, data=about)
    return event
