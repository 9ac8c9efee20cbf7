"""How the sender is registered with the carriers: verified, pending for how long, or refused for which reasons.

Only where carriers ask for it: for recipients in the United States and Canada. It is never the cause by itself: what a
carrier did about it stands in the receipt (30034 and its kin), and that one is.
"""

from imes.kernel.phone import region_of
from notifications.core.registration import Banner, Registration, RegistrationState, banner
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts, SenderFact
from notifications.diagnosis.finding import Evidence, Finding, Verdict
from notifications.diagnosis.links import at_senders


def registration(facts: Facts) -> tuple[Finding, ...]:
    """The registration of the sender that took it, else of the one that would; none where nobody asks for one."""
    used = used_sender(facts)
    if used is None or used.registered is None or not facts.row.number:
        return ()
    shown = banner(used.registered, recipient_region=region_of(facts.row.number) or "", now=facts.asked_at)
    if shown is None or shown.state is RegistrationState.NOT_NEEDED:
        return ()
    evidence = _evidence(used, used.registered, shown)
    if shown.is_verified:
        says = f"The sender is registered (VERIFIED): {shown.says}"
        return (found(Code.REGISTRATION, Verdict.CLEAR, says, evidence=evidence),)
    says = f"The sender's registration is {shown.title} now: {shown.says}"
    text = "A platform admin corrects what is listed at the provider and submits it again, or uses a verified sender."
    if shown.state is RegistrationState.PENDING:
        text = "A platform admin fetches its state again under Senders, or uses a verified sender; no time is promised."
    elif shown.link:
        text = f"{text} {shown.link_label} ({shown.link})."
    return (found(Code.REGISTRATION, Verdict.NOTABLE, says, evidence=evidence, remedy=at_senders(text)),)


def used_sender(facts: Facts) -> SenderFact | None:
    """The sender that took the last attempt, else the one that would take it now; None where no sender is seen."""
    last = facts.last_attempt
    if last is not None:
        return next((one for one in facts.senders if one.address == last.sender_address), None)
    ref = facts.now.sender_ref if facts.now else None
    return next((one for one in facts.senders if one.public_id == ref), None)


def _evidence(used: SenderFact, known: Registration, shown: Banner) -> tuple[Evidence, ...]:
    state = Evidence(f"Registration of {known.address}", shown.title, known.since, "sender", used.public_id)
    return (state, *(Evidence("To correct", line, None, "sender", used.public_id) for line in shown.lines))
