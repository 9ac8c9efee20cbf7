"""What a page says before something is sent by hand: who gets it where, who waits, who does not and why, at what cost.

It words what was foreseen (queries/imagined.py) and decides nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from notifications.core.limit_facts import AllowanceFact, QuotaFact
from notifications.core.reasons import Reason
from notifications.core.states import Channel
from notifications.queries.imagined import Imagined

_AT_LIMITS = frozenset({Reason.ALLOWANCE_BLANK, Reason.ALLOWANCE_ZERO, Reason.ALLOWANCE_USED})
_AT_BILLING = frozenset(
    {
        Reason.PAST_DUE,
        Reason.SUSPENDED,
        Reason.CANCELLED,
        Reason.QUOTA_REACHED,
        Reason.SEGMENTS_REACHED,
        Reason.CALLS_REACHED,
        Reason.LIMITS_MISSING,
    }
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who, where, and a link to the page on which most remedies are found."""

    name: str
    link: str
    where: str
    segments: int
    says: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Everybody whom the same reason keeps from getting it."""

    heading: str
    code: str
    remedy: str
    people: tuple[Recipient, ...]
    #: The page on which it is mended, and its name; empty where that is the person's own page.
    link: str = ""
    opens: str = ""


def send_preview(foreseen: Sequence[Imagined]) -> dict[str, Any]:
    """The context of `_send_preview.html` for messages of one tenant and one user."""
    return {
        "counted": counted(foreseen),
        "going": [_recipient(one) for one in foreseen if one.goes],
        "waiting": [_recipient(one, says=_waits(one)) for one in foreseen if one.waits],
        "stopped": list(_stopped(foreseen)),
        "cost": cost(foreseen),
        "is_for_nobody": not any(one.goes or one.waits for one in foreseen),
    }


def counted(foreseen: Sequence[Imagined]) -> str:
    """How many go, wait and do not go, in a sentence each."""
    number = len(foreseen)
    goes, waits = sum(one.goes for one in foreseen), sum(one.waits for one in foreseen)
    said = [f"{goes} of {number} would go now."]
    if waits:
        said.append(f"{waits} would wait.")
    if number - goes - waits:
        said.append(f"{number - goes - waits} would not go.")
    return " ".join(said)


def done(written: Sequence[Imagined]) -> str:
    """What is said once they are written: the same counts, as of then."""
    number = len(written)
    goes, waits = sum(one.goes for one in written), sum(one.waits for one in written)
    said = [f"{goes} on {'its' if goes == 1 else 'their'} way."] if goes else []
    if waits:
        said.append(f"{waits} {'waits' if waits == 1 else 'wait'} until {'it' if waits == 1 else 'they'} may go.")
    if number - goes - waits:
        said.append(f"{number - goes - waits} not sent: each row says why.")
    return f"{number} message{'s' if number != 1 else ''} written to the log. {' '.join(said)}"


def cost(foreseen: Sequence[Imagined]) -> list[tuple[str, str]]:
    """What it takes, and what is left of the month and of the user's day before and after it."""
    sent = [one for one in foreseen if one.goes or one.waits]
    charged = [one for one in sent if one.facts.channel is not Channel.EMAIL]
    segments = sum(one.segments for one in charged)
    calls = sum(one.facts.channel is Channel.VOICE for one in charged)
    lines = [
        ("Notifications", f"{len(charged):,}"),
        ("SMS segments", f"{segments:,}" + _each([one.segments for one in charged if one.segments])),
    ]
    if calls:
        lines.append(("Phone calls", f"{calls:,}"))
    # Of the first that counts nothing before it was counted.
    quota = next((one.facts.quota for one in foreseen if one.facts.quota is not None), None)
    own = next((one.facts.allowance for one in foreseen if one.facts.allowance is not None), None)
    if quota is not None:
        lines += _left_of_month(quota, notifications=len(charged), segments=segments, calls=calls)
    if own is not None:
        lines.append((f"Allowance of {own.who} today", _left_of_day(own, sent=len(charged))))
    return lines


def _each(sizes: Sequence[int]) -> str:
    return f" ({sizes[0]} each)" if len(sizes) > 1 and len(set(sizes)) == 1 else ""


def _left_of_month(quota: QuotaFact, *, notifications: int, segments: int, calls: int) -> list[tuple[str, str]]:
    resets = date.fromisoformat(quota.resets_on)
    lines = [
        ("Left of the month", _left(quota.notifications_limit, quota.notifications_taken, notifications)),
    ]
    if quota.segments_limit is not None:
        lines.append(("SMS segments left", _left(quota.segments_limit, quota.segments_taken, segments)))
    if calls and quota.calls_limit is not None:
        lines.append(("Phone calls left", _left(quota.calls_limit, quota.calls_taken, calls)))
    return [*lines, ("The month starts anew", f"{resets.day} {resets:%B}")]


