"""Compares the kept standings and opt-outs with the consent ledger, says every difference, and mends it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from imes.kernel.phone_facts import mask
from members.consent.projection import Compared, Said, Standings, Stop
from members.consent.rebuild import rebuild
from members.models import Member
from tenants.models import Tenant
from tenants.scope import platform_scope

DRIFT_FOUND = 1
NO_SUCH_TENANT = 2
#: How many numbers lie between two words of progress.
TELL_EVERY = 10_000


class Command(BaseCommand):
    help = (
        "Bring what is kept beside the consent ledger (each member's standing, each number's opt-out) in line with it. "
        "Every difference is printed, and how many there were. No gate reads the kept standings: a difference shows a "
        "wrong state in lists, and of an opt-out a wrong sentence in a diagnosis. "
        "Exit status: 0 nothing differs, or all of it was mended; 1 --check found something; 2 no such tenant."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="Only the numbers and standings of this tenant.")
        parser.add_argument("--check", action="store_true", help="Say what differs, and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant_id = _tenant(options["tenant"]) if options["tenant"] else None
        numbers = drifts = waiting = 0
        for batch in rebuild(tenant_id=tenant_id, mend=not options["check"], at=timezone.now()):
            for line in _lines(batch.found):
                self.stdout.write(line)
                drifts += 1
            waiting += sum(not one.is_drift for one in batch.found.standings)
            if numbers // TELL_EVERY != (numbers + batch.numbers) // TELL_EVERY:
                self.stderr.write(f"{numbers + batch.numbers} numbers compared, {drifts} differences so far")
            numbers += batch.numbers
        self.stdout.write(_closing(numbers, drifts, waiting, is_check=options["check"]))
        if drifts and options["check"]:
            sys.exit(DRIFT_FOUND)


def _tenant(slug: str) -> int:
    with platform_scope():
        tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise CommandError(
            f"There is no tenant {slug}. Enter its slug, as its page shows it.", returncode=NO_SUCH_TENANT
        )
    return tenant.pk


def _lines(found: Compared) -> Iterator[str]:
    drifted = [one for one in found.standings if one.is_drift]
    names = _names(drifted)
    for one in drifted:
        who = names.get(one.member_id, f"member {one.member_id}")
        yield f"standing  {mask(one.number)}  {who}  {one.channel}: {_difference(one.kept, one.ought)}"
    for stop in found.suppressed:
        yield f"opt-out   {mask(stop.number)}: {_difference(stop.kept, stop.ought)}"


def _names(drifted: Iterable[Standings]) -> dict[int, str]:
    wanted = {one.member_id for one in drifted}
    if not wanted:
        return {}
    with platform_scope():
        rows = Member.objects.filter(pk__in=wanted).values_list("pk", "public_id", "tenant__slug")
        return {key: f"{public_id} of {slug}" for key, public_id, slug in rows}


def _difference(kept: Said | Stop | None, ought: Said | Stop | None) -> str:
    return f"kept {_say(kept)}, the ledger says {_say(ought)}"


def _say(said: Said | Stop | None) -> str:
    if said is None:
        return "nothing"
    state, since, source, ref = said
    return " ".join(part for part in (state, since and f"since {since:%Y-%m-%d %H:%M:%S}", source, ref) if part)


def _closing(numbers: int, drifts: int, waiting: int, *, is_check: bool) -> str:
    compared = f"{numbers} number{'' if numbers == 1 else 's'} compared"
    differ = f"{drifts} difference{'' if drifts == 1 else 's'}"
    mended = "" if not drifts else ", left as they are" if is_check else ", all mended"
    # Whoever was given a number after its last line: lists read them from the ledger until then.
    later = f"; {waiting} standing{'' if waiting == 1 else 's'} not kept yet{'' if is_check else ', kept now'}"
    return f"{compared}: {differ}{mended}{later if waiting else ''}."
