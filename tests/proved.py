"""Lists which rows of the checklist and which consent cases a test proves, and which none does yet: `make proved`.

It collects the suite and runs nothing, so it needs no database. A test that is skipped or expected to fail proves
nothing. Whether the tests pass, `make test` says.
"""

import argparse
import contextlib
import io
import json
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pytest

#: The checklist's rows, and the consent cases by letter: keywords, opt-outs, re-opt-ins, identities.
ROWS = tuple(str(number) for number in range(1, 107))
_NUMBERS = {
    "K": (1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 14, 15),
    "O": (1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 16, 17, 18, 21),
    "R": (1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16),
    "I": (1, 2, 3, 4, 5, 6, 8, 12, 13, 14, 15, 16, 17, 18, 19),
}
CASES = tuple(f"{letter}{number}" for letter, numbers in _NUMBERS.items() for number in numbers)
_KNOWN = {"row": ROWS, "case": CASES}


@dataclass(frozen=True, slots=True)
class Marked:
    """One collected test: its name without parameters, and what it is marked to prove."""

    name: str
    proves: frozenset[tuple[str, str]]


def proved(tests: Iterable[Marked]) -> dict[tuple[str, str], list[str]]:
    """The tests that prove each row and case, in their order, each once."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for test in tests:
        for what in test.proves:
            found[what][test.name] = None
    return {what: list(names) for what, names in found.items()}


def report(found: Mapping[tuple[str, str], Sequence[str]], *, is_short: bool) -> list[str]:
    """The lines to print: each row and case in order with its tests, what is missing, and marks that nobody knows."""
    lines = []
    for kind, known in _KNOWN.items():
        there = [name for name in known if (kind, name) in found]
        for name in there:
            tests = found[kind, name]
            lines.append(
                f"{kind} {name}: {tests[0]}" + (f" (and {len(tests) - 1} more)" if len(tests) > 1 and is_short else "")
            )
            lines += [] if is_short else [f"{' ' * len(f'{kind} {name}: ')}{test}" for test in tests[1:]]
        missing = [name for name in known if name not in there]
        lines.append(f"{kind}s proved: {len(there)} of {len(known)}. Missing: {', '.join(missing) or 'none'}.")
    strange = sorted(f"{kind} {name}" for kind, name in found if name not in _KNOWN[kind])
    return [*lines, *([f"Marked, and in no list: {', '.join(strange)}."] if strange else [])]


def read_marks(item: pytest.Item) -> Marked:
    """What a collected test is marked to prove."""
    name = re.sub(r"\[.*", "", item.nodeid, flags=re.DOTALL)
    if _proves_nothing(item):
        return Marked(name, frozenset())
    return Marked(
        name,
        frozenset((kind, str(what)) for kind in _KNOWN for marker in item.iter_markers(kind) for what in marker.args),
    )


def _proves_nothing(item: pytest.Item) -> bool:
    """Whether the test is skipped here, or may fail."""
    if item.get_closest_marker("skip") or item.get_closest_marker("xfail"):
        return True
    return any(True in marker.args for marker in item.iter_markers("skipif"))


class Collector:
    """A plugin that keeps what was collected, and what could not be."""

    def __init__(self) -> None:
        self.tests: list[Marked] = []
        self.broken: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append(report.nodeid)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.tests = [read_marks(item) for item in session.items]


def collected(places: Sequence[str]) -> Collector:
    """Collect the tests at these places.

    The tests' own plugin starts a server unless a run is named: one is, and nothing asks it.
    """
    from tests.plugins.databases import RUN

    collector = Collector()
    with tempfile.TemporaryDirectory(prefix="imes-proved-") as folder:
        os.environ.update({RUN: json.dumps({}), "IMES_VAR_DIR": folder})
        with contextlib.redirect_stdout(io.StringIO()):
            pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", *places], plugins=[collector])
    return collector


def main() -> int:
    """Print the list. Exit status: 0 it is complete, 1 something is missing and --strict was given, 2 no list."""
    parser = argparse.ArgumentParser(prog="make proved", description=__doc__)
    parser.add_argument("places", nargs="*", default=["tests"], help="Folders or files of tests (default: all).")
    parser.add_argument("--short", action="store_true", help="One test for each row and case, and a count.")
    parser.add_argument("--strict", action="store_true", help="Exit with 1 when a row or case has no test.")
    parser.add_argument("--rootdir", help="Of the collection, as pytest has it.")
    chosen = parser.parse_args()
    suite = collected([*chosen.places, *([f"--rootdir={chosen.rootdir}"] if chosen.rootdir else [])])
    found = proved(suite.tests)
    print("\n".join(report(found, is_short=chosen.short)))  # noqa: T201
    if suite.broken or not suite.tests:
        broken = ", ".join(suite.broken) or "no test at all"
        print(f"Could not be collected, so the list is not whole: {broken}.", file=sys.stderr)  # noqa: T201
        return 2
    return int(chosen.strict and any((kind, name) not in found for kind, known in _KNOWN.items() for name in known))


if __name__ == "__main__":
    sys.exit(main())
