"""What the templates of the diagnosis show: findings by section, and links to forms that this person may open."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from notifications.diagnosis.catalogue import ENTRIES, Code, section_of
from notifications.diagnosis.finding import Finding, Proof, Remedy, Section, Verdict
from notifications.diagnosis.report import Report

_ICONS = {
    Verdict.CLEAR: "check_circle",
    Verdict.NOTABLE: "info",
    Verdict.STOPPED: "cancel",
    Verdict.UNKNOWN: "help",
    Verdict.NOT_APPLICABLE: "remove",
}
#: Of the block for support, so many are shown without scrolling.
_MOST_LINES = 30
_FOLDED = frozenset({Verdict.CLEAR, Verdict.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class FindingShown:
    """One finding with its sign and the address of the form that mends it; no address where it may not be opened."""

    finding: Finding
    icon: str
    link: str | None
    is_cause: bool

    @property
    def is_folded(self) -> bool:
        return self.finding.verdict in _FOLDED


@dataclass(frozen=True, slots=True)
class SectionShown:
    """One part of the report; folded when nothing in it asks for a look."""

    heading: str
    findings: tuple[FindingShown, ...]

    @property
    def is_folded(self) -> bool:
        return all(one.is_folded for one in self.findings)


def report_page(found: Report, *, request: HttpRequest, site: AdminSite) -> dict[str, Any]:
    """The context of one report."""
    shown = [
        FindingShown(one, _ICONS[one.verdict], _link(one.remedy, request=request, site=site), one is found.cause)
        for one in found.findings
    ]
    by_section = {section: tuple(one for one in shown if section_of(one.finding) is section) for section in Section}
    return {
        "title": "Diagnose this delivery",
        "report": found,
        "row": found.facts.row,
        "status": found.facts.row.status.value.replace("_", " ").capitalize(),
        "tone": _tone(found),
        "cause": next((one for one in shown if one.is_cause), None),
        "sections": [SectionShown(section.heading, ones) for section, ones in by_section.items() if ones],
        "zone_name": found.facts.zone,
        **_bundle((found,)),
    }


def causes_page(reports: list[Report]) -> dict[str, Any]:
    """The context of the table of several: a line each, and what they share."""
    counted = Counter(one.cause.code for one in reports if one.cause is not None)
    says = {one.cause.code: one.cause.says for one in reports if one.cause is not None}
    # What one says names its person; what several share is said of all of them.
    words = {code: says[code] if number == 1 else ENTRIES[Code(code)].when for code, number in counted.items()}
    return {
        "title": "Diagnose these deliveries",
        "several": reports,
        "shared": [(number, len(reports), code, words[code]) for code, number in counted.most_common()],
        "without_cause": sum(one.cause is None for one in reports),
        **_bundle(reports),
    }


def _bundle(reports: Sequence[Report]) -> dict[str, Any]:
    """What is copied for support: of several, one block after the other."""
    text = "\n\n".join(one.bundle for one in reports)
    lines = len(text.splitlines()) + sum(len(one.facts.attempts) for one in reports)
    return {"bundle": text, "bundle_lines": min(_MOST_LINES, lines)}


def _tone(found: Report) -> str:
    """How the answer looks; its words say the same. A row that nobody needed any more is no failure."""
    if found.cause is None:
        unknown = found.facts.row.status.value in {"unconfirmed", "sent", "queued", "held", "sending"}
        return "plain" if unknown else "good"
    settled = found.cause.code == "LOG-12" and found.cause.proof is Proof.STORED
    return "plain" if settled else "bad"


def _link(remedy: Remedy | None, *, request: HttpRequest, site: AdminSite) -> str | None:
    if remedy is None or not remedy.link_name or not _may_open(remedy.link_name, request=request, site=site):
        return None
    try:
        return reverse(remedy.link_name, args=remedy.link_args)
    except NoReverseMatch:
        return None


def _may_open(link_name: str, *, request: HttpRequest, site: AdminSite) -> bool:
    page = link_name.removeprefix("admin:")
    for model, model_admin in site._registry.items():
        if page.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            return bool(model_admin.has_view_permission(request))
    return False
