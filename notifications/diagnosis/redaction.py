"""The same facts for different readers: what each may see is taken out of the facts, so that no sentence can say it."""

from dataclasses import replace
from enum import StrEnum

from imes.kernel.redact import redact
from notifications.core.gate_facts import GateFacts
from notifications.diagnosis.facts import AttemptFact, Facts, MemberFact, ReadingFact, SiblingFact
from notifications.diagnosis.masking import masked
from notifications.diagnosis.redaction_beside import outside_duplicates, own_duplicates, reach_for
from notifications.diagnosis.redaction_senders import without_foreign_addresses


class Audience(StrEnum):
    """Who reads the report."""

    MEMBER = "member"
    TENANT = "tenant"
    SUPPORT = "support"
    PLATFORM = "platform"
    #: Leaves the portal, by mail or into a ticket.
    OUTSIDE = "outside"


def redacted(facts: Facts, audience: Audience) -> Facts:
    """What this reader may see.

    A member sees their own row without the rest of the team and without our exceptions; what leaves the portal has no
    name and no full number. Tenant admins, support and the platform see the row as it is: who may open which row is
    decided before anything is read. How the platform's routes stand is for platform admins alone.
    """
    if audience is not Audience.PLATFORM:
        facts = replace(facts, routes=())
    if audience in {Audience.TENANT, Audience.OUTSIDE}:
        shared_alone = audience is Audience.TENANT
        facts = replace(facts, senders=without_foreign_addresses(facts.senders, shared_alone=shared_alone))
    facts = replace(facts, blast=reach_for(facts.blast, audience=audience.value))
    if audience is Audience.MEMBER:
        mine = own_duplicates(facts.duplicates, member_ref=facts.member.public_id if facts.member else "")
        arrived = replace(facts.last_arrival, row_ref="") if facts.last_arrival else None
        facts = replace(facts, duplicates=mine, last_arrival=arrived)
        alert = replace(facts.alert, siblings=(), acknowledged_by=None) if facts.alert else None
        attempts = tuple(replace(one, exception_class="", fault_text="") for one in facts.attempts)
        row = replace(
            facts.row, cancelled_by=_nameless(facts.row.cancelled_by), tried_next=_others(facts.row.tried_next)
        )
        for name in _senders(facts):
            row = replace(row, reason_text=row.reason_text.replace(name, "somebody"))
        now = _nobodys(replace(facts.now, acknowledged_by=None)) if facts.now else None
        then = replace(facts.then, facts=_nobodys(facts.then.facts)) if facts.then and facts.then.facts else facts.then
        return replace(facts, alert=alert, attempts=attempts, row=row, senders=(), then=then, now=now)
    return _outside(facts) if audience is Audience.OUTSIDE else facts


def _outside(facts: Facts) -> Facts:
    row = facts.row
    gate_facts = facts.then.facts if facts.then else None
    return replace(
        facts,
        row=replace(
            row,
            number=masked(row.number),
            reason_text=redact(without_names(row.reason_text, facts=facts)),
            cancelled_by=_nameless(row.cancelled_by),
            merged_into=_nameless(row.merged_into),
            resend_of=_nameless(row.resend_of),
            tried_next=_others(row.tried_next),
        ),
        tenant=replace(facts.tenant, name=facts.tenant.public_id),
        then=replace(
            facts.then,
            facts=_nobodys(replace(gate_facts, number=masked(gate_facts.number or "") or None, acknowledged_by=None))
            if gate_facts
            else None,
        )
        if facts.then
        else None,
        now=_nobodys(replace(facts.now, number=masked(facts.now.number or "") or None, acknowledged_by=None))
        if facts.now
        else None,
        member=_member(facts.member) if facts.member else None,
        reading_then=_reading(facts.reading_then),
        reading_now=_reading(facts.reading_now),
        attempts=tuple(_attempt(one) for one in facts.attempts),
        duplicates=outside_duplicates(facts.duplicates),
        alert=replace(
            facts.alert,
            flow_name=f"flow of {facts.alert.public_id}",
            acknowledged_by="Somebody" if facts.alert.acknowledged_by else None,
            siblings=tuple(one for one in map(_nameless, facts.alert.siblings) if one),
        )
        if facts.alert
        else None,
    )


def _nobodys(gate_facts: GateFacts) -> GateFacts:
    """The same facts without the name of who sent it by hand."""
    own = gate_facts.allowance
    return gate_facts if own is None else replace(gate_facts, allowance=replace(own, who="Somebody"))


def _senders(facts: Facts) -> list[str]:
    """Who sent it by hand, as the facts of then and of now name them."""
    known = (facts.then.facts if facts.then else None, facts.now)
    return [one.allowance.who for one in known if one is not None and one.allowance is not None and one.allowance.who]


def _member(member: MemberFact) -> MemberFact:
    return replace(
        member,
        name=member.public_id,
        phones=tuple(replace(one, number=masked(one.number)) for one in member.phones),
        changes=tuple(
            replace(one, before=masked(one.before), after=masked(one.after), by=_somebody(one.by))
            for one in member.changes
        ),
        turns=tuple(replace(one, number=masked(one.number), by=_somebody(one.by), why="") for one in member.turns),
        seats=tuple(
            replace(one, given_by=_somebody(one.given_by), removed_by=_somebody(one.removed_by), why_removed="")
            for one in member.seats
        ),
    )


def _others(tried_next: str) -> str:
    """Who was tried in their place, without the names."""
    return "somebody else" if tried_next and not tried_next.startswith("nobody") else tried_next


def _somebody(name: str) -> str:
    return "somebody" if name else ""


def _attempt(attempt: AttemptFact) -> AttemptFact:
    return replace(attempt, number=masked(attempt.number), fault_text=redact(attempt.fault_text))


def _reading(reading: ReadingFact | None) -> ReadingFact | None:
    if reading is None:
        return None
    return replace(reading, number=masked(reading.number), suggestion=masked(reading.suggestion or "") or None)


def _nameless(sibling: SiblingFact | None) -> SiblingFact | None:
    return replace(sibling, who="Somebody") if sibling else None


def without_names(text: str, *, facts: Facts) -> str:
    """The text with every name and every free reason that these facts know replaced by a word in brackets."""
    for why in (one.why for one in facts.member.turns) if facts.member else ():
        text = text.replace(why, "[reason]") if why else text
    for why in (one.why_removed for one in facts.member.seats) if facts.member else ():
        text = text.replace(why, "[reason]") if why else text
    names = [facts.member.name if facts.member else "", facts.tenant.name]
    if facts.member:
        names += [one.by for one in facts.member.turns] + [one.by for one in facts.member.changes]
        names += [name for one in facts.member.seats for name in (one.given_by, one.removed_by)]
    names += _senders(facts)
    names += [facts.row.cancelled_by.who] if facts.row.cancelled_by else []
    names += [facts.alert.acknowledged_by or "", facts.alert.flow_name] if facts.alert else []
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "[name]")
    return text
