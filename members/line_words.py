"""What is known of a phone's line, in words: what it is, whence that is known and when, and what it can get.

Pure but for the way an instant is written, which the caller gives: a page has its reader's zone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from members.lines import PEOPLE, LineState
from members.ports import LineFault

Moment = Callable[[datetime], str]
#: So many doubtful endings, and nothing that arrived since, suggest a look-up.
SUGGESTS_FROM = 2
_KINDS = {
    "mobile": "Mobile",
    "landline": "Landline",
    "voip": "VoIP",
    "toll_free": "Toll-free",
    "unknown": "Not known",
}
_BY = {"admin": "Entered by an admin", "member": "Given by the member", "import": "Imported"}


@dataclass(frozen=True, slots=True)
class LineWords:
    """`kind` with its colour, how it is known, what it means for texts, and what else was said of it."""

    kind: str
    tone: str
    known: str
    sms: str
    voice: str
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything under the kind, in order."""
        return tuple(line for line in (self.known, self.sms, self.voice) if line)


def line_words(state: LineState, *, voice: str, faults: Sequence[LineFault] = (), moment: Moment) -> LineWords:
    """All that a page says of one phone's line; `faults` are those that texts to the number met, newest first."""
    is_closed = state.sms == "no" or (state.sms == "unknown" and state.line_type == "landline")
    is_doubtful = not is_closed and state.line_type in ("voip", "toll_free")
    return LineWords(
        kind=_KINDS.get(state.line_type, state.line_type),
        tone="danger" if is_closed else "warning" if is_doubtful else "success" if state.is_known else "plain",
        known=_known(state, moment=moment),
        sms=_sms(state),
        voice={"no": "It cannot get calls.", "yes": "It can get calls."}.get(voice, ""),
        notes=_notes(state, faults=faults, moment=moment),
    )


def _known(state: LineState, *, moment: Moment) -> str:
    if state.source == "fault" and state.at is not None:
        return f"Learned on {moment(state.at)} from {state.said}."
    if state.source == "lookup" and state.at is not None:
        return f"Looked up on {moment(state.at)}. The provider says: {state.said}."
    if not state.is_known and state.at is None:
        return "Nobody has said what it is, and it was not looked up."
    return f"{_BY.get(state.source, state.source)}{f' on {moment(state.at)}' if state.at else ''}."


def _sms(state: LineState) -> str:
    if state.sms == "yes":
        return "It can get SMS: somebody here said so, and that outweighs its type."
    if state.line_type == "landline":
        return "A landline cannot get SMS: nothing is sent to it. Calls can go to it."
    if state.sms == "no":
        return "It cannot get SMS: nothing is sent to it."
    if state.line_type in ("voip", "toll_free"):
        return "Texts go to it, though some such services drop automated texts and calls."
    return ""


def _notes(state: LineState, *, faults: Sequence[LineFault], moment: Moment) -> tuple[str, ...]:
    notes = []
    if state.source in PEOPLE and state.said and state.looked_up_at is not None:
        notes.append(f"A look-up on {moment(state.looked_up_at)} said: {state.said}. What was entered here stands.")
    since = max((at for at in (state.at, state.looked_up_at) if at is not None), default=None)
    newer = [fault for fault in faults if since is None or fault.at > since]
    proof = next((fault for fault in newer if fault.is_landline), None)
    if proof is not None and state.sms == "yes":
        notes.append(
            f"After that, on {moment(proof.at)}, a text to it ended with {proof.says}. Texts still go to it, since "
            "somebody here said that it gets them: ask the person, and correct the line if it does not."
        )
    doubts = [fault for fault in newer if not fault.is_landline]
    if len(doubts) >= SUGGESTS_FROM and state.sms == "unknown" and state.line_type != "landline":
        codes = " and ".join(sorted({fault.says for fault in doubts}))
        notes.append(
            f"{len(doubts)} texts to it ended with {codes}, the last one on {moment(doubts[0].at)}, and none has "
            "arrived since. A phone that is off answers so, and a landline too: look the line up."
        )
    return tuple(notes)
