"""Measures the running portal from outside: how long a page takes from the request that fires it to the sandbox."""

import re
import secrets
import signal
import statistics
import sys
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from members.queries import phones_with_number
from notifications.management.quota_cost import NotLetGo, milliseconds_a_message
from notifications.models import Attempt
from tenants.scope import platform_scope

_PATIENCE = 10.0
_FEWEST_WORKERS = 2
_LATENCY = re.compile(r"(\d+)ms")


class Command(BaseCommand):
    help = "Measure the running portal against the sandbox; it sends real requests, and works in development alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what",
            choices=["first-sms", "quota", "dispatch", "chaos", "fairness"],
            help="first-sms: from POST /hooks/<token> to the sandbox. quota: what counting a message adds to its "
            "dispatch; it sends nothing and is rolled back. dispatch: one firing to COUNT people, on a portal, a "
            "database and a provider of its own, with the floors of this machine. chaos: kills parts of a portal of "
            "its own while COUNT pages go, and compares its log with the sandbox; exit status 1 if any was lost, "
            "doubled, or claims what is not so. fairness: a storm of one tenant is queued, and another's single pages "
            "are timed; exit status 1 if one takes a second or more.",
        )
        parser.add_argument("--hook", help="first-sms: the token of a hook whose flow pages one phone by SMS.")
        parser.add_argument("--to", help="The number of that phone, whose member agreed to SMS.")
        parser.add_argument("--count", type=int, help="How many; by default 50, and 2000 for dispatch and chaos.")
        parser.add_argument(
            "--provider-latency", default="0ms", help="dispatch, fairness: how long the provider takes, e.g. 150ms."
        )
        parser.add_argument("--workers", type=int, default=2, help="dispatch, fairness: processes of the worker.")
        parser.add_argument(
            "--broker",
            default="filesystem://",
            help="Of a portal of its own: such as redis://127.0.0.1:6379/9. chaos cuts it off by its own line, and "
            "takes only an empty database or a virtual host without our queues.",
        )
        parser.add_argument("--queued", type=int, default=20_000, help="fairness: how many rows wait.")
        parser.add_argument("--kills", type=int, default=20, help="chaos: how many kills, a firing each.")
        parser.add_argument("--seed", type=int, help="chaos: decides what is killed when; printed, by default random.")
        parser.add_argument(
            "--receipts", default="sent,delivered", help="dispatch: what the provider reports of each; empty: nothing."
        )
        parser.add_argument(
            "--statements", type=int, default=0, help="dispatch: list so many of the commonest statements of the run."
        )
        parser.add_argument(
            "--receipts-later",
            action="store_true",
            help="dispatch: receipts begin when all messages have arrived, so that statements are of dispatch alone.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG or not settings.SANDBOX_URL:
            raise CommandError("Measuring needs DEBUG and a sandbox: it would page real people.")
        # Told to end, it takes along what it started, as after Ctrl-C.
        signal.signal(signal.SIGTERM, lambda sign, _: sys.exit(128 + sign))
        if options["what"] == "dispatch":
            self._dispatch(options)
            return
        if options["what"] in ("chaos", "fairness"):
            (self._chaos if options["what"] == "chaos" else self._fairness)(options)
            return
        options["count"] = options["count"] or 50
        if not options["to"]:
            raise CommandError("Give the number of a phone with --to.")
        if options["what"] == "quota":
            self._quota(to=options["to"], rounds=options["count"])
            return
        if not options["hook"]:
            raise CommandError("Give the token of a hook with --hook.")
        shots = []
        a_minute = settings.RECIPIENT_TEXTS_A_MINUTE
        if a_minute and options["count"] > a_minute:
            self.stderr.write(
                f"One phone gets {a_minute} texts a minute (RECIPIENT_TEXTS_A_MINUTE): it takes its time."
            )
        for number in range(1, options["count"] + 1):
            if a_minute and number > a_minute:
                # Else it would be held, which is not what is measured.
                time.sleep(60 / a_minute + 0.5)
            shots.append(self._shot(options["hook"], to=options["to"]))
            if number % 10 == 0:
                self.stderr.write(f"{number} of {options['count']}")
        for name in shots[0]:
            values = sorted(shot[name] for shot in shots)
            p95 = values[max(0, -(-95 * len(values) // 100) - 1)]
            self.stdout.write(
                f"{name:<34} median {statistics.median(values):6.1f} ms   p95 {p95:6.1f}   max {values[-1]:6.1f}"
            )

    def _dispatch(self, options: dict[str, Any]) -> None:
        from notifications.management.measuring.dispatch import measure
        from notifications.management.measuring.portal import NotMeasured

        latency = _latency(options)
        try:
            measure(
                count=options["count"] or 2000,
                latency=latency,
                workers=options["workers"],
                broker=options["broker"],
                receipts=options["receipts"],
                hold=options["receipts_later"],
                list_most=options["statements"],
                say=self.stdout.write,
            )
        except NotMeasured as error:
            raise CommandError(str(error)) from None

    def _fairness(self, options: dict[str, Any]) -> None:
        from notifications.management.measuring.fairness import fairness, tell
        from notifications.management.measuring.portal import NotMeasured

        latency = _latency(options)
        try:
            found = fairness(
                queued=options["queued"],
                broker=options["broker"],
                workers=options["workers"],
                latency=latency,
                say=self.stdout.write,
            )
        except NotMeasured as error:
            raise CommandError(str(error), returncode=2) from None
        tell(found, say=self.stdout.write)
        if not found.is_fair:
            raise CommandError("A single page waited behind another tenant's storm.")

    def _chaos(self, options: dict[str, Any]) -> None:
        from notifications.management.measuring.chaos import chaos, planned, tell
        from notifications.management.measuring.line import QueuesInUse
        from notifications.management.measuring.portal import NotMeasured

        count, kills, broker = options["count"] or 2000, options["kills"], options["broker"]
        if not 0 < kills <= count:
            raise CommandError("--kills is at least 1, and at most the number of pages.")
        seed = options["seed"] if options["seed"] is not None else secrets.randbelow(1_000_000)
        self.stdout.write(f"seed {seed}: {kills} kills during {count} pages over {broker}")
        shots = planned(kills, seed=seed, broker=not broker.startswith("filesystem"))
        try:
            verdict = chaos(count=count, shots=shots, broker=broker, say=self.stdout.write)
        except (NotMeasured, QueuesInUse) as error:
            raise CommandError(str(error), returncode=2) from None
        tell(verdict, say=self.stdout.write)
        if not verdict.is_clean:
            raise CommandError("The log does not agree with the provider.")

    def _quota(self, *, to: str, rounds: int) -> None:
        with platform_scope():
            member = next((phone.member for phone in phones_with_number(to) if phone.member.is_active), None)
        if member is None:
            raise CommandError(f"Nobody has the number {to}.")
        try:
            found = milliseconds_a_message(member, number=to, rounds=rounds)
        except NotLetGo:
            raise CommandError(f"{to} cannot be reached by SMS now; diagnose a message to it.") from None
        medians = {name: statistics.median(times) for name, times in found.items()}
        least = medians["not counted"]
        for name, median in medians.items():
            self.stdout.write(f"{name:<24} median {median:6.3f} ms a message   {median / least:5.2f} times the first")

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


def _latency(options: dict[str, Any]) -> float:
    """The seconds that the provider takes; refuses what no portal can be measured with."""
    latency = _LATENCY.fullmatch(options["provider_latency"])
    if latency is None:
        raise CommandError("--provider-latency is a number of milliseconds, such as 150ms.")
    if options["workers"] < _FEWEST_WORKERS:
        raise CommandError("--workers is at least 2: a portal always has two.")
    return int(latency[1]) / 1000
