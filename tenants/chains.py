"""Which append-only tables are sealed: each app names its own at the start, and sealing knows none of them."""

from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True, slots=True)
class Chain:
    """One table of lines and the table of their erasable side rows.

    A line has `public_id` and `digest`; its side row has `salt` and `data`, and points at it by `side_key`.
    """

    name: str
    lines: type[models.Model]
    side: type[models.Model]
    side_key: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of a line, as its seal covers it."""
        return tuple(field.attname for field in self.lines._meta.concrete_fields)


_chains: dict[str, Chain] = {}


def register(chain: Chain) -> None:
    """Have the chain sealed from now on."""
    _chains[chain.name] = chain


def chains() -> tuple[Chain, ...]:
    """Every chain, by name."""
    return tuple(_chains[name] for name in sorted(_chains))
