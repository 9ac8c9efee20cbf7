"""The report in one sentence or two: what happened, why, and who does what next."""

from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.spoken import ACKNOWLEDGE, STOP
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.diagnosis.checks.faulty import is_delivered
from notifications.diagnosis.checks.log_waiting import waited
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Finding
from notifications.diagnosis.words import clock, provider_name, span, who_it_is

S = NotificationStatus


def headline(facts: Facts, cause: Finding | None) -> str:
    """What the page says first."""
    status = facts.row.status.value.replace("_", " ").capitalize()
    return f"{status}: {cause.says}" if cause is not None else _without_cause(facts)


def _without_cause(facts: Facts) -> str:
    row = facts.row
    if row.channel is Channel.VOICE and row.status is S.DELIVERED:
        return f"Delivered: the call was answered, and {_what_was_pressed(facts)}"
    if row.channel is Channel.VOICE and row.reason == DispatchReason.VOICEMAIL.value:
        return "Sent: a voicemail answered the call, and nobody acknowledged it."
    if row.status is S.DELIVERED:
        at = _receipt_time(facts)
        return f"Delivered: the carrier's receipt says so{at}; if the phone shows nothing, check the device."
    if row.status is S.SENT:
        at = f" at {clock(row.handed_over_at, facts=facts)}" if row.handed_over_at else ""
        return (
            f"Sent: {provider_name(facts.last_attempt)} accepted it{at}, and nothing is known past that point; nothing "
            "that can be seen from here stopped it. Check the device."
        )
    if row.status is S.ACKNOWLEDGED:
        at = f" at {clock(row.acknowledged_at, facts=facts)}" if row.acknowledged_at else ""
        return f"Acknowledged: {who_it_is(facts)} answered this one{at}; this is probably not the row you want."
    if row.status is S.MERGED:
        into = row.merged_into
        if into is None:
            return "Merged: its text went out inside another notification."
        stands = into.status.replace("_", " ").capitalize()
        return f"Merged: its text went out inside another notification, {into.public_id}, which stands at {stands}."
    if row.status is S.QUEUED:
        return f"Queued: it has waited {span(waited(facts))} and should go within seconds."
    if row.status is S.HELD:
        return f"Held: it goes at {clock(row.due_at, facts=facts)}, if nothing is in the way then."
    if row.status is S.SENDING:
        return "Sending: it is being handed to a provider at this moment."
    if row.status is S.UNCONFIRMED:
        return (
            "Unconfirmed: the request left and no answer came, so nobody knows yet; the provider is being asked, and "
            "nothing is sent twice meanwhile."
        )
    return f"{row.status.value.replace('_', ' ').capitalize()}: nothing stored proves why."


def _what_was_pressed(facts: Facts) -> str:
    keys = facts.last_attempt.keys if facts.last_attempt else ""
    if STOP in keys:
        return f"the person pressed {STOP}, which opted the number out of calls and texts."
    if facts.row.purpose is Purpose.TEST and ACKNOWLEDGE in keys:
        return f"the person pressed {ACKNOWLEDGE}: the phone rings, is heard, and its keys arrive."
    return "nobody acknowledged it by key; ask the person whether they heard it."


def _receipt_time(facts: Facts) -> str:
    for attempt in reversed(facts.attempts):
        for one in attempt.receipts:
            if is_delivered(one.word):
                return f" at {clock(one.received_at, facts=facts)}"
    return ""
