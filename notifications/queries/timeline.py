"""What happened to one notification, as moments in order: fired, ruled, attempted, reported, acknowledged.

It tells what is stored and concludes nothing; why it happened is for the diagnosis.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from notifications.core.faults import fault
from notifications.core.reasons import Reason
from notifications.core.states import Channel, NotificationStatus
from notifications.models import Attempt, Notification, Receipt, Transition


class Tone(StrEnum):
    """How a moment looks; its words say the same without colour."""

    PLAIN = "plain"
    GOOD = "good"
    WAIT = "wait"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened; `source` names the row that says so."""

    at: datetime
    title: str
    text: str = ""
    tone: Tone = Tone.PLAIN
    icon: str = "circle"
    source: str = ""
    lines: tuple[str, ...] = field(default=())


def timeline(notification: Notification) -> list[Moment]:
    """Return the moments of one notification, oldest first. Costs five queries, whatever its length."""
    moments = []
    if notification.alert is not None:
        moments.append(
            Moment(
                at=notification.alert.opened_at,
                title="Alert fired",
                text=f"{notification.alert.get_source_display()} fired {notification.alert.flow}.",
                icon="bolt",
                source=notification.alert.public_id,
            )
        )
    moments.append(_written(notification))
    attempts = list(notification.attempts.select_related("sender", "notification"))
    # A ruling that let it go is told by its attempt; the row still holds the one before, which it overruled.
    ruled_at = notification.ruled_at
    if notification.status == NotificationStatus.MERGED.value and ruled_at:
        moments.append(_merged(notification, ruled_at))
    elif notification.ruling and ruled_at and ruled_at not in {attempt.committed_at for attempt in attempts}:
        moments.append(_ruled(notification, ruled_at))
    inside = notification.merged.count()
    if inside and attempts:
        moments.append(_carried(attempts[0], inside))
    for attempt in attempts:
        moments += _attempted(attempt)
    known = {attempt.pk: attempt for attempt in attempts}
    moments += [_reported(receipt, known[receipt.attempt_id]) for receipt in Receipt.objects.filter(attempt__in=known)]
    moments += [_changed(change) for change in notification.transitions.all() if change.from_status]
    # Things of one instant stay in the order of cause and effect in which they were listed.
    return sorted(moments, key=lambda moment: moment.at)


def _written(notification: Notification) -> Moment:
    whom = f" for {notification.member}" if notification.member else ""
    where = notification.number or "no number"
    return Moment(
        at=notification.created_at,
        title="Row written",
        text=f"{notification.get_purpose_display()} by {notification.get_channel_display()}{whom} to {where}.",
        icon="edit_note",
        source=notification.public_id,
    )


def _ruled(notification: Notification, at: datetime) -> Moment:
    verdict = (notification.ruling or {}).get("verdict", "")
    # A row keeps the ruling itself, or the ruling beside the facts it rests on.
    verdict = verdict or (notification.ruling or {}).get("ruling", {}).get("verdict", "block")
    reason = _reason(notification.reason)
    return Moment(
        at=at,
        title="Ruled: held" if verdict == "hold" else "Ruled: not to be sent",
        text=f"{notification.reason} · {reason.says if reason else notification.reason_text}",
        tone=Tone.WAIT if verdict == "hold" else Tone.BAD,
        icon="gavel",
        lines=(reason.remedy,) if reason else (),
    )


def _merged(notification: Notification, at: datetime) -> Moment:
    into = notification.merged_into
    return Moment(
        at=at,
        title=f"Went inside {into.public_id}" if into else "Went inside another page",
        text=notification.reason_text,
        icon="merge",
        source=into.public_id if into else "",
    )


def _carried(attempt: Attempt, inside: int) -> Moment:
    return Moment(
        at=attempt.committed_at,
        title=f"Stands for {inside} more {'page' if inside == 1 else 'pages'}",
        text="They waited with the same text, went out inside this one, and are Merged.",
        icon="merge",
    )


