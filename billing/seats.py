"""Who keeps a seat when there are fewer. Pure."""

from collections.abc import Sequence


def fitting(holders: Sequence[int], *, seats: int | None) -> list[int]:
    """The holders who fit into this many seats, who held longest first; None: everybody does."""
    return list(holders if seats is None else holders[:seats])
