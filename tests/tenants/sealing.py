"""Seals as stories use them: two rounds, the lines of both ledgers, and what verify_audit says."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from members.models import ConsentDetail, ConsentEvent
from tenants.chains import Chain, chains
from tenants.models import AuditDetail, AuditEntry
from tenants.scope import platform_scope
from tenants.seals import seal_settled
from tests.cast import Cast
from tests.members.stories import MINUTE, NOW, stops, ticks

TABLES = {"consent": "members_consentevent", "audit": "tenants_auditentry"}
SIDES = {"consent": ("members_consentdetail", "event_id"), "audit": ("tenants_auditdetail", "entry_id")}
MODELS: dict[str, tuple[Any, Any]] = {
    "consent": (ConsentEvent, ConsentDetail),
    "audit": (AuditEntry, AuditDetail),
}


def chain_named(name: str) -> Chain:
    return next(chain for chain in chains() if chain.name == name)


def seals(name: str, *, most_lines: int = 5_000) -> int:
    """Two rounds: the first notes how far it goes, the second seals it."""
    chain = chain_named(name)
    seal_settled(chain, at=timezone.now(), most_lines=most_lines)
    return seal_settled(chain, at=timezone.now(), most_lines=most_lines)


def verified(*arguments: str) -> tuple[int, str]:
    """The exit status of verify_audit, and what it says."""
    said = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=said, stderr=StringIO(), no_color=True)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue()
    return 0, said.getvalue()


def write_lines(cast: Cast) -> None:
    """Some lines in both ledgers."""
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    for place in range(3):
        stops(at=NOW + place * MINUTE, message=f"SM-{place}", tenant_id=cast.harbor.pk)


def ids(name: str) -> list[tuple[int, str]]:
    with platform_scope():
        return list(MODELS[name][0].objects.order_by("id").values_list("id", "public_id"))
