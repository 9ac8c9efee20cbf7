"""Whose account and sender a provider's request belongs to, and which tenant a text is to be shown to.

Asked before anything is believed, and over all tenants: in a platform scope.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef

from members.models import Member
from members.queries import phones_with_number
from notifications.core.states import Purpose
from notifications.models import Attempt, Notification, ProviderAccount, ProviderCallback, Sender


def account_named(account_id: str, *, provider: str) -> ProviderAccount | None:
    """The account that a request claims to come from; it proves nothing."""
    if not account_id:
        return None
    return ProviderAccount.objects.filter(provider=provider, account_id=account_id).first()


def accounts_named(account_ids: Iterable[str], *, provider: str) -> dict[str, ProviderAccount]:
    """The accounts of these ids that there are; it proves nothing."""
    found = ProviderAccount.objects.filter(provider=provider, account_id__in=set(account_ids) - {""})
    return {account.account_id: account for account in found}


def sender_texted(account: ProviderAccount, *, address: str, service_id: str | None) -> Sender | None:
    """The sender that a text was sent to: the number, else the messaging service that it belongs to."""
    wanted = [name for name in (address, service_id) if name]
    found = {sender.address: sender for sender in Sender.objects.filter(account=account, address__in=wanted)}
    return next((found[name] for name in wanted if name in found), None)


def last_written_to(number: str, *, sender: Sender | None, tenant_id: int | None) -> Notification | None:
    """The newest message to `number` that `sender` handed over, in the tenants that know the number.

    :param tenant_id: look in this tenant alone; None looks in all.
    """
    known_to = {phone.tenant_id for phone in phones_with_number(number)}
    tenants = known_to if tenant_id is None else known_to & {tenant_id}
    rows = Notification.objects.filter(tenant_id__in=tenants, number=number).exclude(
        purpose=Purpose.VERIFICATION_CODE.value
    )
    if sender is not None:
        rows = rows.filter(Exists(Attempt.objects.filter(notification_id=OuterRef("pk"), sender=sender)))
    return rows.order_by("-created_at", "-id").first()


def member_with(number: str, *, tenant_id: int | None) -> Member | None:
    """The member whose number it is, where there is exactly one (in the tenant, if one is named)."""
    members = {
        phone.member_id: phone.member
        for phone in phones_with_number(number)
        if tenant_id is None or phone.tenant_id == tenant_id
    }
    return next(iter(members.values())) if len(members) == 1 else None


def attempt_named(public_id: str) -> Attempt | None:
    """The attempt that a callback's address names."""
    rows = Attempt.objects.filter(public_id=public_id).select_related("sender")
    return rows.first() if public_id else None


def attempts_named(public_ids: Iterable[str]) -> dict[str, Attempt]:
    """The attempts of these ids that there are, without what was true and decided then."""
    rows = Attempt.objects.filter(public_id__in=set(public_ids) - {""}).select_related("sender")
    found = rows.only("public_id", "tenant_id", "provider", "provider_message_id", "sender__account_id")
    return {attempt.public_id: attempt for attempt in found}


def attempt_with(provider_message_id: str, *, provider: str) -> Attempt | None:
    """The attempt that the provider knows under this id, once its answer or a receipt has told us."""
    if not provider_message_id:
        return None
    rows = Attempt.objects.filter(provider=provider, provider_message_id=provider_message_id)
    return rows.select_related("sender").order_by("-id").first()


def may_report(account: ProviderAccount, attempt: Attempt, *, message_id: str) -> bool:
    """A tenant's own account speaks for what left through it, and no message and no call has two names."""
    if attempt.provider_message_id not in ("", message_id):
        return False
    if attempt.sender is None:
        return account.tenant_id in (None, attempt.tenant_id)
    return attempt.sender.account_id == account.pk


def refused_since(since: datetime) -> int:
    """How many requests with a wrong signature were kept since then."""
    return ProviderCallback.objects.filter(received_at__gte=since).exclude(defect="").count()
