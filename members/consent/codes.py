"""Proves that a number is a member's: a code texted to it comes back on the page, or one from the page by text.

A suppressed or blocked number is never texted a code: its owner texts it to us. A code is six digits, kept as a keyed
digest, good for 15 minutes and five tries. Every refusal is a value that says when to try again. One lock order: the
number, then the code, then its message.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_variables

from imes.kernel.phone import mask
from members import ports
from members.consent.choices import Channel, after_change, standing_now
from members.consent.code_limits import wait_for_code
from members.consent.ledger import append, lock_numbers
from members.consent.typed_code import six_digits
from members.models import ConsentEvent, Member, NumberCode, Phone, Suppression
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope, tenant_scope

VALID_FOR = timedelta(minutes=15)
MOST_TRIES = 5
_CODES = 10**6


class CodeRefusal(StrEnum):
    """Why no code was sent, or why one was not taken."""

    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"
    NO_SENDER = "no_sender"
    NOT_SIX_DIGITS = "not_six_digits"
    WRONG = "wrong"
    SPENT = "spent"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """Why, and from when on it may be tried again; None where trying again does not help."""

    why: CodeRefusal
    again_at: datetime | None = None
    tries_left: int = 0


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is under way to the number."""

    code: NumberCode


@dataclass(frozen=True, slots=True)
class CodeToText:
    """Nothing may be texted to the number: its owner texts `digits` to `to`. Shown on their page, never sent."""

    code: NumberCode
    digits: str
    to: str


@sensitive_variables("digits")
def ask_for_code(
    *, tenant: Tenant, member: Member, number: str, user: User, ip: str, at: datetime
) -> CodeSent | CodeToText | CodeRefused:
    """Have a code texted to the number, or shown where nothing may be texted to it; needs the tenant's scope.

    An older code of the member for this number ends, and its message with it.
    """
    with platform_scope():
        lock_numbers([number], exclusively=True)
        if (wait := wait_for_code(number, member=member, ip=ip, at=at)) is not None:
            return CodeRefused(CodeRefusal.TOO_SOON if wait.is_short else CodeRefusal.TOO_MANY, wait.until)
        is_suppressed = Suppression.objects.filter(number_id=number).exists()
    is_inbound = is_suppressed or any(block.is_active for block in ports.messenger().blocks_of(number))
    to = ports.messenger().number_to_text(tenant=tenant) if is_inbound else None
    if is_inbound and to is None:
        return CodeRefused(CodeRefusal.NO_SENDER)
    end_codes(member, number=number, at=at)
    direction = NumberCode.Direction.INBOUND if is_inbound else NumberCode.Direction.OUTBOUND
    code = NumberCode(tenant=tenant, member=member, user=user, number=number, direction=direction, ip=ip)
    code.created_at, code.expires_at = at, at + VALID_FOR
    digits = digits_to_text(code) if is_inbound else f"{secrets.randbelow(_CODES):06d}"
    code.digest = _digest(code, digits)
    code.save()
    if to is not None:
        return CodeToText(code, digits, to)
    ports.messenger().send_code(code, digits=digits, member=member, tenant=tenant, at=at)
    return CodeSent(code)


def digits_to_text(code: NumberCode) -> str:
    """The digits of a code that its owner texts to us, for their page: made from the key again, and kept nowhere."""
    made = salted_hmac("members.number_code.shown", code.public_id, algorithm="sha256").digest()
    return f"{int.from_bytes(made[:8], 'big') % _CODES:06d}"


@sensitive_variables("digits")
def try_code(code: NumberCode, *, digits: str, at: datetime) -> NumberCode | CodeRefused:
    """As `enter_code`, in a transaction of its own: a wrong try is counted, whatever becomes of the request after it.

    :raises RuntimeError: inside another transaction, which could take the count back.
    """
    with transaction.atomic(durable=True), tenant_scope(code.tenant_id):
        return enter_code(code, digits=digits, at=at)


