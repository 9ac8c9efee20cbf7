"""Asks import-linter, in a process of its own, which contracts of a tree are kept. It knows no rule itself."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("imes", "tenants", "members", "billing", "notifications")

_ASK = """
import json
from importlinter import api
from importlinter.application import use_cases
options = use_cases.read_user_options("pyproject.toml")
use_cases._register_contract_types(options)
report = use_cases.create_report(options, cache_dir=None)
kept = {contract.contract_options["id"]: check.kept for contract, check in report.get_contracts_and_checks()}
print(json.dumps({"kept": kept, "invalid": {name: str(why) for name, why in report.invalid_contract_options.items()}}))
"""


def verdicts(root: Path) -> dict[str, bool]:
    """Return for each contract of `root`'s pyproject.toml whether its packages keep it."""
    # Only this tree may be found: the tests' own path would let the real packages in.
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    assert not answer["invalid"], answer["invalid"]
    return dict(answer["kept"])


def copy_with(additions: Mapping[str, str], *, into: Path) -> Path:
    """Copy our packages `into` a folder and add a line to the modules that `additions` names; return the folder."""
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, into / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(CHECKOUT / "pyproject.toml", into)
    for place, line in additions.items():
        path = into / place
        assert path.exists(), place
        path.write_text(path.read_text() + f"\n{line}\n")
    return into
