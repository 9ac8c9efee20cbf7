"""Says a member's own consent to the member: what stands, since when, and what they can do themselves.

Pure over a standing or a line of the ledger. It speaks to the person themselves, so it names no administrator's step
and no other tenant.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from members.consent.standing import Standing, StandingState
from members.models import ConsentEvent

Tone = Literal["good", "wait", "bad", "plain"]


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """One line about texts or calls: a word, its tone, a sentence, and the instant that the sentence speaks of."""

    label: str
    tone: Tone
    says: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryWords:
    """One line of the member's own history."""

    at: datetime
    says: str
    number: str
    channel: str
    wording: str
    ref: str


def channel_words(
    standing: Standing, *, channel: Literal["sms", "voice"], tenant_name: str, member_id: int, is_proved: bool
) -> ChannelWords:
    """Where consent to one channel stands, in words for its owner.

    :param is_proved: whether the member has shown the number to be theirs; before that, no date of it is told.
    """
    sends = f"{tenant_name} may {'text' if channel == 'sms' else 'call'} you at this number."
    never = f"{tenant_name} does not {'text' if channel == 'sms' else 'call'} you at this number."
    state, since = standing.state, standing.since
    if state is StandingState.OPTED_IN:
        return ChannelWords("You agreed", "good", sends, since)
    if state is StandingState.PENDING:
        says = "It counts once you have proved that the number is yours."
        return ChannelWords("You agreed, not proved yet", "wait", says, since)
    if state is StandingState.OPTED_OUT:
        return ChannelWords(
            "Opted out", "bad", f"{_why_out(standing, member_id)} {never}", since if is_proved else None
        )
    if state is StandingState.DECLINED:
        return ChannelWords("Not agreed", "plain", f"You saw the box and left it unticked. {never}", since)
    if state is StandingState.STALE:
        says = f"Your consent ended when the number was changed or removed. {never}"
        return ChannelWords("Not agreed any more", "plain", says, since)
    return ChannelWords("Not agreed", "plain", never, None)


def history_words(line: ConsentEvent) -> HistoryWords:
    """One line of the ledger as its owner reads it; a text is told without what it answered."""
    said = _BY_SOURCE.get((line.act, line.source)) or _BY_ACT[line.act]
    return HistoryWords(
        at=line.effective_at,
        says=said,
        number=line.number,
        channel=line.get_channel_display(),
        wording=line.disclosure_text,
        ref=line.public_id,
    )


def _why_out(standing: Standing, member_id: int) -> str:
    because = standing.because
    if because is not None and because.source in ("page", "invite") and because.member_id == member_id:
        return "You took your consent back."
    if because is None or because.reach == "tenant":
        return _OUT_HERE.get(because.source if because else "", "An opt-out was recorded for this number.")
    return _OUT_EVERYWHERE.get(because.source, "An opt-out was recorded for this number.")


_OUT_HERE = {
    "page": "Consent for this number was withdrawn here, on a member's own page.",
    "invite": "Consent for this number was withdrawn here, on a member's own page.",
}
_OUT_EVERYWHERE = {
    "handset": "This number texted STOP.",
    "key": "9 was pressed in a call to this number.",
    "provider": "The phone provider reported that this number opted out.",
    "support": "An opt-out of this number was recorded, as its owner asked.",
}
_BY_ACT: dict[str, str] = {
    ConsentEvent.Act.GRANT: "You agreed",
    ConsentEvent.Act.DECLINE: "You left the box unticked",
    ConsentEvent.Act.REVOKE: "An opt-out was recorded",
    ConsentEvent.Act.RESTORE: "START was texted from this number",
    ConsentEvent.Act.STALE: "The number was changed or removed; consent for it ended",
    ConsentEvent.Act.PROVE: "You proved that the number is yours",
    ConsentEvent.Act.SIGNAL: "The phone provider reported a block of its own",
}
_BY_SOURCE: dict[tuple[str, str], str] = {
    (ConsentEvent.Act.GRANT, "invite"): "You agreed, on the invite page",
    (ConsentEvent.Act.GRANT, "page"): "You agreed, on this page",
    (ConsentEvent.Act.GRANT, "recorded"): "Your consent was recorded from a document",
    (ConsentEvent.Act.REVOKE, "page"): "You withdrew your consent, on this page",
    (ConsentEvent.Act.REVOKE, "handset"): "STOP was texted from this number",
    (ConsentEvent.Act.REVOKE, "key"): "9 was pressed in a call to this number",
    (ConsentEvent.Act.REVOKE, "provider"): "The phone provider reported an opt-out",
    (ConsentEvent.Act.REVOKE, "support"): "Support recorded an opt-out, as you asked",
}