def _attempted(attempt: Attempt) -> list[Moment]:
    name = attempt.get_provider_display()
    moments = [
        Moment(
            at=attempt.committed_at,
            title=f"Attempt {attempt.ordinal}: ruled go, handed to {name}",
            text=f"From {attempt.sender_address} to {attempt.number}.",
            icon="send",
            source=attempt.public_id,
        )
    ]
    if attempt.answered_at is None:
        return moments
    refused = attempt.outcome not in {Attempt.Outcome.ACCEPTED, Attempt.Outcome.IN_FLIGHT}
    lines = []
    if attempt.http_status:
        lines.append(f"HTTP {attempt.http_status}")
    if attempt.provider_message_id:
        lines.append(f"{name} ID {attempt.provider_message_id}")
    if attempt.exception_class:
        lines.append(attempt.exception_class)
    moments.append(
        Moment(
            at=attempt.answered_at,
            title=attempt.get_outcome_display(),
            text=_fault_words(attempt, attempt.fault_code),
            tone=Tone.BAD if refused else Tone.GOOD,
            icon="block" if refused else "check",
            source=attempt.public_id,
            lines=tuple(lines),
        )
    )
    return moments


_CALL_WORDS = {
    "initiated": ("Dialled", "call", Tone.PLAIN),
    "ringing": ("Rang", "ring_volume", Tone.PLAIN),
    "in-progress": ("Answered", "call", Tone.GOOD),
    "completed": ("Call over", "call_end", Tone.PLAIN),
    "busy": ("Busy", "phone_disabled", Tone.BAD),
    "no-answer": ("Nobody answered", "phone_missed", Tone.BAD),
    "failed": ("Call failed", "phone_disabled", Tone.BAD),
    "canceled": ("Call canceled", "phone_disabled", Tone.BAD),
}


_PARTIES = {"human": "a person", "unknown": "somebody who could not be told from a machine", "fax": "a fax"}


def _called(receipt: Receipt, attempt: Attempt) -> Moment | None:
    """A moment of a call; None for what a call has no words of its own for."""
    told = _CALL_WORDS.get(receipt.word)
    if attempt.notification.channel != Channel.VOICE.value or told is None:
        return None
    title, icon, tone = told
    said = [_fault_words(attempt, receipt.fault_code)]
    if receipt.word == "in-progress":
        said += [f"By {_PARTIES.get(attempt.answered_by, 'a voicemail')}." if attempt.answered_by else ""]
        said += [f"Keys pressed: {', '.join(attempt.keys)}." if attempt.keys else ""]
    elif receipt.word == "completed" and attempt.seconds is not None:
        said += [f"It lasted {attempt.seconds} seconds."]
    return Moment(
        at=receipt.received_at,
        title=f"{title} ({attempt.get_provider_display()}: “{receipt.word}”)",
        text=" ".join(part for part in said if part),
        tone=tone,
        icon=icon,
        source=attempt.public_id,
        lines=(receipt.get_door_display() + ".",),
    )


_WORD_TONES = {
    "delivered": Tone.GOOD,
    "read": Tone.GOOD,
    "undelivered": Tone.BAD,
    "failed": Tone.BAD,
    "canceled": Tone.BAD,
}


def _reported(receipt: Receipt, attempt: Attempt) -> Moment:
    if (called := _called(receipt, attempt)) is not None:
        return called
    times = f" ({receipt.times} times)" if receipt.times > 1 else ""
    return Moment(
        at=receipt.received_at,
        title=f"{attempt.get_provider_display()} said “{receipt.word}”{times}",
        text=_fault_words(attempt, receipt.fault_code),
        tone=_WORD_TONES.get(receipt.word, Tone.PLAIN),
        icon="mark_chat_read",
        source=attempt.public_id,
        lines=(receipt.get_door_display() + ".",),
    )


def _changed(change: Transition) -> Moment:
    return Moment(
        at=change.at,
        title=f"Status: {_words(change.from_status)} → {_words(change.to_status)}",
        text=change.reason,
        tone=Tone.GOOD if change.to_status in {"delivered", "acknowledged"} else Tone.PLAIN,
        icon="swap_vert",
    )


def _fault_words(attempt: Attempt, code: str) -> str:
    if not code:
        return ""
    known = fault(attempt.provider, code, channel=Channel(attempt.notification.channel))
    return f"{code} · {known.says}"


def _words(status: str) -> str:
    return status.replace("_", " ").capitalize()


def _reason(code: str) -> Reason | None:
    try:
        return Reason(code)
    except ValueError:
        return None
