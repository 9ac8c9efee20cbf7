"""Says whether a file of consent evidence is exactly what was signed; it needs no database."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imes.kernel.canonical import canonical
from imes.kernel.signing import NotASigningKey, PublicKey, public_keys
from members.consent.evidence_file import Verdict, verdict
from tenants.signing import signing_keys

NOT_GENUINE = 1


class Command(BaseCommand):
    help = (
        "Check a file of consent evidence, JSON or page, against a public key. It asks no database and no network. "
        "Exit status: 0 it is exactly what was signed, 1 it is not, or that cannot be told."
    )
    # Checks may ask the database; this runs where there is none.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The file as it was downloaded.")
        parser.add_argument(
            "--key",
            type=Path,
            metavar="PUBLIC.pem",
            help="The public key, from /keys/evidence of the portal that signed (default: this installation's own).",
        )
        parser.add_argument(
            "--write-signed",
            type=Path,
            metavar="OUT",
            help="Write the bytes that the record's signature covers, to check them with openssl (docs/consent.md).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = options["file"].read_bytes()
        except OSError as refused:
            raise CommandError(f"{options['file']} cannot be read: {refused.strerror}.") from None
        found = verdict(data, keys=self._keys(options["key"]))
        self.stdout.write(found.says)
        if found.record is not None:
            self._say(found)
            if options["write_signed"]:
                options["write_signed"].write_bytes(canonical(found.record))
        if not found.is_genuine:
            sys.exit(NOT_GENUINE)

    def _keys(self, file: Path | None) -> tuple[PublicKey, ...]:
        try:
            if file is None:
                return signing_keys().public
            return public_keys(file.read_text())
        except (OSError, UnicodeDecodeError, NotASigningKey) as refused:
            where = file or "EVIDENCE_SIGNING_KEY"
            raise CommandError(f"{where} holds no public key that can be used: {refused}.") from None

    def _say(self, found: Verdict) -> None:
        record = found.record or {}
        prepared = record["prepared"]
        self.stdout.write(
            f"Evidence for {record['number']}: {len(record['lines'])} line(s), prepared {prepared['at']} "
            f"by {prepared['by']['email']} at {prepared['by_portal']}."
        )
        changed = [line["id"] for line in record["lines"] if "CHANGED" in f"{line['details_are']} {line['seal']}"]
        if changed:
            self.stdout.write(
                f"When it was prepared, these lines were no longer as they were written: {', '.join(changed)}."
            )
