"""A member's lines of the consent ledger as a small table, newest first.

Of what was heard in another tenant it shows the date alone.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from members.admin.columns import ACT_TONES, moment, pill
from members.models import ConsentEvent, Member
from members.queries import suppressions_of

#: A page shows this many lines; the ledger's own page has all of them.
MOST_LINES = 20


def history_table(member: Member) -> SafeString:
    """The lines about the member and their numbers in this tenant."""
    numbers = [phone.number for phone in member.phones.all()]
    rows = list(
        ConsentEvent.objects.filter(Q(member_id=member.pk) | Q(number__in=numbers), tenant_id=member.tenant_id)
        .order_by("-effective_at", "-id")
        .only("public_id", "act", "channel", "number", "source", "method", "effective_at")[:MOST_LINES]
    )
    lines = [
        (
            format_html(
                '<a class="pt-link" href="{}" title="{}">{}</a>',
                reverse("admin:members_consentevent_change", args=[row.pk]),
                row.public_id,
                _two_lines(moment(row.effective_at)),
            ),
            pill(row.get_act_display(), tone=ACT_TONES[row.act]),
            row.get_channel_display(),
            row.number,
            how(row),
        )
        for row in rows
    ]
    shown = {row.public_id for row in rows}
    lines += [
        (
            _two_lines(moment(row.since)),
            pill("Opted out", tone="danger"),
            "SMS and voice",
            number,
            _ELSEWHERE.get(row.source, "on another sender of this portal"),
        )
        for number, row in suppressions_of(numbers).items()
        if row.event_public_id not in shown
    ]
    if not lines:
        return format_html('<p class="pt-muted">{}</p>', "The ledger has no line about this member yet.")
    return format_html(
        '<div class="pt-scroll" tabindex="0" role="region" aria-label="Consent history">'
        '<table class="pt-table pt-stack"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        format_html_join("", '<th scope="col">{}</th>', ((head,) for head in _HEADS)),
        format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class='pt-how'>{}</td></tr>", lines),
    )


def _two_lines(when: str) -> SafeString:
    """A time that breaks between day and hour alone, so that five columns fit beside their label."""
    day, comma, hour = when.partition(", ")
    return format_html(
        '<span class="whitespace-nowrap">{}{}</span> <span class="whitespace-nowrap">{}</span>', day, comma, hour
    )


def how(row: ConsentEvent) -> str:
    """Through which door, and by what act, in words."""
    door = _DOORS.get((row.source, row.act)) or _DOORS.get((row.source, "")) or row.source
    return f"{row.method}, {door}" if door else row.method


_DOORS = {
    ("invite", ""): "on the invite page",
    # The code is asked for on the invite page, too.
    ("page", "prove"): "on a page behind their login",
    ("page", ""): "on their own page",
    ("recorded", ""): "recorded and approved",
    ("handset", ""): "from the phone",
    ("key", ""): "in a call",
    ("provider", ""): "reported by the provider",
    ("support", ""): "recorded by support",
    ("admin", "revoke"): "recorded by an admin",
    ("admin", ""): "by an admin",
    ("member", ""): "by themselves",
}
_ELSEWHERE = {
    "support": "in words of their own, recorded by support",
    "provider": "reported by a provider",
}
_HEADS = ("When", "What", "Channel", "Number", "How")
