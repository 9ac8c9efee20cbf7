"""Which sender a message would leave from: its own answer's, else the tenant's by priority, else a shared one."""

import logging
from collections.abc import Iterable, Sequence

from django.db.models import Q

from imes.kernel.vault import VaultCannotOpen, VaultHasNoKey
from notifications.core.spoken import CALLS_THROUGH
from notifications.core.states import Channel
from notifications.models import Notification, Sender

logger = logging.getLogger(__name__)


def active_senders(tenant_ids: Iterable[int]) -> list[Sender]:
    """The active senders of these tenants and the shared ones, best first, without their secrets. One query."""
    usable = Q(tenant_id__in=set(tenant_ids)) | Q(tenant_id__isnull=True)
    rows = Sender.objects.filter(usable, is_active=True).select_related("account").defer("account__secret")
    return sorted(rows, key=lambda sender: (sender.tenant_id is None, sender.priority, sender.pk))


def candidates_for(row: Notification, *, among: Sequence[Sender]) -> list[Sender]:
    """The senders that may take one message, best first, `among` being in order.

    One that lacks the channel stands there only where no other is. An answer leaves from where it came, as long as
    that sender is in use, and from nowhere else.
    """
    own = [sender for sender in among if sender.tenant_id in (row.tenant_id, None)]
    if row.reply_from_id is not None:
        own = [sender for sender in own if sender.pk == row.reply_from_id] or own
    return [sender for sender in own if _carries(sender, row.channel)] or own[:1]


def _carries(sender: Sender, channel: str) -> bool:
    """Whether a sender takes this channel; calls go from numbers alone, and through some providers."""
    if channel not in sender.usable_channels:
        return False
    is_caller = sender.kind == Sender.Kind.NUMBER and sender.provider in CALLS_THROUGH
    return channel != Channel.VOICE.value or is_caller


def shared_number() -> Sender | None:
    """The platform's own number that people text to: a code, or START; a messaging service has none to name.

    Never one of a tenant's own account, whose word counts for nothing there (docs/decisions/0008, 0009).
    """
    rows = Sender.objects.filter(tenant__isnull=True, account__tenant__isnull=True, is_active=True)
    texted = rows.filter(kind=Sender.Kind.NUMBER, channels__contains=["sms"])
    return texted.order_by("priority", "pk").first()


def senders_with_secrets(public_ids: Iterable[str]) -> dict[str, Sender | None]:
    """Senders by their public id, ready to be used: with the account and its secret; None where that cannot be read.

    One query, and one more for each sender where any secret cannot be read.
    """
    wanted = set(public_ids)
    try:
        rows = Sender.objects.filter(public_id__in=wanted).select_related("account")
        return {sender.public_id: sender for sender in rows}
    except (VaultCannotOpen, VaultHasNoKey):
        return {public_id: _with_secret(public_id) for public_id in wanted}


def _with_secret(public_id: str) -> Sender | None:
    try:
        return Sender.objects.select_related("account").get(public_id=public_id)
    except (VaultCannotOpen, VaultHasNoKey):
        logger.error("the secret of the account of %s cannot be read: is its key among FIELD_KEYS?", public_id)
        return None


def accounts_of_number(address: str, *, provider: str) -> frozenset[int]:
    """The accounts at a provider that have this number as a sender, in use or not; needs the platform's scope."""
    rows = Sender.objects.filter(address=address, account__provider=provider)
    return frozenset(rows.values_list("account_id", flat=True))
