"""The answer: the cause if one is proved, everything else in order, and one sentence that says it all.

The cause is what the stored ruling, exception, provider's answer or receipt proves; the order of the checks ranks only
causes of equal proof. A message that reached its person has no cause.
"""

from dataclasses import dataclass

from notifications.diagnosis.basis import REACHED
from notifications.diagnosis.bundle import bundle
from notifications.diagnosis.checks import CHECKS
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Finding, Proof, Verdict
from notifications.diagnosis.headline import headline


@dataclass(frozen=True, slots=True)
class Report:
    """All findings in the order of the diagnosis; `secondary` are other things that were in the way."""

    facts: Facts
    findings: tuple[Finding, ...]
    cause: Finding | None
    secondary: tuple[Finding, ...]
    headline: str
    bundle: str


def report(facts: Facts) -> Report:
    """Run every check, and find the cause among what they found; never raises on facts that can be stored."""
    findings = tuple(finding for check in CHECKS for finding in check(facts))
    cause = cause_of(facts, findings)
    secondary = tuple(
        one
        for one in findings
        if one.verdict is Verdict.STOPPED and one is not cause and one.proof is not Proof.SYMPTOM
    )
    return Report(facts, findings, cause, secondary, headline(facts, cause), bundle(facts, cause))


def cause_of(facts: Facts, findings: tuple[Finding, ...]) -> Finding | None:
    """The stopped finding with the best proof, the first of equals."""
    stopped = [one for one in findings if one.verdict is Verdict.STOPPED]
    if not stopped or facts.row.status in REACHED:
        return None
    return max(stopped, key=lambda one: one.proof)  # the first of equals
