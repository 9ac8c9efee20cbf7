"""How far it reaches: this member only, some, the whole tenant, or beyond it; and so where the fault is to be sought.

It compares what this message met with what became of messages to other phones at that time. It is never the cause: it
says where the cause lies.
"""

from enum import Enum, auto

from notifications.core.faults import FaultKind
from notifications.core.trouble import EXPIRED, QUEUED, SILENT, UNCONFIRMED
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.checks.faulty import fault_code, fault_of
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.facts_blast import BlastFact, RouteCount
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict
from notifications.diagnosis.links import at_member, at_router, at_senders
from notifications.diagnosis.words import PROVIDERS, channel_name, clock

#: Messages to fewer other phones say nothing of how far it reaches.
ENOUGH = 3
_STUCK = {
    SILENT: "got no receipt either",
    QUEUED: "wait in the queue as this one does",
    UNCONFIRMED: "are without an answer as this one is",
    EXPIRED: "expired as this one did",
}
_OF_PHONES = frozenset({FaultKind.INVALID_NUMBER, FaultKind.NOT_MOBILE, FaultKind.OPTED_OUT})
_STATUS_PAGES = {"twilio": "status.twilio.com", "azure": "azure.status.microsoft"}


class Reach(Enum):
    """From one phone to the whole service."""

    UNKNOWN = auto()
    MEMBER = auto()
    SOME = auto()
    TENANT = auto()
    PLATFORM = auto()


def reach(known: BlastFact) -> Reach:
    """How far it reaches, by phones and not by messages: one dead phone that is paged often is still one phone."""
    if known.phones < ENOUGH:
        return Reach.PLATFORM if known.is_wider else Reach.UNKNOWN
    if not known.phones_alike:
        return Reach.MEMBER
    if known.is_wider:
        return Reach.PLATFORM
    return Reach.TENANT if known.phones_alike * 2 >= known.phones else Reach.SOME


def _is_of_phones(facts: Facts) -> bool:
    """Whether the code speaks of the number alone: landlines and opt-outs of many are no trouble of the service."""
    last = facts.last_attempt
    return last is not None and bool(fault_code(last)) and fault_of(last, facts=facts).kind in _OF_PHONES


def _of_phones(known: BlastFact) -> Reach:
    if known.phones < ENOUGH:
        return Reach.UNKNOWN
    return Reach.SOME if known.phones_alike else Reach.MEMBER


def blast(facts: Facts) -> tuple[Finding, ...]:
    """One finding where this message met something, none where it arrived or was not sent for a reason of its own."""
    known = facts.blast
    if known is None:
        return ()
    evidence = _evidence(facts, known)
    far = reach(known) if not _is_of_phones(facts) else _of_phones(known)
    if far is Reach.UNKNOWN or (known.trouble == SILENT and far is not Reach.MEMBER):
        return (found(Code.REACH_UNKNOWN, Verdict.UNKNOWN, _too_little(facts, known, far), evidence=evidence),)
    code, who = {
        Reach.MEMBER: (Code.MEMBER_ONLY, "Only this member"),
        Reach.SOME: (Code.MANY_MEMBERS, "Several members, and not the whole tenant"),
        Reach.TENANT: (Code.MANY_MEMBERS, "Most of this tenant"),
        Reach.PLATFORM: (Code.WHOLE_SERVICE, "Not this tenant alone"),
    }[far]
    if far is Reach.SOME and _is_of_phones(facts):
        who = "Several members, each by their own number"
    says = f"{who}: {_counted(facts, known)}{_wider(known, far)}"
    return (found(code, Verdict.NOTABLE, says, evidence=evidence, remedy=_remedy(facts, known, far)),)


def _counted(facts: Facts, known: BlastFact) -> str:
    if not known.messages:
        return f"this tenant sent no other {channel_name(facts)} to compare with {_when(facts, known)}."
    nearest = "the nearest " if known.is_capped else ""
    alike = "none" if not known.alike else str(known.alike)
    failed = f"; {known.failed} met something else" if known.failed else ""
    return (
        f"of {nearest}{known.messages} {channel_name(facts)} messages of this tenant to other phones "
        f"{_when(facts, known)}, {known.arrived} arrived and {alike} {_met(known)}{failed}."
    )


