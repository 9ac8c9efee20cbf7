"""What billing asks of apps beside it: the names of those who hold seats, whom it knows by id alone.

Given in when the portal starts (notifications/apps.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


class Holders(Protocol):
    """Knows people by name. Needs the tenant's or the platform's scope."""

    def names_of(self, member_ids: Iterable[int]) -> Mapping[int, str]:
        """The names of these members, as far as the open scope shows them. One query."""

    def active_of(self, tenant_id: int) -> int:
        """How many members of the tenant are active. One query."""


@dataclass(slots=True)
class _Installed:
    holders: Holders | None = None


_installed = _Installed()


class NotInstalled(RuntimeError):
    """The port was used before the portal had started up."""


def install(*, holders: Holders) -> None:
    """Give in who knows names; called once, when the portal starts."""
    _installed.holders = holders


def holders() -> Holders:
    """Who knows names.

    :raises NotInstalled: before the portal has started up.
    """
    if _installed.holders is None:
        raise NotInstalled("billing.ports.install() was not called")
    return _installed.holders
