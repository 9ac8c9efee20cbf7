"""What the pages about a recorded consent say: who waits for whom, what the evidence is, and what follows."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from members.admin.columns import moment, pill
from members.consent.deciders import may_decide, waiting_records, waits_for
from members.consent.remains import remains
from members.models import ConsentRecord
from tenants.access import Access, Part

STATE_TONES = {"pending": "warning", "approved": "success", "refused": "danger", "withdrawn": "plain"}
#: Whoever may read a document that shows what a person did.
EVIDENCE_READERS = frozenset({Part.ADMIN, Part.SUPPORT, Part.PLATFORM})
_KILOBYTE = 1024
_MEGABYTE = 1024 * 1024
CHANNEL_NAMES = {"sms": "SMS", "voice": "voice calls"}


def state_pill(row: ConsentRecord) -> SafeString:
    return pill(row.get_state_display(), tone=STATE_TONES[row.state])


def channel_words(row: ConsentRecord) -> str:
    return " and ".join(CHANNEL_NAMES[channel] for channel in row.channels)


def waits_words(row: ConsentRecord, *, admins: Mapping[int, str], access: Access | None) -> str:
    """Who has to act next; empty once it is decided."""
    if row.state != ConsentRecord.State.PENDING:
        return ""
    if access is not None and may_decide(row, access.user, admins=admins):
        return "You"
    names = waits_for(row, admins=admins)
    return " or ".join(names) if names else "A platform admin"


def evidence_links(row: ConsentRecord, *, access: Access | None) -> SafeString:
    """The document, to be downloaded, and the address; the document's name alone where it may not be opened."""
    parts: list[tuple[str | SafeString]] = []
    if row.evidence_file is not None:
        name, size = row.evidence_file.name, _size(row.evidence_file.size)
        if access is not None and access.part in EVIDENCE_READERS:
            url = reverse("admin:members_consentrecord_evidence", args=[row.pk])
            link = format_html('<a class="pt-link" href="{}">Download {}</a> ({})', url, name, size)
            parts.append((link,))
        else:
            parts.append((f"{name} ({size})",))
    if row.evidence_url:
        parts.append(
            (
                format_html(
                    '<a class="pt-link" href="{}" rel="noopener noreferrer" target="_blank">{}</a>',
                    row.evidence_url,
                    row.evidence_url,
                ),
            )
        )
    return format_html_join(SafeString("<br>"), "{}", parts)


def evidence_digest(row: ConsentRecord) -> str:
    return bytes(row.evidence_file.sha256).hex() if row.evidence_file is not None else ""


def what_follows(row: ConsentRecord) -> list[str]:
    """What an approval would do, for whoever is about to give it."""
    counts = (
        f"{row.member} counts as having agreed to {channel_words(row)} on {row.number} from the moment you approve. "
        f"The ledger's line says {moment(row.acted_at)}, when they acted, and names you and {row.recorded_by}."
    )
    follows = [counts, "It counts for this person, number and tenant alone. An opt-out after it always wins."]
    blocks = remains(row.number, channels=row.channels)
    if blocks:
        return [*follows, *blocks, "Until then nothing goes to them by SMS, no confirmation either."]
    if "sms" in row.channels:
        follows.append("If texts were not going to them yet, one opt-in confirmation goes out by SMS before any page.")
    return follows


def what_remains(row: ConsentRecord) -> SafeString:
    """After the approval: what still blocks, and who lifts it."""
    if row.state != ConsentRecord.State.APPROVED:
        return SafeString("")
    found = remains(row.number, channels=row.channels)
    if not found:
        return format_html("<p>{}</p>", "Nothing that we know of: no provider blocks this number for our senders.")
    return format_html_join("", '<p class="pt-note">{}</p>', ((words,) for words in found))


def waiting_badge(request: HttpRequest) -> str:
    """How many recorded consents wait for this person; empty where none does."""
    return str(len(waiting_for(request)) or "")


def waiting_for(request: HttpRequest) -> list[ConsentRecord]:
    """The records that wait for a word of whoever asks, in the open scope."""
    access = getattr(request, "access", None)
    if not isinstance(access, Access) or not access.writes:
        return []
    found = getattr(request, "_waiting_records", None)
    if found is None:
        found = waiting_records(access.user)
        request._waiting_records = found  # type: ignore[attr-defined]  # the sidebar and the dashboard both ask
    return list(found)


def _size(count: int) -> str:
    megabytes = count / _MEGABYTE
    return f"{megabytes:.1f} MB" if megabytes >= 1 else f"{max(count / _KILOBYTE, 0.1):.1f} KB"
