"""In which order the members of a step are paged, each once, once its groups are expanded.

Pure over ids: it knows neither who is active nor who may be reached.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of a step's recipients: exactly one of the two is given."""

    member_id: int | None
    group_id: int | None


def expanded(recipients: Iterable[Recipient], *, members_of: Mapping[int, Sequence[int]]) -> tuple[int, ...]:
    """The members in the order of the recipients, groups in their own order; one named twice keeps the first place.

    :param members_of: the members of each group, in the group's order; an unknown group has none.
    """
    places: dict[int, None] = {}
    for recipient in recipients:
        if recipient.member_id is not None:
            places.setdefault(recipient.member_id)
        elif recipient.group_id is not None:
            places.update(dict.fromkeys(m for m in members_of.get(recipient.group_id, ()) if m not in places))
    return tuple(places)
