"""Takes in one text from a handset: keeps it, reads it, does what it asks for, and answers where nobody else does.

Everything happens in the caller's transaction, so that a STOP is recorded before the provider is answered. No provider
is called from here: an answer is a row like any other message.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from members.consent.handset import HandsetMethod, opt_in_from_handset, opt_out_from_handset
from members.consent.keywords import ReadBy, Reading, ReplyKind, provider_keyword, read_reply
from members.consent.standing import StandingState
from members.models import Member
from members.queries import phones_with_number, standings, suppressions_of
from notifications.models import InboundMessage, ProviderAccount, Sender
from notifications.operations import answers
from notifications.operations.acking import take_acknowledgement
from notifications.queries.inbound import last_written_to, member_with, sender_texted
from notifications.queries.senders import shared_number
from tenants.models import Tenant

_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_METHODS: dict[ReadBy, HandsetMethod] = {ReadBy.FREE_TEXT: "free text", ReadBy.PROVIDER: "provider"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it came, already proved to come from `account`; `provider_word` is the provider's own reading of it."""

    account: ProviderAccount
    provider_message_id: str
    number: str
    to_address: str
    service_id: str | None
    body: str
    provider_word: str | None
    received_at: datetime


@dataclass(slots=True)
class _Case:
    """One text while it is being taken in."""

    text: Text
    row: InboundMessage
    reading: Reading
    sender: Sender | None
    tenant_id: int | None
    member: Member | None
    at: datetime

    @property
    def answered_by_provider(self) -> bool:
        """The provider acts on its own keywords and answers them; a second answer would be one too many."""
        return self.text.provider_word is not None or provider_keyword(self.text.body)


def take_in(text: Text, *, at: datetime) -> InboundMessage | None:
    """Keep the text and do what it asks for; None when it was taken in before. Needs the platform's scope."""
    sender = sender_texted(text.account, address=text.to_address, service_id=text.service_id)
    reading = read_reply(text.body, opt_out_type=text.provider_word)
    row = _kept(text, sender=sender, reading=reading)
    if row is None or not _E164.match(text.number):
        return row
    case = _Case(text, row, reading, sender, None, None, at)
    row.outcome = _followed(case)
    row.tenant_id = case.tenant_id
    row.save(update_fields=["tenant", "reading", "outcome", "acknowledged"])
    return row


def _kept(text: Text, *, sender: Sender | None, reading: Reading) -> InboundMessage | None:
    try:
        with transaction.atomic():
            return InboundMessage.objects.create(
                number=text.number[:16],
                to_address=text.to_address[:64],
                sender=sender,
                provider=text.account.provider,
                provider_message_id=text.provider_message_id[:64],
                body=text.body,
                received_at=text.received_at,
                reading="NONE" if reading.kind is ReplyKind.YES else reading.kind.value.upper(),
                because=reading.because.value,
                outcome="kept",
            )
    except IntegrityError:
        # The provider sent it twice: the first one is being taken in, or was.
        return None


def _followed(case: _Case) -> str:
    """Do what the text asks for; the stable word of what followed."""
    kind = case.reading.kind
    if kind is ReplyKind.ACK:
        return _acknowledge(case)
    _place(case)
    if kind is ReplyKind.STOP:
        return _stop(case)
    if kind is ReplyKind.START or (kind is ReplyKind.YES and _yes_counts(case)):
        return _start(case)
    if kind is ReplyKind.HELP:
        return _help(case)
    return "kept"


def _place(case: _Case) -> None:
    """Whose text it is: of the tenant that wrote to the number last, else of the one that the account or sender is."""
    only = case.text.account.tenant_id
    last = last_written_to(case.text.number, sender=case.sender, tenant_id=only)
    case.tenant_id = last.tenant_id if last else only or (case.sender.tenant_id if case.sender else None)
    case.member = member_with(case.text.number, tenant_id=case.tenant_id)


def _stop(case: _Case) -> str:
    before = suppressions_of([case.text.number])
    event = opt_out_from_handset(
        number=case.text.number,
        at=case.at,
        received_at=case.text.received_at,
        raw_text=case.text.body,
        method=_METHODS.get(case.reading.because, "keyword"),
        provider=case.text.account.provider,
        provider_message_id=case.text.provider_message_id,
        sender_address=case.text.to_address,
        tenant_id=case.tenant_id,
        member_id=case.member.pk if case.member else None,
    )
    if event is None or before:
        return "opted_out_again"
    if not case.answered_by_provider:
        _answer(case, answers.opted_out(sender=case.sender))
    return "opted_out"


def _start(case: _Case) -> str:
    case.row.reading = "START"
    if case.text.account.tenant_id is None:
        _lift(case)
    elif suppressions_of([case.text.number]):
        # Whoever holds a tenant's own token could have made this text up (docs/decisions/0008).
        shared = shared_number()
        if shared is not None:
            _answer(case, answers.start_elsewhere(number=shared.address))
        return "start_not_lifted"
    agreed = _anybody_agreed(case)
    tenant = _tenant(case)
    if tenant is not None and not agreed:
        _answer(case, answers.never_agreed(tenant=tenant))
    elif tenant is not None and not case.answered_by_provider:
        _answer(case, answers.opted_in(tenant=tenant))
    return "opted_in" if agreed else "opted_in_without_consent"


def _lift(case: _Case) -> None:
    opt_in_from_handset(
        number=case.text.number,
        at=case.at,
        received_at=case.text.received_at,
        raw_text=case.text.body,
        method="keyword",
        provider=case.text.account.provider,
        provider_message_id=case.text.provider_message_id,
        sender_address=case.text.to_address,
        tenant_id=case.tenant_id,
        member_id=case.member.pk if case.member else None,
    )


def _help(case: _Case) -> str:
    tenant = _tenant(case)
    if tenant is not None and not case.answered_by_provider:
        _answer(case, answers.help_for(tenant=tenant))
    return "helped"


def _acknowledge(case: _Case) -> str:
    acked = take_acknowledgement(
        case.reading, number=case.text.number, only_tenant_id=case.text.account.tenant_id, at=case.at
    )
    if acked.tenant_id is None:
        _place(case)
    else:
        case.tenant_id, case.member = acked.tenant_id, acked.member
    case.row.acknowledged = acked.page
    if acked.says:
        _answer(case, acked.says)
    return acked.outcome


def _yes_counts(case: _Case) -> bool:
    """YES means START where an opted-out person texts a sender that heeds it; Twilio's toll-free numbers do not."""
    heeds = case.sender is not None and not case.sender.is_toll_free
    return heeds and bool(suppressions_of([case.text.number]))


def _anybody_agreed(case: _Case) -> bool:
    keys = {(phone.tenant_id, phone.member_id, phone.number) for phone in phones_with_number(case.text.number)}
    stands = standings(keys, channel="sms", at=case.at)
    return any(standing.state is StandingState.OPTED_IN for standing in stands.values())


def _tenant(case: _Case) -> Tenant | None:
    return None if case.tenant_id is None else Tenant.objects.filter(pk=case.tenant_id).first()


def _answer(case: _Case, body: str) -> None:
    """An answer belongs into a tenant's log; where nobody knows the number, none is given."""
    if case.tenant_id is not None:
        answers.answer_text(case.row, body=body, tenant_id=case.tenant_id, member=case.member, at=case.at)
