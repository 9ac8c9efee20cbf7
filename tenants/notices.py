"""What a tenant is told above every page of the admin. Apps give in who says it, when the portal starts.

A source gets the request and answers with what it has to say, mostly nothing. It may cost one query at most.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Notice:
    """One line above the page: what is so, what to do about it, and where."""

    tone: Literal["info", "warning", "danger"]
    text: str
    link: str = ""
    link_label: str = ""


Source = Callable[[HttpRequest], Iterable[Notice]]

#: Worst first; within a tone in the order in which the sources were given in.
_TONES = ("danger", "warning", "info")
_sources: list[Source] = []


def install(source: Source) -> None:
    """Give in one who may have something to say; called when the portal starts."""
    if source not in _sources:
        _sources.append(source)


def notices(request: HttpRequest) -> list[Notice]:
    """All that is to be said above this page, the worst first."""
    said = [notice for source in _sources for notice in source(request)]
    return sorted(said, key=lambda notice: _TONES.index(notice.tone))
