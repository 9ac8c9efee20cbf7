"""What the same gates would decide if it were sent now: then beside now, and what to mend before it is sent again."""

from notifications.core.states import NotificationStatus
from notifications.diagnosis.basis import shut_now
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import attempt_failed
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who

S = NotificationStatus


def again(facts: Facts) -> tuple[Finding, ...]:
    """Go or not, with every gate that is shut now."""
    shut = shut_now(facts)
    if shut is None:
        says = "What the gates would decide now could not be read."
        return (found(Code.AGAIN, Verdict.UNKNOWN, says),)
    then = _then(facts)
    if not shut:
        says = "If it were sent now, every gate that can be read would let it go."
        if attempt_failed(facts.last_attempt):
            says = f"{says[:-1]}; what the provider met would most likely meet it again."
        return (found(Code.AGAIN, Verdict.CLEAR, says, then=then, now="go"),)
    first = shut[0]
    says = f"If it were sent now, it would not go: {first.says}"
    evidence = tuple(Evidence(reason.value, reason.says, facts.asked_at, "gates") for reason in shut)
    remedy = Remedy(first.remedy, Who.TENANT_ADMIN)
    return (
        found(
            Code.AGAIN,
            Verdict.NOTABLE,
            says,
            evidence=evidence,
            remedy=remedy,
            then=then,
            now=f"no: {', '.join(reason.value for reason in shut)}",
        ),
    )


def _then(facts: Facts) -> str:
    if facts.then is None:
        return ""
    return "go" if facts.then.verdict == "go" else f"no: {facts.then.reason or facts.then.verdict}"
