"""A number of which only the last digits can be read, for whoever may not see it."""

from imes.kernel.phone_facts import mask

_HIDDEN = "***"


def masked(number: str) -> str:
    """A number of which only the last digits can be read; one that is masked already stays so."""
    return number if not number or _HIDDEN in number else mask(number)
