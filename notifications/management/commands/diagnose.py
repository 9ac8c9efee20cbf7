"""Says in a terminal why a message did or did not reach its person: the same report as the page's."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.rendering import as_json, as_text
from notifications.diagnosis.report import report
from notifications.diagnosis.saved import save
from notifications.models import Notification
from tenants.scope import platform_scope

#: A cause was found. 0: none; 1: no such notification, as Django's commands say that something is wrong.
CAUSE_FOUND = 3


class Command(BaseCommand):
    help = (
        "Diagnose one delivery: the proved cause, every finding with its evidence, and what to do next. "
        "It sends and changes nothing. Exit status: 0 no cause, 3 a cause was found, 1 unknown ID."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="The notification's ID, such as ntf_7h0c2k9d4m1x8q3z.")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="Print the report as JSON (docs/diagnosis.md).")
        form.add_argument(
            "--facts",
            action="store_true",
            help="Print the facts that the report rests on, as JSON that a test can load; they hold personal data.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with platform_scope():
            row = Notification.objects.filter(public_id=options["id"]).select_related("tenant").first()
            if row is None:
                raise CommandError(f"There is no notification {options['id']}.")
            facts = read_facts([row.pk], now=timezone.now(), zone=row.tenant.time_zone)[row.pk]
        if options["facts"]:
            self.stdout.write(json.dumps(save(facts), indent=2, ensure_ascii=False))
            return
        found = report(facts)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(as_text(found))
        if found.cause is not None:
            sys.exit(CAUSE_FOUND)
