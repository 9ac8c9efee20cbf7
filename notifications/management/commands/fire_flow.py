"""Fires a flow from the command line, as a person or a script of the operator would."""

import difflib
import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications.core.answers import Refusal
from notifications.models import Alert, Flow, Notification
from notifications.operations.alerts import fire
from notifications.queries.flows import flow_names, flows_named
from tenants.scope import platform_scope, tenant_scope

UNKNOWN, REFUSED = 1, 2


class Command(BaseCommand):
    help = """Fire a flow and page its people.

Examples:
  manage.py fire_flow pump-down
  manage.py fire_flow pump-down --tenant harbor service="Pump 3" site=Quay
  manage.py fire_flow pump-down --payload '{"service": "Pump 3"}' --json
  echo '{"service": "Pump 3"}' | manage.py fire_flow pump-down --payload -

Exit status: 0 fired; 1 no such flow; 2 not fired: several tenants have it, it is disabled, its tenant is suspended,
or the fields cannot be read."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the flow's short name")
        parser.add_argument("fields", nargs="*", metavar="key=value", help="fields of its text")
        parser.add_argument("--tenant", metavar="T", help="the tenant's short name, where several have such a flow")
        parser.add_argument("--payload", metavar="JSON", help="all fields as one JSON object; - reads standard input")
        parser.add_argument("--json", action="store_true", help="print the alert as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        payload = _payload(options["payload"], options["fields"])
        with platform_scope():
            flow = _flow(options["slug"], tenant_slug=options["tenant"])
        with tenant_scope(flow.tenant_id):
            alert = fire(flow, payload=payload, actor=None, at=timezone.now())
            if isinstance(alert, Refusal):
                raise _stopped(f"{alert.code}: {alert.says} {alert.fix}", status=REFUSED)
            pages = Notification.objects.filter(alert=alert).count()
        self.stdout.write(_said(alert, flow=flow, pages=pages, as_json=options["json"]))


def _flow(slug: str, *, tenant_slug: str | None) -> Flow:
    found = flows_named(slug, tenant_slug=tenant_slug)
    if len(found) == 1:
        return found[0]
    if found:
        tenants = ", ".join(flow.tenant.slug for flow in found)
        raise _stopped(f"Several tenants have a flow {slug!r}: {tenants}. Name one with --tenant.", status=REFUSED)
    close = difflib.get_close_matches(slug, flow_names(tenant_slug=tenant_slug), n=3, cutoff=0.5)
    where = f" in tenant {tenant_slug!r}" if tenant_slug else ""
    meant = f" Did you mean: {', '.join(close)}?" if close else ""
    raise _stopped(f"There is no flow {slug!r}{where}.{meant}", status=UNKNOWN)


def _payload(given: str | None, fields: list[str]) -> dict[str, Any]:
    if given == "-":
        given = sys.stdin.read()
    try:
        payload = json.loads(given) if given else {}
    except ValueError as error:
        raise _stopped(f"--payload is not valid JSON: {error}", status=REFUSED) from error
    if not isinstance(payload, dict):
        raise _stopped('--payload is not a JSON object such as {"service": "Pump 3"}.', status=REFUSED)
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise _stopped(f"{field!r} is not of the form key=value.", status=REFUSED)
        payload[name] = value
    return payload


def _said(alert: Alert, *, flow: Flow, pages: int, as_json: bool) -> str:
    if as_json:
        return json.dumps({"alert": alert.public_id, "flow": flow.slug, "tenant": flow.tenant.slug, "pages": pages})
    people = "1 page" if pages == 1 else f"{pages} pages"
    return f"Fired {flow.slug} of {flow.tenant.slug}: alert {alert.public_id}, {people} written."


def _stopped(says: str, *, status: int) -> CommandError:
    return CommandError(says, returncode=status)