def _when(facts: Facts, known: BlastFact) -> str:
    return f"from {clock(known.since, facts=facts)} to {clock(known.until, facts=facts)}"


def _met(known: BlastFact) -> str:
    return _STUCK.get(known.trouble, f"met the same ({known.trouble})")


def _wider(known: BlastFact, far: Reach) -> str:
    """What may be said of others: one sentence that names and counts nobody."""
    if far is Reach.PLATFORM:
        return " Other organisations on this platform meet the same: it is the service, and not this tenant's settings."
    if far is Reach.TENANT and known.is_wider is False:
        return " Elsewhere on this platform it works, so it is something of this tenant's."
    return ""


def _too_little(facts: Facts, known: BlastFact, far: Reach) -> str:
    if far is not Reach.UNKNOWN and known.trouble == SILENT:
        return (
            f"It was not the only one without a receipt: {_counted(facts, known)} Some carriers never give one; where "
            "none comes any more, they do not reach the portal."
        )
    return f"Too few other messages were sent to tell how far it reaches: {_counted(facts, known)}"


def _remedy(facts: Facts, known: BlastFact, far: Reach) -> Remedy:
    if far is Reach.MEMBER:
        text = "The service works for others: look at this member's number, phone and carrier, as found above."
        return at_member(text, facts=facts)
    if far is Reach.PLATFORM:
        return at_router(_service(facts, known))
    one = _one_route(known)
    if one is not None:
        text = (
            f"All of them left from {one.sender_address}, and others did not meet it: a platform admin looks at that "
            "sender, its registration and its provider's account."
        )
        return at_senders(text)
    if far is Reach.TENANT:
        text = (
            "It is what these messages share: a tenant admin looks at the tenant's standing and quota, and a platform "
            "admin at its senders, their registration and the provider's account."
        )
        return at_senders(text)
    text = (
        "It is what these phones share: a carrier, a country or a kind of line. Choose their rows in the log and "
        "diagnose them together; what several have in common stands on top."
    )
    return at_member(text, facts=facts)


def _service(facts: Facts, known: BlastFact) -> str:
    if known.trouble == QUEUED:
        return "Contact support: a platform admin looks at /health and starts the worker; waiting rows then go."
    last = facts.last_attempt
    page = _STATUS_PAGES.get(last.provider, "") if last else ""
    where = f"{PROVIDERS.get(last.provider, last.provider)}'s status page{f' ({page})' if page else ''}" if last else ""
    return (
        f"Contact support: a platform admin looks at the Router{f' and at {where}' if where else ''}, and takes the "
        "route out where another provider works. Use another channel meanwhile."
    )


def _one_route(known: BlastFact) -> RouteCount | None:
    """The only sender whose messages met it, where another one's did not."""
    met = [one for one in known.routes if one.alike]
    return met[0] if len(met) == 1 and any(one.arrived for one in known.routes if one is not met[0]) else None


def _evidence(facts: Facts, known: BlastFact) -> tuple[Evidence, ...]:
    shown = [
        Evidence("What this one met", _own(known), None, "row", facts.row.public_id),
        Evidence("Other phones", f"{known.phones_alike} of {known.phones} met the same", known.since, "log"),
    ]
    shown += [
        Evidence(
            f"{PROVIDERS.get(one.provider, one.provider)} from {one.sender_address}",
            f"{one.messages} messages: {one.alike} met the same, {one.arrived} arrived",
            None,
            "log",
        )
        for one in known.routes
    ]
    other = known.elsewhere
    if other is not None:
        said = (
            f"{other.alike} of {other.messages} messages met the same, at {other.tenants_alike} of {other.tenants} "
            f"tenants; {other.arrived} arrived"
        )
        shown.append(Evidence("Other tenants", said, None, "log"))
    return tuple(shown)


def _own(known: BlastFact) -> str:
    words = {SILENT: "no receipt", QUEUED: "waits in the queue", UNCONFIRMED: "no answer", EXPIRED: "expired"}
    return words.get(known.trouble, known.trouble)
