"""`make proved` counts a row or a case when a test that runs is marked with it, however the mark came there."""

import os
import subprocess
import sys
from pathlib import Path

from tests.proved import CASES, ROWS, Marked, proved, report

CHECKOUT = Path(__file__).resolve().parent.parent
SUITE = '''
"""Made up."""
import pytest

@pytest.mark.row(9, 16)
def test_a_plain_one(): pass

@pytest.mark.parametrize("text", [pytest.param("STOP", marks=pytest.mark.case("K1")), pytest.param("x", marks=[])])
def test_a_table(text): assert False

@pytest.mark.row(10)
@pytest.mark.skip(reason="not yet")
def test_skipped(): pass

@pytest.mark.row(11)
@pytest.mark.xfail
def test_that_may_fail(): pass

@pytest.mark.skipif(False, reason="here it runs")
@pytest.mark.case("O3", "Z9")
def test_that_runs_here(): pass

class TestMany:
    pytestmark = pytest.mark.row(9)
    def test_inside(self): pass
'''


def test_it_reads_marks_of_every_form_and_asks_no_database(tmp_path: Path) -> None:
    (tmp_path / "test_made_up.py").write_text(SUITE)
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.proved", "--rootdir", str(CHECKOUT), str(tmp_path)],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert next(line for line in lines if line.startswith("row 9:")).endswith("::test_a_plain_one")
    assert lines[lines.index(next(line for line in lines if line.startswith("row 9:"))) + 1].endswith("::test_inside")
    assert [line.split(":")[0] for line in lines if line.startswith("case ")] == ["case K1", "case O3"]
    assert "rows proved: 2 of 106." in done.stdout
    assert "Marked, and in no list: case Z9." in done.stdout
    assert not any(line.startswith(("row 10:", "row 11:")) for line in lines)


def test_what_is_missing_is_named_in_order() -> None:
    found = proved([Marked("tests/x.py::test_a", frozenset({("row", "2"), ("case", "K2")}))])
    lines = report(found, is_short=False)
    assert lines[0] == "row 2: tests/x.py::test_a"
    assert lines[1].startswith("rows proved: 1 of 106. Missing: 1, 3, 4,")
    assert lines[2] == "case K2: tests/x.py::test_a"
    assert lines[3].startswith(f"cases proved: 1 of {len(CASES)}. Missing: K1, K3,")
    assert len(ROWS) == 106
    assert len(set(CASES)) == len(CASES)


def test_a_test_of_many_parameters_is_named_once() -> None:
    found = proved([Marked("t::a", frozenset({("row", "1")})), Marked("t::a", frozenset({("row", "1")}))])
    assert found == {("row", "1"): ["t::a"]}
