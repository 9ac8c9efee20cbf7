"""Measures the running portal from outside: how long a page takes from the request that fires it to the sandbox."""

import statistics
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notifications.models import Attempt
from tenants.scope import platform_scope

_PATIENCE = 10.0


class Command(BaseCommand):
    help = "Measure the running portal against the sandbox; it sends real requests, and works in development alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["first-sms"], help="first-sms: from POST /hooks/<token> to the sandbox.")
        parser.add_argument("--hook", required=True, help="The token of a hook whose flow pages one phone by SMS.")
        parser.add_argument("--to", required=True, help="The number of that phone.")
        parser.add_argument("--count", type=int, default=50)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or not settings.SANDBOX_URL:
            raise CommandError("Measuring needs DEBUG and a sandbox: it would page real people.")
        shots = []
        for number in range(1, options["count"] + 1):
            shots.append(self._shot(options["hook"], to=options["to"]))
            if number % 10 == 0:
                self.stderr.write(f"{number} of {options['count']}")
        for name in shots[0]:
            values = sorted(shot[name] for shot in shots)
            p95 = values[max(0, -(-95 * len(values) // 100) - 1)]
            self.stdout.write(
                f"{name:<34} median {statistics.median(values):6.1f} ms   p95 {p95:6.1f}   max {values[-1]:6.1f}"
            )

    def _shot(self, token: str, *, to: str) -> dict[str, float]:
        """Fire once and return the milliseconds of each leg; all clocks are this machine's."""
        before = {text["sid"] for text in self._texts(to)}
        fired = datetime.now(UTC)
        answer = requests.post(f"{settings.PUBLIC_URL}/hooks/{token}", json={"service": "bench"}, timeout=_PATIENCE)
        answered = datetime.now(UTC)
        if answer.status_code != requests.codes.accepted:
            raise CommandError(f"The hook answered {answer.status_code}.")
        text = self._wait_for_text(to, before=before)
        arrived = datetime.fromisoformat(text["created_at"])
        attempt = self._attempt(text["sid"])
        legs = {
            "POST to 202": (fired, answered),
            "POST to row written": (fired, attempt.notification.created_at),
            "row written to attempt committed": (attempt.notification.created_at, attempt.committed_at),
            "attempt committed to sandbox": (attempt.committed_at, arrived),
            "POST to sandbox": (fired, arrived),
        }
        return {name: (end - start).total_seconds() * 1000 for name, (start, end) in legs.items()}

    @staticmethod
    def _texts(to: str) -> list[dict[str, Any]]:
        found = requests.get(f"{settings.SANDBOX_URL}/sandbox/messages", params={"to": to}, timeout=_PATIENCE).json()
        return [text for text in found if text["direction"] != "inbound"]

    def _wait_for_text(self, to: str, *, before: set[str]) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            time.sleep(0.1)
            for text in self._texts(to):
                if text["sid"] not in before:
                    return text
        raise CommandError("No text arrived within 10 s: do worker and sandbox run?")

    @staticmethod
    def _attempt(sid: str) -> Attempt:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with platform_scope():
                found = Attempt.objects.filter(provider_message_id=sid).select_related("notification").first()
            if found is not None:
                return found
            time.sleep(0.02)
        raise CommandError("The text arrived and its attempt was not written down within 10 s.")
