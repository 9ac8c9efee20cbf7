"""`manage.py read_reply`: a line in, a line out, as they come, without a database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: Nobody listens there: a program that asked a database would fail.
NO_DATABASE = "postgres://nobody:x@127.0.0.1:1/nowhere"


def started() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "read_reply"],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "on", "DATABASE_URL": NO_DATABASE, "LOG_LEVEL": "ERROR"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def read(*lines: str) -> tuple[list[dict[str, Any]], int]:
    with started() as process:
        said, _ = process.communicate("".join(line + "\n" for line in lines), timeout=120)
    return [json.loads(line) for line in said.splitlines()], process.returncode


def test_each_line_is_answered_with_exactly_four_things() -> None:
    said, status = read('"STOP"', '"ѕtор"', '"pls stop texting"', '"Start!"', '"help?"', '"1"', '"YES"', '"shop"', '""')
    assert status == 0
    assert {tuple(one) for one in said} == {("class", "opts_out", "review", "because")}
    assert [one["class"] for one in said] == ["STOP", "STOP", "STOP", "START", "HELP", "ACK", "NONE", "NONE", "NONE"]
    assert [one["opts_out"] for one in said] == [True] * 3 + [False] * 6
    assert [one["review"] for one in said] == [False, False, True] + [False] * 6


def test_the_providers_word_may_stand_beside_the_text() -> None:
    said, status = read('{"text": "halt", "opt_out_type": "STOP"}', '{"text": "halt", "opt_out_type": null}')
    assert (status, [one["class"] for one in said]) == (0, ["STOP", "NONE"])


def test_a_bad_line_is_answered_in_its_place_and_the_rest_is_read() -> None:
    said, status = read(
        "STOP", '"stop"', "[1]", '{"text": 5}', '{"text": "stop", "optout": "STOP"}', "", '"\\ud800 stop"'
    )
    assert status == 1
    assert [sorted(one) == ["error"] for one in said] == [True, False, True, True, True, True, False]
    assert said[-1]["class"] == "STOP"


def test_a_line_is_answered_before_the_next_one_comes() -> None:
    with started() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, word in (("stop", "STOP"), ("on my way", "NONE")):
            process.stdin.write(json.dumps(text) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["class"] == word
        process.stdin.close()
    assert process.returncode == 0
