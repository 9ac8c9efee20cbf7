"""Writes the messages that consent itself needs: the code that proves a number, and the one opt-in confirmation.

It implements the port that the members app defines (members/ports.py). A code is never shown in the log: the row
carries it encrypted until it went.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from members.models import Member, NumberCode
from members.ports import Block, CodeNews, LineFault, OwnMessage, ServiceBanner
from notifications.core.reasons import Reason
from notifications.core.secret_digits import HIDDEN
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.core.text import fit
from notifications.models import Notification
from notifications.models.notification import CLAIMABLE
from notifications.operations.consent_push import push_to_blocking_senders
from notifications.queries.known_blocks import blocks_of
from notifications.queries.line_faults import line_faults
from notifications.queries.mine import recent_to
from notifications.queries.registrations import service_banner
from notifications.queries.senders import shared_number
from notifications.wake import wake_dispatch
from tenants.models import Tenant, User
from tenants.scope import platform_scope

#: Pages wait for the confirmation; after this time it is given up, and they go.
CONFIRMATION_VALID_FOR = timedelta(minutes=10)
_NAME_LIMIT = 40


class ConsentMessenger:
    """`members.ports.Messenger`, over the Notifications log."""

    def send_code(self, code: NumberCode, *, digits: str, member: Member, tenant: Tenant, at: datetime) -> str:
        """See the port. The row ends with the code."""
        row = Notification.objects.create(
            tenant=tenant,
            purpose=Purpose.VERIFICATION_CODE.value,
            channel=Channel.SMS.value,
            member=member,
            number=code.number,
            body=code_text(HIDDEN, tenant_name=tenant.name),
            sealed_body=code_text(digits, tenant_name=tenant.name),
            number_code=code,
            status=NotificationStatus.QUEUED.value,
            created_at=at,
            due_at=at,
            expires_at=code.expires_at,
        )
        wake_dispatch()
        return row.public_id

    def codes_ended(self, code_ids: Iterable[int], *, at: datetime) -> None:
        """See the port: they end as expired, as they would have a little later."""
        Notification.objects.filter(number_code__in=list(code_ids), status__in=CLAIMABLE).update(
            status=NotificationStatus.EXPIRED.value,
            reason=Reason.EXPIRED.value,
            reason_text=Reason.EXPIRED.says,
            finished_at=at,
            lease_owner="",
            lease_until=None,
        )

    def news_of_code(self, code: NumberCode) -> CodeNews:
        """See the port."""
        row = Notification.objects.filter(number_code=code).order_by("-pk").first()
        if row is None:
            return CodeNews("waiting")
        status = NotificationStatus(row.status)
        if status is NotificationStatus.DELIVERED:
            return CodeNews("delivered")
        if status is NotificationStatus.SENT:
            return CodeNews("gone")
        return CodeNews("waiting") if status.is_open else CodeNews("lost", row.reason_text)

    def confirm_opt_in(self, *, member: Member, number: str, tenant: Tenant, at: datetime) -> str:
        """See the port."""
        row = Notification.objects.create(
            tenant=tenant,
            purpose=Purpose.CONSENT_CONFIRMATION.value,
            channel=Channel.SMS.value,
            member=member,
            number=number,
            body=confirmation_text(tenant),
            status=NotificationStatus.QUEUED.value,
            created_at=at,
            due_at=at,
            expires_at=at + CONFIRMATION_VALID_FOR,
        )
        wake_dispatch()
        return row.public_id

    def confirmed_since(self, since: datetime, *, member: Member, number: str) -> bool:
        """See the port: one that went, or that may still go."""
        rows = Notification.objects.filter(
            member=member, number=number, purpose=Purpose.CONSENT_CONFIRMATION.value, created_at__gte=since
        )
        return rows.filter(Q(handed_over_at__isnull=False) | Q(status__in=CLAIMABLE)).exists()

    def service_banner(self, *, tenant: Tenant, number: str, at: datetime) -> ServiceBanner | None:
        """See the port."""
        with platform_scope():
            found = service_banner(tenant.pk, number=number, now=at)
        if found is None:
            return None
        lines = (*found.lines, f"{found.link_label}.") if found.link_label else found.lines
        return ServiceBanner(found.title, found.says, lines, found.tone, found.is_verified)

    def number_to_text(self, *, tenant: Tenant) -> str | None:
        """See the port."""
        with platform_scope():
            shared = shared_number()
        return shared.address if shared is not None else None

    def consent_changed(self, *, number: str, at: datetime) -> None:
        """See the port: what waits for this number is due now, so that it is ruled anew."""
        with platform_scope():
            waiting = Notification.objects.filter(number=number, status=NotificationStatus.HELD.value, due_at__gt=at)
            if waiting.update(due_at=at):
                wake_dispatch()

    def blocks_of(self, number: str) -> tuple[Block, ...]:
        """See the port."""
        return blocks_of(number)

    def tell_provider(
        self, *, number: str, said_at: datetime, was_on_web: bool, tenant: Tenant, actor: User, at: datetime
    ) -> int:
        """See the port."""
        asked = push_to_blocking_senders(
            number=number,
            said_at=said_at,
            source="website" if was_on_web else "offline",
            tenant_id=tenant.pk,
            actor=actor,
            at=at,
        )
        return len(asked)

    def line_faults(self, number: str, *, tenant_ids: Iterable[int]) -> tuple[LineFault, ...]:
        """See the port."""
        return line_faults(number, tenant_ids=tenant_ids)

    def recent_to(self, member: Member, *, newest: int) -> tuple[OwnMessage, ...]:
        """See the port."""
        return recent_to(member.pk, newest=newest)


def code_text(digits: str, *, tenant_name: str) -> str:
    """The words that carry a code; the name is cut rather than the words after it."""
    return (
        f"{digits} is your code to confirm this number for alerts from {fit(tenant_name, limit=_NAME_LIMIT)}. "
        "It is good for 15 minutes. If you did not ask for it, ignore this text."
    )


def confirmation_text(tenant: Tenant) -> str:
    """The one confirmation: program, that it recurs and how often, rates, HELP, STOP.

    Source: CTIA Messaging Principles 5.1.2.
    """
    write = f" or write to {tenant.support_email}" if tenant.support_email else ""
    return (
        f"{fit(tenant.name, limit=_NAME_LIMIT)} alerts by IMES: you agreed to recurring text messages. Message "
        f"frequency varies with the alerts that concern you. Msg & data rates may apply. Reply HELP for help{write}, "
        "STOP to opt out."
    )
