"""What a START does: it lifts the number's opt-out, where it may be believed, and makes no consent."""

from members.consent.handset import opt_in_from_handset
from members.consent.standing import StandingState
from members.queries import phones_with_number, standings
from notifications.models import ProviderBlock
from notifications.operations import answers
from notifications.operations.consent_push import push_consent
from notifications.operations.inbound_case import Case
from notifications.queries.senders import shared_number


def start(case: Case) -> str:
    """Lift the opt-out of the number for every tenant, and the provider's block for this sender alone."""
    case.row.reading = "START"
    if case.text.account.tenant_id is None:
        _lift(case)
        _clear_block(case)
    elif case.is_suppressed:
        # Whoever holds a tenant's own token could have made this text up (docs/decisions/0008).
        shared = shared_number()
        if shared is not None:
            case.answer(answers.start_elsewhere(number=shared.address))
        return "start_not_lifted"
    else:
        _clear_block(case)
    agreed = _who_agreed(case)
    tenant = case.tenant
    if tenant is not None and not agreed:
        case.answer(answers.never_agreed(tenant=tenant))
    elif tenant is not None and not case.answered_by_provider:
        case.answer(answers.opted_in(tenant=tenant if tenant.pk in agreed else None))
    return "opted_in" if agreed else "opted_in_without_consent"


def yes_counts(case: Case) -> bool:
    """YES means START where an opted-out person texts a sender that heeds it.

    Twilio's toll-free numbers do not, and Azure never does.
    """
    heeds = case.sender is not None and not case.sender.is_toll_free and case.text.account.provider == "twilio"
    return heeds and case.is_suppressed


def _lift(case: Case) -> None:
    text = case.text
    opt_in_from_handset(
        number=text.number,
        at=case.at,
        received_at=text.received_at,
        raw_text=text.body,
        method="keyword",
        provider=text.account.provider,
        provider_message_id=text.provider_message_id,
        sender_address=text.to_address,
        tenant_id=case.tenant_id,
        member_id=case.member.pk if case.member else None,
    )


def _clear_block(case: Case) -> None:
    if case.answered_by_provider:
        case.block_heard(is_blocked=False)
        return
    # Only we understood it ("Start!"): the provider still blocks, and is told where it listens.
    scopes = [scope for scope in (case.text.to_address, case.text.service_id) if scope]
    blocks = ProviderBlock.objects.filter(number=case.text.number, sender_address__in=scopes)
    if case.sender is not None and blocks.filter(state=ProviderBlock.State.ACTIVE).exists():
        push_consent(
            number=case.text.number,
            sender=case.sender,
            wish="opt_in",
            said_at=case.text.received_at,
            source="opt-in-message",
            tenant_id=case.tenant_id,
            actor=None,
            at=case.at,
        )


def _who_agreed(case: Case) -> set[int]:
    """The tenants in which a consent stands for the number now."""
    keys = {(phone.tenant_id, phone.member_id, phone.number) for phone in phones_with_number(case.text.number)}
    stands = standings(keys, channel="sms", at=case.at)
    return {key[0] for key, standing in stands.items() if standing.state is StandingState.OPTED_IN}
