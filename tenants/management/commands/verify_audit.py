"""Says whether the consent ledger and the audit log stand as they were sealed."""

import re
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imes.kernel.signing import NotASigningKey
from tenants.chains import chains
from tenants.scope import platform_scope
from tenants.seal_check import Known, Outcome, check
from tenants.signing import HINT, signing_keys

TAMPERED = 1
#: Seconds between two lines of progress.
_EVERY = 2.0
_NOTED = re.compile(r"(?P<chain>[a-z]+):(?P<ordinal>[0-9]{1,9}):(?P<digest>[0-9a-f]{8,64})\Z")


def noted(text: str) -> tuple[str, int, str]:
    """Read a seal as the worker's log and this command write it."""
    match = _NOTED.match(text)
    if match is None:
        raise ArgumentTypeError(f"“{text}” is no seal: write it as chain:ordinal:digest, such as consent:12:3fa9c0de…")
    return match["chain"], int(match["ordinal"]), match["digest"]


class Command(BaseCommand):
    help = (
        "Compute every seal of the consent ledger and the audit log anew, and compare each line and its personal data "
        "with what was sealed. It changes nothing. Exit status: 0 everything stands as it was sealed, 1 it does not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [chain.name for chain in chains()]
        parser.add_argument("--chain", choices=names, help="Only this one (default: all).")
        parser.add_argument(
            "--expect",
            type=noted,
            action="append",
            default=[],
            metavar="CHAIN:ORDINAL:DIGEST",
            help="A seal that was noted elsewhere (the worker's log, this command's last line) and must still be the "
            "same. It shows that the newest seals were removed or made anew. May be given several times.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = signing_keys()
        except NotASigningKey as refused:
            raise CommandError(f"EVIDENCE_SIGNING_KEY cannot be used: {refused}. {HINT}") from None
        chosen = [chain for chain in chains() if options["chain"] in (None, chain.name)]
        clean = True
        for chain in chosen:
            known: Known = {ordinal: digest for name, ordinal, digest in options["expect"] if name == chain.name}
            with platform_scope():
                outcome = check(chain, keys=keys, known=known, progress=self._progress(chain.name))
            self._say(outcome)
            clean = clean and outcome.is_clean
        if not clean:
            sys.exit(TAMPERED)

    def _progress(self, name: str) -> Callable[[int], None]:
        said = time.monotonic()

        def progress(lines: int) -> None:
            nonlocal said
            if time.monotonic() - said >= _EVERY:
                said = time.monotonic()
                self.stderr.write(f"{name}: {lines:,} lines so far ...")

        return progress

    def _say(self, found: Outcome) -> None:
        self.stdout.write(
            f"{found.chain}: {found.sealed:,} lines under {found.seals:,} seals, "
            f"{found.unsealed:,} since then that are not sealed yet."
        )
        if found.erased:
            self.stdout.write(
                f"  The personal data of {found.erased:,} line(s) was erased, first of {found.first_erased}; "
                "the lines themselves stand."
            )
        if found.is_clean:
            self.stdout.write(f"  Everything stands as it was sealed. Newest seal: {found.newest or 'none yet'}")
            return
        self.stdout.write(self.style.ERROR(f"  TAMPERED: {found.breaches[0]}."))
        for says in found.breaches[1:]:
            self.stdout.write(f"  Also: {says}.")
        if found.more_breaches:
            self.stdout.write(f"  And {found.more_breaches:,} more.")
