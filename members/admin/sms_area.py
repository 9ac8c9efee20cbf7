"""The SMS area of a member's page: is SMS switched on for them, since when and why, and what changed since.

It stands beside consent and replaces none: both have to say yes. It is read here, and turned by actions alone.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from members import ports
from members.admin.columns import moment, pill
from members.models import Member
from members.sms_story import SmsStory, sms_story
from members.sms_switch import SwitchState
from members.sms_words import ChangeTold, SeatTold, TurnTold, label, recently, transition
from tenants.models import User

TONES = {
    SwitchState.ON: "success",
    SwitchState.OFF: "danger",
    SwitchState.NEVER_ON: "plain",
    SwitchState.NUMBER_CHANGED: "warning",
    SwitchState.SEAT_CHANGED: "warning",
    SwitchState.NO_SEAT: "warning",
}


def switch_pill(state: SwitchState, *, has_number: bool) -> SafeString:
    """The state as a coloured word."""
    tone = TONES[state] if has_number or state is SwitchState.OFF else "plain"
    return pill(label(state, has_number=has_number), tone=tone)


def sms_area(member: Member, *, now: datetime) -> SafeString:
    """The whole area, of which each part may be missing."""
    story = sms_story(member)
    parts = (
        _service(story, member=member, now=now),
        format_html('<div class="pt-status-line">{} <span>{}</span></div>', _pill(story), told(story)),
        _facts(story),
        _recent(story, now=now),
        _lines(story),
    )
    return format_html_join("", "{}", ((part,) for part in parts if part))


def _pill(story: SmsStory) -> SafeString:
    return switch_pill(story.state, has_number=story.phone is not None)


def told(story: SmsStory) -> str:
    """The transition in words."""
    turns = [
        TurnTold(row.is_on, row.number, row.number_change, row.seat_ref, row.at, _name(row.by), row.why)
        for row in story.turns
    ]
    seats = [
        SeatTold(seat.ref, seat.given_at, seat.removed_at, seat.removed_by, seat.why_removed) for seat in story.seats
    ]
    return transition(
        story.state, turns=turns, changes=_changes(story), seats=seats, tell=moment, has_number=story.phone is not None
    )


def _service(story: SmsStory, *, member: Member, now: datetime) -> SafeString | str:
    """How the service that would text them is registered; and which of the two to look at first."""
    if story.phone is None:
        return ""
    banner = ports.messenger().service_banner(tenant=member.tenant, number=story.phone.number, at=now)
    if banner is None:
        return ""
    also = ""
    if banner.is_verified and story.state is not SwitchState.ON:
        also = f"The service is in order: what stops SMS to {member.name} is their own switch below. Look there first."
    return format_html(
        '<div class="pt-banner pt-banner-{}" role="status"><strong>{}</strong> {}{}{}</div>',
        banner.tone,
        banner.title,
        banner.says,
        format_html_join("", "<p>{}</p>", ((line,) for line in banner.lines)),
        format_html("<p>{}</p>", also) if also else "",
    )


def _facts(story: SmsStory) -> SafeString:
    seat = "None"
    if story.seat is not None:
        by = f" by {story.seat.given_by}" if story.seat.given_by else ""
        seat = f"Plan {story.seat.plan}, since {moment(story.seat.given_at)}{by}"
    facts = [
        ("Number", story.phone.number if story.phone else "None"),
        ("SMS seat", seat),
        ("Seats taken of the tenant’s plan", story.use.says if story.use.plan else "No plan yet"),
    ]
    return format_html('<dl class="pt-facts">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", facts))


def _recent(story: SmsStory, *, now: datetime) -> SafeString | str:
    last = recently(_changes(story), now=now)
    if last is None:
        return ""
    by = f" by {last.by}" if last.by else ""
    return format_html(
        '<p class="pt-note">{}</p>',
        f"The number changed from {last.before} to {last.after} on {moment(last.at)}{by}: {last.door.lower()}. If only "
        "the latest messages fail, call the person to confirm the number. If it is a landline, set its line type to "
        "Landline below and page it by voice.",
    )


def _lines(story: SmsStory) -> SafeString | str:
    lines = [*_turn_lines(story), *_change_lines(story), *_seat_lines(story)]
    if not lines:
        return ""
    lines.sort(key=lambda line: line[0], reverse=True)
    shown = [(format_html('<span class="whitespace-nowrap">{}</span>', moment(at)), *rest) for at, *rest in lines]
    return format_html(
        '<details class="pt-details"><summary>What happened to switch, number and seat ({})</summary>'
        '<div class="pt-scroll" tabindex="0" role="region" aria-label="History of the SMS switch">'
        '<table class="pt-table pt-stack"><thead><tr><th scope="col">When</th><th scope="col">What</th>'
        '<th scope="col">Who</th><th scope="col">How or why</th></tr></thead><tbody>{}</tbody></table></div></details>',
        len(shown),
        format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", shown),
    )


_Line = tuple[datetime, str, str, str]


def _turn_lines(story: SmsStory) -> Iterable[_Line]:
    for row in story.turns:
        what = f"Switched on for {row.number}" if row.is_on else "Switched off"
        yield row.at, what, _name(row.by), row.why


def _change_lines(story: SmsStory) -> Iterable[_Line]:
    for row in story.changes:
        yield row.at, f"Number: {row.before or 'none'} → {row.after or 'none'}", _name(row.by), row.get_door_display()


def _seat_lines(story: SmsStory) -> Iterable[_Line]:
    for seat in story.seats:
        yield seat.given_at, "Seat given", seat.given_by, f"Plan {seat.plan}"
        if seat.removed_at is not None:
            yield seat.removed_at, "Seat taken back", seat.removed_by, seat.why_removed


def _changes(story: SmsStory) -> list[ChangeTold]:
    return [
        ChangeTold(row.pk, row.before, row.after, row.at, _name(row.by), row.get_door_display())
        for row in story.changes
    ]


def _name(user: User | None) -> str:
    return (user.name or user.email) if user else ""