def _left(limit: int | None, taken: int, takes: int) -> str:
    if limit is None:
        return "No limit"
    left = max(limit - taken, 0)
    return f"{left:,} of {limit:,}; {max(left - takes, 0):,} after this"


def _left_of_day(own: AllowanceFact, *, sent: int) -> str:
    if not own.module:
        return "The plan has no SMS Limits: nobody can send by hand"
    if own.kind == "unlimited":
        return "Unlimited"
    if own.kind == "blank" or own.daily is None:
        return "Blank: cannot send"
    return _left(own.daily, own.used, sent)


def _stopped(foreseen: Sequence[Imagined]) -> Iterable[Stopped]:
    """One group a reason, in the order of the first of each."""
    groups: dict[Reason | None, list[Imagined]] = {}
    for one in foreseen:
        if not (one.goes or one.waits):
            groups.setdefault(one.ruling.reason, []).append(one)
    for reason, ones in groups.items():
        link, opens = _page(reason, ones[0])
        yield Stopped(
            heading=f"{len(ones)} of {len(foreseen)} would not go: {_why(reason, ones, foreseen)}",
            code=reason.value if reason else "",
            remedy=reason.remedy if reason else "Use another channel for now.",
            people=tuple(_recipient(one) for one in ones),
            link=link,
            opens=opens,
        )


def _page(reason: Reason | None, one: Imagined) -> tuple[str, str]:
    """Where what concerns the whole tenant is mended, and what that page is called."""
    if reason in _AT_LIMITS:
        return reverse("admin:billing_allowance_changelist"), "SMS limits"
    if reason in _AT_BILLING and one.row.tenant_id is not None:
        return reverse("admin:billing_tenantplan_change", args=[one.row.tenant_id]), "Billing"
    return "", ""


def _why(reason: Reason | None, ones: Sequence[Imagined], foreseen: Sequence[Imagined]) -> str:
    quota = next((one.facts.quota for one in foreseen if one.facts.quota is not None), None)
    own = next((one.facts.allowance for one in foreseen if one.facts.allowance is not None), None)
    # Where nothing is left at all, the ruling's own figures are those of now: none of these was counted before it.
    if reason is Reason.ALLOWANCE_USED and own and own.daily is not None and own.used < own.daily:
        return f"the allowance leaves {own.daily - own.used:,} today, of {own.daily:,}."
    limit, taken, what = _limits(quota).get(reason, (0, 0, "")) if quota else (0, 0, "")
    if taken < limit:
        return f"the month's limit leaves {limit - taken:,} {what}, of {limit:,}."
    says = {one.says for one in ones}
    words = says.pop() if len(says) == 1 or reason is None else reason.says
    return words[:1].lower() + words[1:] if words[:4] in ("The ", "It i", "Not ") else words


def _limits(quota: QuotaFact) -> dict[Reason | None, tuple[int, int, str]]:
    """The limits that there are, by the reason that each gives."""
    found = {
        Reason.QUOTA_REACHED: (quota.notifications_limit, quota.notifications_taken, "notifications"),
        Reason.SEGMENTS_REACHED: (quota.segments_limit, quota.segments_taken, "SMS segments"),
        Reason.CALLS_REACHED: (quota.calls_limit, quota.calls_taken, "calls"),
    }
    return {reason: (limit, taken, what) for reason, (limit, taken, what) in found.items() if limit is not None}


def _waits(one: Imagined) -> str:
    said = one.says
    hours, opens_at = one.facts.hours, one.ruling.until
    if one.ruling.reason is Reason.OUTSIDE_HOURS and hours is not None and opens_at is not None:
        whens = " and ".join(_wall_clock(opens_at, zone) for zone in hours.zones)
        said = f"Until {whens}. {said}"
    elif one.ruling.reason is not None:
        said = f"{said} {one.ruling.reason.remedy}"
    if one.later is not None:
        said = f"{said} There may be no room left for it then: {one.later.says}"
    return said


def _wall_clock(at: datetime, zone: str) -> str:
    there = at.astimezone(ZoneInfo(zone))
    return f"{there:%A} {there:%H:%M} in {zone}"


def _recipient(one: Imagined, *, says: str = "") -> Recipient:
    member = one.row.member
    return Recipient(
        name=member.name if member else "Nobody",
        link=reverse("admin:members_member_change", args=[member.pk]) if member else "",
        where=one.row.number or one.row.address or "no number",
        segments=one.segments,
        says=says,
    )
