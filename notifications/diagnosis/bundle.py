"""What is given to support in one copyable block: ids, channel, times and codes; no text, no name, no full number."""

from datetime import datetime

from imes.kernel.redact import redact
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Finding
from notifications.diagnosis.masking import masked
from notifications.diagnosis.redaction import without_names
from notifications.diagnosis.words import PROVIDERS


def bundle(facts: Facts, cause: Finding | None) -> str:
    """The block; times are in UTC, so that two desks read the same."""
    row = facts.row
    lines = [
        f"Notification: {row.public_id}",
        f"Tenant: {facts.tenant.public_id}",
        f"Member: {facts.member.public_id}" if facts.member else "Member: none",
        f"Recipient: {masked(row.number) or 'no number'} by {row.channel.value}",
        f"Purpose: {row.purpose.value}",
        f"Alert: {facts.alert.public_id}" if facts.alert else "Alert: none",
        f"Status: {row.status.value}" + (f" ({row.reason})" if row.reason else ""),
        f"Written: {row.created_at:%Y-%m-%d %H:%M:%S %Z}",
    ]
    for attempt in facts.attempts:
        parts = [
            f"Attempt {attempt.ordinal}: {attempt.public_id}",
            PROVIDERS.get(attempt.provider, attempt.provider),
            f"{attempt.committed_at:%Y-%m-%d %H:%M:%S %Z}",
            f"provider id {attempt.provider_message_id or 'none'}",
            attempt.outcome,
            f"last word {attempt.word}" if attempt.word else "",
            f"HTTP {attempt.http_status}" if attempt.http_status else "",
            f"code {attempt.fault_code}" if attempt.fault_code else "",
            attempt.exception_class,
        ]
        lines.append(" · ".join(part for part in parts if part))
    lines += _beside(facts)
    lines.append(
        f"Cause: {cause.code} {redact(without_names(cause.says, facts=facts))}" if cause else "Cause: none proved"
    )
    lines.append(f"Diagnosed: {facts.asked_at:%Y-%m-%d %H:%M:%S %Z}")
    return "\n".join(lines)


def _beside(facts: Facts) -> list[str]:
    """What the provider's support asks for where messages come twice: each one's time and the ID that it gave it."""
    known = facts.duplicates
    if known is None:
        return []
    copies = (
        f"Same text: {one.row_ref} · {one.attempt_ref} · {_record(one.provider, one.committed_at)} · "
        f"provider id {one.provider_message_id or 'none'} · {one.outcome}{f' · {one.word}' if one.word else ''}"
        for one in known.copies
    )
    lately = (
        f"Went twice lately: {one.attempt_ref} · {masked(one.number)} · {_record(one.provider, one.at)} · "
        f"provider id {one.provider_message_id or 'none'}{f' · {one.word}' if one.word else ''}"
        for one in known.lately
    )
    return [*copies, *lately]


def _record(provider: str, at: datetime) -> str:
    return f"{PROVIDERS.get(provider, provider)} · {at:%Y-%m-%d %H:%M:%S %Z}"
