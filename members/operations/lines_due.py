"""Whose line is to be looked up by itself: numbers that are new here, or that were looked up long ago.

A look-up is paid for: a number is asked about once for all tenants, by whoever moves its time first. What a person said
of a line is not asked about. All of it needs the platform's scope.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from members.lines import LineWord
from members.models import Capability, LineType, Number, Phone
from members.models.phone import Origin
from tenants.models import Standing

#: Tenants to whom nothing is sent cause no costs either.
_SENDING = [Standing.TRIAL, Standing.ACTIVE, Standing.PAYMENT_DUE]
#: Numbers that one account's trouble puts off at once.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Due:
    """A number that may be asked about now, and a tenant that has it."""

    number: str
    tenant_id: int


def claim_lines(*, now: datetime, until: datetime, fresh_from: datetime, most: int) -> list[Due]:
    """Take the oldest numbers that are due; nobody else takes them before `until`.

    :param fresh_from: what was looked up after this is not due.
    """
    found = _due(now=now, fresh_from=fresh_from).values("number").annotate(first=Min("id"), tenant=Min("tenant_id"))
    tenants = {row["number"]: row["tenant"] for row in found.order_by("first")[:most]}
    if not tenants:
        return []
    Number.objects.bulk_create([Number(e164=number) for number in tenants], ignore_conflicts=True)
    free = Q(line_ask_after__isnull=True) | Q(line_ask_after__lte=now)
    # One that a STOP or an attempt holds at this moment is taken another time.
    rows = Number.objects.select_for_update(skip_locked=True).filter(free, e164__in=tenants)
    mine = set(rows.order_by("e164").values_list("e164", flat=True))
    put_off(mine, until=until)
    return [Due(number, tenant_id) for number, tenant_id in tenants.items() if number in mine]


def put_off(numbers: Iterable[str], *, until: datetime | None) -> None:
    """Have these not asked about before `until`."""
    wanted = sorted(set(numbers))
    locked = Number.objects.select_for_update().filter(e164__in=wanted).order_by("e164")
    Number.objects.filter(e164__in=list(locked.values_list("e164", flat=True))).update(line_ask_after=until)


def put_off_all(*, now: datetime, until: datetime, fresh_from: datetime) -> None:
    """Have nothing that is due now asked about before `until`: the account is in trouble, and not one number."""
    due = _due(now=now, fresh_from=fresh_from).order_by("number").values_list("number", flat=True).distinct()
    numbers = list(due[:_AT_ONCE])
    locked = Number.objects.select_for_update(skip_locked=True).filter(e164__in=numbers).order_by("e164")
    Number.objects.filter(e164__in=list(locked.values_list("e164", flat=True))).update(line_ask_after=until)


def known_word(number: str, *, fresh_from: datetime) -> LineWord | None:
    """What a provider said of the number since then, where somebody who has it keeps it as what counts."""
    machine = Phone.objects.filter(number=number, line_type_origin__in=[Origin.LOOKUP, Origin.FAULT])
    phone = machine.filter(line_type_at__gt=fresh_from).order_by("-line_type_at", "id").first()
    if phone is None or phone.line_type_at is None:
        return None
    return LineWord(
        line_type=phone.line_type,  # type: ignore[arg-type]  # choices of the model
        sms=phone.sms_capability,  # type: ignore[arg-type]
        source=phone.line_type_origin,  # type: ignore[arg-type]
        said=phone.line_type_said,
        at=phone.line_type_at,
    )


def _due(*, now: datetime, fresh_from: datetime) -> QuerySet[Phone]:
    not_yet = Number.objects.filter(e164=OuterRef("number"), line_ask_after__gt=now)
    not_fresh = Q(looked_up_at__isnull=True) | Q(looked_up_at__lte=fresh_from)
    nothing_known = Q(line_type=LineType.UNKNOWN, sms_capability=Capability.UNKNOWN)
    said_by_look_up = Q(line_type_origin=Origin.LOOKUP) & ~Q(sms_capability=Capability.YES)
    return Phone.objects.filter(
        not_fresh,
        nothing_known | said_by_look_up,
        ~Exists(not_yet),
        member__is_active=True,
        tenant__standing__in=_SENDING,
    )