@sensitive_variables("digits", "typed")
def enter_code(code: NumberCode, *, digits: str, at: datetime) -> NumberCode | CodeRefused:
    """Take the digits that the member entered; the right ones prove the number. Needs the tenant's scope.

    A wrong try is counted in the caller's transaction, which must be committed: a page uses `try_code`.
    """
    with platform_scope():
        lock_numbers([code.number], exclusively=True)
    row = NumberCode.objects.select_for_update(of=("self",)).select_related("tenant", "member").get(pk=code.pk)
    if row.direction != NumberCode.Direction.OUTBOUND or row.spent_at is not None:
        return CodeRefused(CodeRefusal.SPENT)
    if at >= row.expires_at:
        return CodeRefused(CodeRefusal.EXPIRED)
    typed = six_digits(digits)
    if typed is None:
        return CodeRefused(CodeRefusal.NOT_SIX_DIGITS, tries_left=MOST_TRIES - row.tries)
    row.tries += 1
    if not constant_time_compare(bytes(row.digest), _digest(row, typed)):
        row.spent_at = at if row.tries >= MOST_TRIES else None
        row.save(update_fields=["tries", "spent_at"])
        left = MOST_TRIES - row.tries
        return CodeRefused(CodeRefusal.WRONG if left else CodeRefusal.SPENT, tries_left=left)
    return _prove(row, method="code entered", at=at)


@sensitive_variables("digits", "typed")
def take_text(number: str, *, digits: str, at: datetime) -> NumberCode | None:
    """Take digits that came by text from `number`; None when they are no open code of it. Needs `platform_scope`.

    They prove the number to whoever was shown them, and lift no opt-out. Wrong ones cost no try: only the number's own
    phone can send them.
    """
    typed = six_digits(digits)
    if typed is None:
        return None
    lock_numbers([number], exclusively=True)
    open_codes = NumberCode.objects.select_for_update(of=("self",)).select_related("tenant", "member").order_by("pk")
    rows = open_codes.filter(
        number=number, direction=NumberCode.Direction.INBOUND, spent_at__isnull=True, expires_at__gt=at
    )
    for row in rows:
        if constant_time_compare(bytes(row.digest), _digest(row, typed)):
            row.tries += 1
            return _prove(row, method="code texted from the number", at=at)
    return None


def end_codes(member: Member, *, number: str, at: datetime) -> None:
    """End what the member was sent or shown for this number; a message that has not gone yet does not go any more.

    Needs the tenant's scope and the number's lock.
    """
    rows = NumberCode.objects.filter(member=member, number=number, spent_at__isnull=True)
    ended = list(rows.order_by("pk").values_list("pk", flat=True))
    if ended:
        NumberCode.objects.filter(pk__in=ended).update(spent_at=at)
        ports.messenger().codes_ended(ended, at=at)


def _prove(code: NumberCode, *, method: str, at: datetime) -> NumberCode:
    """Write the proof, and what follows from it for the boxes that were ticked before it; the number is locked."""
    tenant, member, number = code.tenant, code.member, code.number
    channels: tuple[Channel, ...] = ("sms", "voice")
    before = {
        channel: standing_now(tenant=tenant, member=member, number=number, channel=channel, at=at)
        for channel in channels
    }
    code.spent_at = code.proved_at = at
    code.save(update_fields=["tries", "spent_at", "proved_at"])
    ports.messenger().codes_ended([code.pk], at=at)
    Phone.objects.filter(member=member, number=number).update(proved_at=at)
    event = append(
        act=ConsentEvent.Act.PROVE,
        channel=ConsentEvent.Channel.ANY,
        reach=ConsentEvent.Reach.TENANT,
        number=number,
        tenant_id=tenant.pk,
        member_id=member.pk,
        actor_id=code.user_id,
        source="page" if code.direction == NumberCode.Direction.OUTBOUND else "handset",
        method=method,
        effective_at=at,
        at=at,
        details={"ip": code.ip},
        evidence_ref=code.public_id,
    )
    proof = {"number": mask(number), "method": method}
    record(Act.NUMBER_PROVED, tenant_id=tenant.pk, actor=code.user, subject=event, at=at, data=proof)
    for channel in channels:
        after_change(tenant=tenant, member=member, number=number, channel=channel, before=before[channel], at=at)
    return code


def _digest(code: NumberCode, digits: str) -> bytes:
    # Six digits are guessed in no time without the key, so a plain digest of them would hide nothing.
    return salted_hmac("members.number_code", f"{code.public_id}:{digits}", algorithm="sha256").digest()
