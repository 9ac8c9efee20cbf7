"""Which form mends what: remedies with the name of the page that they lead to.

It knows names of pages and no addresses; who may open them is for the page to decide.
"""

from notifications.diagnosis.facts import Facts, PhoneFact
from notifications.diagnosis.finding import Remedy, Who

_MEMBER = "admin:members_member_change"
_TEST_CALL = "admin:members_member_do_test-call"
_SCHEDULE = "admin:members_member_schedule"
_PHONE = "admin:members_phone_change"
_FLOW = "admin:notifications_flow_change"
_ROW = "admin:notifications_notification_change"
_SENDERS = "admin:notifications_sender_changelist"
_INVITES = "admin:members_invite_changelist"
_BILLING = "admin:billing_tenantplan_change"
_ROUTER = "admin:notifications_breaker_changelist"
_LIMITS = "admin:billing_allowance_changelist"


def at_member(text: str, *, facts: Facts, who: Who = Who.TENANT_ADMIN, label: str = "") -> Remedy:
    """A remedy on the member's form; without a member it stays words."""
    if facts.member is None:
        return Remedy(text, who)
    return Remedy(text, who, _MEMBER, (facts.member.pk,), label or f"Open {facts.member.name}")


def at_test_call(text: str, *, facts: Facts) -> Remedy:
    """A remedy on the page from which the member is called for a test; without a member it stays words."""
    if facts.member is None:
        return Remedy(text, Who.TENANT_ADMIN)
    return Remedy(text, Who.TENANT_ADMIN, _TEST_CALL, (facts.member.pk,), f"Test call to {facts.member.name}")


def at_schedule(text: str, *, facts: Facts, who: Who = Who.TENANT_ADMIN) -> Remedy:
    """A remedy on the page of the member's schedule; without a member it stays words."""
    if facts.member is None:
        return Remedy(text, who)
    return Remedy(text, who, _SCHEDULE, (facts.member.pk,), f"Open {facts.member.name}'s schedule")


def at_number(text: str, *, facts: Facts, phone: PhoneFact | None, label: str) -> Remedy:
    """A remedy on the page about a number, where its line is looked up or corrected; else on the member's form."""
    if phone is None or not phone.pk:
        return at_member(text, facts=facts)
    return Remedy(text, Who.TENANT_ADMIN, _PHONE, (phone.pk,), label)


def at_flow(text: str, *, facts: Facts, who: Who = Who.TENANT_ADMIN) -> Remedy:
    if facts.alert is None:
        return Remedy(text, who)
    return Remedy(text, who, _FLOW, (facts.alert.flow_pk,), f"Open flow {facts.alert.flow_name}")


def at_row(text: str, *, pk: int, label: str, who: Who = Who.NOBODY) -> Remedy:
    return Remedy(text, who, _ROW, (pk,), label)


def at_senders(text: str, *, who: Who = Who.PLATFORM_ADMIN) -> Remedy:
    return Remedy(text, who, _SENDERS, (), "Open senders")


def at_router(text: str) -> Remedy:
    return Remedy(text, Who.PLATFORM_ADMIN, _ROUTER, (), "Open Router")


def at_invites(text: str) -> Remedy:
    return Remedy(text, Who.TENANT_ADMIN, _INVITES, (), "Open invites")


def at_billing(text: str, *, facts: Facts, who: Who) -> Remedy:
    return Remedy(text, who, _BILLING, (facts.tenant.pk,), "Open Billing")


def at_limits(text: str) -> Remedy:
    return Remedy(text, Who.TENANT_ADMIN, _LIMITS, (), "Open SMS limits")
