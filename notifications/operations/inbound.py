"""Takes in one text from a handset: keeps it, reads it, does what it asks for, and answers where nobody else does.

Everything happens in the caller's transaction, so that a STOP is recorded before the provider is answered. No provider
is called from here: an answer is a row like any other message.
"""

import re
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from members.consent.codes import take_text
from members.consent.keywords import ReadBy, Reading, ReplyKind, read_reply
from members.consent.typed_code import six_digits
from members.models import NumberCode
from notifications.models import InboundMessage, Review, Sender
from notifications.operations import answers
from notifications.operations.acking import take_acknowledgement
from notifications.operations.inbound_case import Case, Text
from notifications.operations.inbound_start import start, yes_counts
from notifications.operations.inbound_stop import stop
from notifications.operations.reviews import open_review
from notifications.queries.inbound import sender_texted

__all__ = ["Text", "take_in"]

_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")


def take_in(text: Text, *, at: datetime) -> InboundMessage | None:
    """Keep the text and do what it asks for; None when it was taken in before. Needs the platform's scope."""
    sender = sender_texted(text.account, address=text.to_address, service_id=text.service_id)
    reading = read_reply(text.body, opt_out_type=text.provider_word, languages=settings.KEYWORD_LANGUAGES)
    row = _kept(text, sender=sender, reading=reading)
    if row is None or not _E164.match(text.number):
        return row
    case = Case(text, row, reading, sender, None, None, at)
    row.outcome = _followed(case)
    row.tenant_id = case.tenant_id
    row.save(update_fields=["tenant", "reading", "because", "outcome", "acknowledged"])
    _have_looked_at(case)
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
                reading=reading.kind.word,
                because=reading.because[:200],
                outcome="kept",
            )
    except IntegrityError:
        # The provider sent it twice: the first one is being taken in, or was.
        return None


def _followed(case: Case) -> str:
    """Do what the text asks for; the stable word of what followed."""
    kind = case.reading.kind
    if kind in {ReplyKind.ACK, ReplyKind.NONE} and (code := _code_texted(case)) is not None:
        return _proved(case, code)
    if kind is ReplyKind.ACK:
        return _acknowledge(case)
    case.place()
    if case.text.provider_word == "START" and kind is ReplyKind.NONE:
        case.block_heard(is_blocked=False)
    if kind is ReplyKind.STOP:
        return stop(case)
    if kind is ReplyKind.START or (kind is ReplyKind.YES and yes_counts(case)):
        return start(case)
    if kind is ReplyKind.HELP:
        return _help(case)
    return "to_review" if case.reading.review else "kept"


def _code_texted(case: Case) -> NumberCode | None:
    """The open code that the text brings back: it proves the number to whoever was shown it, in their tenant alone.

    Through an account of the platform only: whoever holds the token of a tenant's own could have made the text up
    (docs/decisions/0009).
    """
    digits = six_digits(case.text.body)
    if digits is None or case.text.account.tenant_id is not None:
        return None
    return take_text(case.text.number, digits=digits, at=case.at)


def _proved(case: Case, code: NumberCode) -> str:
    case.tenant_id, case.member = code.tenant_id, code.member
    case.answer(answers.number_proved(tenant=code.tenant, is_opted_out=case.is_suppressed))
    case.row.because = "It is the code that was shown on the person's own page, texted from the number that it proves."
    # The digits prove nothing a second time, and need not be kept.
    case.row.reading = "NONE"
    return "number_proved"


def _help(case: Case) -> str:
    tenant = case.tenant
    if tenant is not None and not case.answered_by_provider:
        case.answer(answers.help_for(tenant=tenant))
    return "helped"


def _acknowledge(case: Case) -> str:
    acked = take_acknowledgement(
        case.reading, number=case.text.number, only_tenant_id=case.text.account.tenant_id, at=case.at
    )
    if acked.tenant_id is None:
        case.place()
    else:
        case.tenant_id, case.member = acked.tenant_id, acked.member
    case.row.acknowledged = acked.page
    if acked.says:
        case.answer(acked.says)
    return acked.outcome


def _have_looked_at(case: Case) -> None:
    """Open a question for people: an opt-out in a person's own words, or a text that may be one."""
    if case.row.outcome in {"number_proved", "opted_out_again"} or not case.reading.review:
        return
    kind = Review.Kind.FREE_TEXT_STOP if case.reading.read_by is ReadBy.FREE_TEXT else Review.Kind.LIKELY_STOP
    open_review(kind, text=case.row, score=case.reading.score, because=case.reading.because, at=case.at)
