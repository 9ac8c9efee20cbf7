"""Whether the number that this message went to was new: when it changed, and through which door."""

from datetime import timedelta

from notifications.core.states import Channel
from notifications.diagnosis.basis import REACHED
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.links import at_member
from notifications.diagnosis.words import clock, span, who_it_is

#: A number that replaced another within this time before the message is new.
RECENTLY = timedelta(days=14)


def recent_change(facts: Facts) -> tuple[Finding, ...]:
    """A finding where the number had replaced another shortly before and nothing says that it arrived."""
    row, changes = facts.row, facts.member.changes if facts.member else ()
    if row.channel is Channel.EMAIL or not row.number or row.status in REACHED:
        return ()
    before = [one for one in changes if one.at <= row.created_at]
    last = before[-1] if before else None
    if last is None or last.after != row.number or not last.before or row.created_at - last.at > RECENTLY:
        return ()
    by = f" by {last.by}" if last.by else ""
    door = f" ({last.door.lower()})" if last.door else ""
    says = (
        f"The number had changed from {last.before} to {last.after} at {clock(last.at, facts=facts)}{by}{door}, "
        f"{span(row.created_at - last.at)} before this message."
    )
    text = (
        f"Call {who_it_is(facts)} to confirm the number. If it is a landline, set its line type to Landline on their "
        "page and page it by voice; if it is wrong, correct it there."
    )
    shown = Evidence(
        "Number changed", f"{last.before} → {last.after}{by}, {last.door.lower()}", last.at, "history", last.ref
    )
    remedy = at_member(text, facts=facts, label="Check the number")
    return (found(Code.NUMBER_RECENT, Verdict.NOTABLE, says, evidence=(shown,), remedy=remedy),)
