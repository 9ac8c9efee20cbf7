"""A supervisor over stand-in programs: `python -m tests.serve.stand_in FOLDER NAME=CODE ...`."""

import sys
from pathlib import Path

from imes.serve.child import Child
from imes.serve.programs import Program
from imes.serve.supervisor import Signals, Supervisor


def main(folder: Path, specifications: list[str]) -> int:
    programs = [
        Program(name, (sys.executable, "-c", code), ready_when="up", patience=2.0)
        for name, _, code in (text.partition("=") for text in specifications)
    ]
    signals = Signals()
    signals.raising = False
    supervisor = Supervisor(
        [Child(program, folder=folder) for program in programs], signals=signals, say=say, tick=lambda: None
    )
    with signals.caught():
        return supervisor.run(ready=lambda: say("READY"))


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what a test reads


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
