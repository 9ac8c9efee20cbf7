"""Whether what a portal claims of its pages is true, held against what the provider took. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: Claims that a provider has the message.
_WENT = frozenset({"sent", "delivered", "acknowledged"})
#: Claims that nobody has it, and says why.
_DID_NOT_GO = frozenset({"failed", "skipped", "expired", "cancelled", "quota_exceeded", "merged"})


@dataclass(frozen=True, slots=True)
class Page:
    """One row of the log as it stands in the end."""

    public_id: str
    number: str
    status: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that the provider took, and what it knows of it."""

    number: str
    status: str


@dataclass(slots=True)
class Verdict:
    """What was wrong, by name; a list that is empty is good news."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    never_heard: int = 0
    """Delivered, and the row still says Sent, which claims less than is true."""
    not_sent: int = 0
    """At no phone, and the row says so."""

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


def judge(numbers: Iterable[str], *, pages: Sequence[Page], taken: Sequence[Taken]) -> Verdict:
    """Compare: each of these numbers was to get one page, and nobody else any."""
    verdict = Verdict(statuses=Counter(page.status for page in pages))
    rows: dict[str, list[Page]] = {number: [] for number in numbers}
    for page in pages:
        rows.setdefault(page.number, []).append(page)
    got: dict[str, list[Taken]] = {}
    for message in taken:
        got.setdefault(message.number, []).append(message)
    for number, of_number in rows.items():
        _judge_one(number, of_number, got.pop(number, []), verdict)
    verdict.wrong += [f"{number}: a message without a row" for number in got]
    return verdict


def _judge_one(number: str, pages: Sequence[Page], taken: Sequence[Taken], verdict: Verdict) -> None:
    if not pages:
        verdict.lost.append(f"{number}: no row")
    if len(pages) > 1 or len(taken) > 1:
        verdict.doubled.append(f"{number}: {len(taken)} messages of {', '.join(page.public_id for page in pages)}")
    for page in pages:
        says = f"{page.public_id}: {page.status}, and the provider has "
        if not taken:
            if page.status in _DID_NOT_GO:
                verdict.not_sent += 1
            else:
                verdict.lost.append(f"{says}nothing")
                if page.status in _WENT:
                    verdict.wrong.append(f"{says}nothing")
        elif page.status not in _WENT:
            verdict.wrong.append(f"{says}it as {taken[0].status}")
        elif page.status == "sent" and taken[0].status == "delivered":
            verdict.never_heard += 1
        elif page.status == "delivered" and taken[0].status != "delivered":
            verdict.wrong.append(f"{says}it as {taken[0].status}")
