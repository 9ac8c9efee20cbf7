"""Proves that a number is a member's: a code texted to it comes back on the page, or one from the page by text.

A suppressed number is never texted a code: its owner texts it to us. A code is six digits, kept as a keyed digest, good
for 15 minutes and five tries. Every refusal is a value that says when to try again.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.crypto import constant_time_compare, salted_hmac

from imes.kernel.phone import mask
from members import ports
from members.consent.choices import Channel, after_change, standing_now
from members.consent.ledger import append, lock_numbers
from members.models import ConsentEvent, Member, NumberCode, Phone, Suppression
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope

VALID_FOR = timedelta(minutes=15)
MOST_TRIES = 5
BETWEEN_SENDS = timedelta(seconds=60)
#: Codes within the time beside it, over all tenants: whoever asks, one number is not pestered and one address cannot
#: try many numbers.
MOST_A_NUMBER = (5, timedelta(hours=1))
MOST_AN_ADDRESS = (20, timedelta(hours=1))


class CodeRefusal(StrEnum):
    """Why no code was sent, or why one was not taken."""

    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"
    NO_SENDER = "no_sender"
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


def ask_for_code(
    *, tenant: Tenant, member: Member, number: str, user: User, ip: str, at: datetime
) -> CodeSent | CodeToText | CodeRefused:
    """Have a code texted to the number, or shown where the number is suppressed; needs the tenant's scope.

    An older code of the member for this number ends.
    """
    with platform_scope():
        lock_numbers([number], exclusively=True)
        if (refused := _limit(number, ip=ip, at=at)) is not None:
            return refused
        is_suppressed = Suppression.objects.filter(number_id=number).exists()
        NumberCode.objects.filter(member=member, number=number, spent_at__isnull=True).update(spent_at=at)
    to = ports.messenger().number_to_text(tenant=tenant) if is_suppressed else None
    if is_suppressed and to is None:
        return CodeRefused(CodeRefusal.NO_SENDER)
    digits = f"{secrets.randbelow(10**6):06d}"
    direction = NumberCode.Direction.INBOUND if is_suppressed else NumberCode.Direction.OUTBOUND
    code = NumberCode(tenant=tenant, member=member, user=user, number=number, direction=direction, ip=ip)
    code.created_at, code.expires_at = at, at + VALID_FOR
    code.digest = _digest(code, digits)
    code.save()
    if to is not None:
        return CodeToText(code, digits, to)
    ports.messenger().send_code(code, digits=digits, member=member, tenant=tenant, at=at)
    return CodeSent(code)


def enter_code(code: NumberCode, *, digits: str, at: datetime) -> NumberCode | CodeRefused:
    """Take the digits that the member entered; the right ones prove the number. Needs the tenant's scope."""
    row = NumberCode.objects.select_for_update(of=("self",)).select_related("tenant", "member").get(pk=code.pk)
    if row.direction != NumberCode.Direction.OUTBOUND or row.spent_at is not None:
        return CodeRefused(CodeRefusal.SPENT)
    if at >= row.expires_at:
        return CodeRefused(CodeRefusal.EXPIRED)
    row.tries += 1
    if not constant_time_compare(bytes(row.digest), _digest(row, digits)):
        row.spent_at = at if row.tries >= MOST_TRIES else None
        row.save(update_fields=["tries", "spent_at"])
        left = MOST_TRIES - row.tries
        return CodeRefused(CodeRefusal.WRONG if left else CodeRefusal.SPENT, tries_left=left)
    return _prove(row, method="code entered", at=at)


def take_text(number: str, *, digits: str, at: datetime) -> NumberCode | None:
    """Take digits that came by text from `number`; None when they are no open code of it. Needs `platform_scope`.

    They prove the number to whoever was shown them, and lift no opt-out.
    """
    open_codes = NumberCode.objects.select_for_update(of=("self",)).select_related("tenant", "member")
    rows = open_codes.filter(
        number=number,
        direction=NumberCode.Direction.INBOUND,
        spent_at__isnull=True,
        expires_at__gt=at,
        tries__lt=MOST_TRIES,
    )
    for row in rows:
        if constant_time_compare(bytes(row.digest), _digest(row, digits)):
            row.tries += 1
            return _prove(row, method="code texted from the number", at=at)
    return None


def _prove(code: NumberCode, *, method: str, at: datetime) -> NumberCode:
    """Write the proof, and what follows from it for the boxes that were ticked before it."""
    tenant, member, number = code.tenant, code.member, code.number
    with platform_scope():
        lock_numbers([number], exclusively=True)
    channels: tuple[Channel, ...] = ("sms", "voice")
    before = {
        channel: standing_now(tenant=tenant, member=member, number=number, channel=channel, at=at)
        for channel in channels
    }
    code.spent_at = code.proved_at = at
    code.save(update_fields=["tries", "spent_at", "proved_at"])
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


def _limit(number: str, *, ip: str, at: datetime) -> CodeRefused | None:
    newest = NumberCode.objects.filter(number=number).order_by("-created_at").first()
    if newest is not None and at < newest.created_at + BETWEEN_SENDS:
        return CodeRefused(CodeRefusal.TOO_SOON, newest.created_at + BETWEEN_SENDS)
    for (most, within), asked in (
        (MOST_A_NUMBER, NumberCode.objects.filter(number=number)),
        (MOST_AN_ADDRESS, NumberCode.objects.filter(ip=ip) if ip else NumberCode.objects.none()),
    ):
        recent = list(asked.filter(created_at__gt=at - within).order_by("-created_at").values_list("created_at")[:most])
        if len(recent) >= most:
            return CodeRefused(CodeRefusal.TOO_MANY, recent[-1][0] + within)
    return None


def _digest(code: NumberCode, digits: str) -> bytes:
    # Six digits are guessed in no time without the key, so a plain digest of them would hide nothing.
    return salted_hmac("members.number_code", f"{code.public_id}:{digits}", algorithm="sha256").digest()
