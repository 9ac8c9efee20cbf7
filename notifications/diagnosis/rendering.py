"""The report as JSON for programs and as wrapped text for a terminal; the page has templates of its own."""

import textwrap
from typing import Any

from notifications.diagnosis.catalogue import section_of
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.report import Report
from notifications.diagnosis.saved import plain
from notifications.diagnosis.words import clock

#: Changes when a key of `as_json` is renamed or removed; keys may be added.
SHAPE = 1
_WIDTH = 96
_SIGNS = {
    Verdict.CLEAR: "ok ",
    Verdict.NOTABLE: "!  ",
    Verdict.STOPPED: "XX ",
    Verdict.UNKNOWN: "?  ",
    Verdict.NOT_APPLICABLE: "-  ",
}


def as_json(report: Report) -> dict[str, Any]:
    """The report in types that JSON takes; the keys are stable within one `shape`."""
    facts = report.facts
    return {
        "shape": SHAPE,
        "notification": facts.row.public_id,
        "status": facts.row.status.value,
        "reason": facts.row.reason,
        "channel": facts.row.channel.value,
        "purpose": facts.row.purpose.value,
        "asked_at": facts.asked_at.isoformat(),
        "headline": report.headline,
        "cause": _finding(report.cause) if report.cause else None,
        "secondary": [one.code for one in report.secondary],
        "findings": [_finding(one) for one in report.findings],
        "bundle": report.bundle,
    }


def as_text(report: Report) -> str:
    """The report as lines of at most 96 characters: the answer first, then every finding in order, then the bundle."""
    facts, lines = report.facts, []
    lines.append(
        f"{facts.row.public_id} · {facts.row.status.value} · {facts.row.channel.value} · {facts.row.purpose.value}"
    )
    lines += ["", *_wrapped(report.headline)]
    if report.cause is not None and report.cause.remedy is not None:
        lines += _wrapped(f"Next: {report.cause.remedy.text} ({report.cause.code})")
    if report.secondary:
        lines += _wrapped(f"Also in the way: {'; '.join(f'{one.code} {one.says}' for one in report.secondary)}")
    section = None
    for finding in report.findings:
        if section_of(finding) is not section:
            section = section_of(finding)
            lines += ["", section.heading.upper()]
        lines += _finding_lines(finding, report)
    lines += [
        "",
        "FOR SUPPORT (no names, no texts, no full numbers)",
        *(f"  {line}" for line in report.bundle.splitlines()),
    ]
    return "\n".join(lines)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        **plain(finding),
        "section": section_of(finding).value,
        "proof": finding.proof.name.lower(),
        "differs": finding.differs,
    }


def _finding_lines(finding: Finding, report: Report) -> list[str]:
    lines = _wrapped(
        f"{finding.code} {finding.verdict.word}: {finding.says}", first=f"  {_SIGNS[finding.verdict]}", rest="     "
    )
    if finding.verdict in {Verdict.CLEAR, Verdict.NOT_APPLICABLE}:
        return lines
    if finding.differs:
        lines += _wrapped(f"then: {finding.then or 'not known'}; now: {finding.now or 'not known'}", first="     ")
    for shown in finding.evidence:
        lines += _wrapped(_evidence(shown, report), first="       · ", rest="         ")
    if finding.remedy is not None:
        lines += _wrapped(f"→ {finding.remedy.text}", first="     ", rest="       ")
    return lines


def _evidence(shown: Evidence, report: Report) -> str:
    at = clock(shown.at, facts=report.facts) if shown.at else ""
    tail = " ".join(part for part in (at if at and at not in shown.value else "", shown.ref) if part)
    return f"{shown.name}: {shown.value}" + (f" ({tail})" if tail else "")


def _wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest or first, break_long_words=False
    ) or [first]
