"""Says how replies would be read: one JSON string a line in, one JSON object a line out, as they come.

It needs no database and changes nothing. A YES is read as for somebody who has not opted out: NONE.
"""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from members.consent.keywords import read_reply

BAD_LINE = 1
_FIELDS = {"text", "opt_out_type"}


class Command(BaseCommand):
    help = """Read replies as the portal would, without doing anything.

Each line of standard input is a JSON string, the reply; or an object with "text" and "opt_out_type", the provider's
own word. Each gives one line of JSON: class (STOP, START, HELP, ACK, NONE), opts_out, review (a person should look at
it) and because. YES is read as for somebody who has not opted out, which is NONE.

Examples:
  echo '"please stop texting me"' | manage.py read_reply
  echo '{"text": "halt", "opt_out_type": "STOP"}' | manage.py read_reply

Exit status: 0; 1 where a line could not be read, which prints an object with "error" in its place."""

    requires_system_checks = ()
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.set_defaults(skip_checks=True)

    def handle(self, *args: Any, **options: Any) -> None:
        is_bad = False
        for line in sys.stdin.buffer:
            said = answer(line, languages=settings.KEYWORD_LANGUAGES)
            is_bad |= "error" in said
            # Written at once: somebody may be waiting for this line before they send the next.
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
        if is_bad:
            sys.exit(BAD_LINE)


def answer(line: bytes, *, languages: frozenset[str]) -> dict[str, Any]:
    """The object for one line: the reading, or `error` with what is wrong with the line."""
    try:
        given = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return {"error": 'The line is not JSON in UTF-8. Send a JSON string, such as "STOP".'}
    if isinstance(given, str):
        given = {"text": given}
    if (defect := _defect(given)) is not None:
        return {"error": defect}
    reading = read_reply(given["text"], opt_out_type=given.get("opt_out_type"), languages=languages)
    return {
        "class": reading.kind.word,
        "opts_out": reading.opts_out,
        "review": reading.review,
        "because": reading.because,
    }


def _defect(given: object) -> str | None:
    if not isinstance(given, Mapping):
        return 'The line is neither a JSON string nor an object. Send a string, or an object with "text".'
    if not isinstance(given.get("text"), str):
        return '"text" is missing or is not a string.'
    if not isinstance(given.get("opt_out_type", ""), str | None):
        return '"opt_out_type" is neither a string nor null.'
    if unknown := sorted(set(given) - _FIELDS):
        return f'Unknown: {", ".join(unknown)}. Send "text" and "opt_out_type" alone.'
    return None
