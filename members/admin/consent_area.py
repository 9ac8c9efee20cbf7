"""How a member stands with consent, as their page shows it: each channel, providers' blocks, and recorded consents."""

from typing import Literal

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from members.admin.columns import consent_field, moment
from members.admin.record_page import channel_words, state_pill, waits_words
from members.consent.deciders import admins_of
from members.consent.remains import remains
from members.consent.words import ConsentState, ConsentWords, consent_words
from members.models import ConsentRecord, Member
from members.queries import reachable
from tenants.access import Access

#: A page shows this many; the list of recorded consents has all of them.
MOST_RECORDS = 10

_VOICE_NEXT = {
    ConsentState.NO_NUMBER: "Add their number with + and country code first.",
    ConsentState.NEVER: (
        "They get no automated calls until they agree to calls, which is a consent of its own: on their own page, or "
        "on the page of an invite."
    ),
    ConsentState.PENDING: "They agreed to calls; it counts once they have proved the number.",
    ConsentState.OPTED_OUT: (
        "They get no automated calls. Only they can take it back: by START from that phone, on their own page, or by a "
        "consent of theirs that you record and a second person approves."
    ),
    ConsentState.STALE: "Consent to calls does not travel with a number either: they agree anew.",
    ConsentState.OPTED_IN: "Nothing to do. They can press 9 in a call, or text STOP, at any time.",
}


def channel_field(member: Member, *, channel: Literal["sms", "voice"]) -> SafeString:
    """The state, since when, how it came, what to do next, and what a provider still blocks."""
    found = reachable([member], channel=channel, at=timezone.now())[member.pk]
    words = consent_words(found.standing)
    if channel == "voice":
        words = ConsentWords(words.state, words.since, words.source, _VOICE_NEXT[words.state])
    field = consent_field(words)
    if found.phone is None or channel == "voice":
        return field
    blocks = remains(found.phone.number, channels=["sms"])
    return format_html("{}{}", field, format_html_join("", '<p class="pt-note">{}</p>', ((block,) for block in blocks)))


def records_field(member: Member, *, access: Access | None) -> SafeString:
    """The recorded consents of this member, newest first, and who has to act."""
    rows = ConsentRecord.objects.filter(member=member).select_related("member", "recorded_by").order_by("-id")
    found = list(rows[:MOST_RECORDS])
    if not found:
        return format_html(
            '<p class="pt-muted">{}</p>', "None. What they signed elsewhere is recorded with the button."
        )
    admins = admins_of([member.tenant_id])[member.tenant_id]
    lines = []
    for row in found:
        waits = waits_words(row, admins=admins, access=access)
        lines.append(
            (
                reverse("admin:members_consentrecord_change", args=[row.pk]),
                row.public_id,
                state_pill(row),
                f"{channel_words(row)} on {row.number}, {moment(row.acted_at)}",
                f"Waits for: {waits}" if waits else "",
            )
        )
    return format_html(
        '<ul class="pt-list">{}</ul>',
        format_html_join(
            "",
            '<li><a class="pt-link" href="{}">{}</a> {} <span>{}</span> <span class="pt-muted">{}</span></li>',
            lines,
        ),
    )
