"""A month of usage as the lines of a CSV file, by day and channel. A spreadsheet that opens it computes nothing."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from billing.queries.usage import DayUse

HEADER = ("organisation", "day", "channel", "notifications", "sms_segments", "calls")
#: What a spreadsheet would take for a formula, at the beginning of a cell (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def usage_lines(uses: Iterable[DayUse], *, tenant: str) -> Iterator[str]:
    """The file line by line, the header first; days without use have none."""
    writer = csv.writer(_Echo())
    yield writer.writerow(HEADER)
    for use in uses:
        counts = use.counts
        cells = (plain(tenant), use.day.isoformat(), use.channel, counts.notifications, counts.segments, counts.calls)
        yield writer.writerow(cells)


def plain(cell: str) -> str:
    """The cell, with a mark before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


class _Echo:
    """Gives each line back to whoever writes it."""

    def write(self, line: Any) -> Any:
        return line
