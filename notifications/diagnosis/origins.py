"""Why another request with the same text was made: which of the ways to a double it was, told with who mends it.

Pure. Each way has one sentence, which names both firings, and one remedy.
"""

from datetime import timedelta
from enum import StrEnum

from notifications.diagnosis.facts import Facts
from notifications.diagnosis.facts_duplicates import FiringFact, RequestFact
from notifications.diagnosis.finding import Evidence, Remedy, Who
from notifications.diagnosis.links import at_flow, at_member
from notifications.diagnosis.words import clock, span, who_it_is

_HOOK = "hook"
_SECOND = timedelta(seconds=1)


class Origin(StrEnum):
    """The ways to a double that are ours to tell apart, in the order in which their remedies are told."""

    FIRED_TWICE = "fired_twice"
    TWO_FLOWS = "two_flows"
    STEPS = "steps"
    SHARED = "shared"
    WRITTEN_TWICE = "written_twice"
    BY_HAND = "by_hand"
    ROUND = "round"
    RESENT = "resent"
    OTHER = "other"


def origin(own: RequestFact, copy: RequestFact) -> Origin:
    """Which way the copy was made, as seen from the row's own request."""
    if own.row_ref == copy.resend_of or copy.row_ref == own.resend_of:
        return Origin.RESENT
    if copy.resend_of and copy.resend_of == own.resend_of:
        return Origin.RESENT
    if own.firing is None and copy.firing is None:
        return Origin.BY_HAND if own.sent_by or copy.sent_by else Origin.OTHER
    if own.firing is None or copy.firing is None:
        return Origin.OTHER
    if own.firing.alert_ref != copy.firing.alert_ref:
        return Origin.FIRED_TWICE if own.firing.flow_pk == copy.firing.flow_pk else Origin.TWO_FLOWS
    if own.member_ref != copy.member_ref:
        return Origin.SHARED
    if own.round != copy.round:
        return Origin.ROUND
    return Origin.WRITTEN_TWICE if (own.step, own.place) == (copy.step, copy.place) else Origin.STEPS


def told(facts: Facts, own: RequestFact, copies: tuple[RequestFact, ...], why: Origin) -> str:
    """What made these copies, all of one way, in a sentence or two."""
    copy = copies[0]
    if why is Origin.FIRED_TWICE and own.firing and copy.firing:
        first, second = sorted((own.firing, copy.firing), key=lambda one: one.at)
        more = f", and {len(copies) - 1} times more" if len(copies) > 1 else ""
        apart = span(second.at - first.at) if second.at - first.at >= _SECOND else "less than a second"
        return (
            f"The flow {first.flow_name} fired twice, {apart} apart{more}: {fired_by(first)} opened {first.alert_ref}, "
            f"and {fired_by(second)} opened {second.alert_ref}."
        )
    if why is Origin.TWO_FLOWS and own.firing and copy.firing:
        both = (f"{one.flow_name} ({one.alert_ref}, opened by {fired_by(one)})" for one in (own.firing, copy.firing))
        return f"Two flows with the same text fired: {' and '.join(both)}."
    refs = ", ".join(dict.fromkeys(one.row_ref for one in copies))
    steps, rounds = _both(own.step, copy.step), _both(own.round, copy.round)
    return {
        Origin.STEPS: f"Steps {steps} of the same alert both paged {who_it_is(facts)} ({refs}).",
        Origin.SHARED: f"{copy.who or 'Another member'} has the same number, and the same alert paged both ({refs}).",
        Origin.ROUND: f"Rounds {rounds} of the same alert both paged, as nobody had answered before ({refs}).",
        Origin.WRITTEN_TWICE: f"One step of one alert wrote more than one message to the same phone ({refs}).",
        Origin.RESENT: f"It was sent again by hand{_by(own, copy)} ({refs}).",
        Origin.BY_HAND: f"The same text was sent more than once by hand{_by(own, copy)} ({refs}).",
    }.get(why, f"Another message carried the same text ({refs}).")


def mended(facts: Facts, own: RequestFact, copies: tuple[RequestFact, ...], why: Origin) -> Remedy:
    """Who does what so that it does not come twice again."""
    if why is Origin.FIRED_TWICE:
        return at_flow(_one_firing(own, copies), facts=facts)
    if why is Origin.TWO_FLOWS:
        text = (
            "A tenant admin decides which of the two flows pages for this event: disable the other one, or take the "
            "recipient out of it."
        )
        return at_flow(text, facts=facts)
    if why is Origin.STEPS:
        text = "A tenant admin takes the recipient out of one of the steps, or out of one of the groups that they page."
        return at_flow(text, facts=facts)
    if why is Origin.SHARED:
        text = "A tenant admin gives each of the two members a number of their own, or pages only one of them."
        return at_member(text, facts=facts)
    if why is Origin.WRITTEN_TWICE:
        text = "Contact support with the IDs: a platform admin finds out why one step wrote it twice."
        return Remedy(text, Who.PLATFORM_ADMIN)
    if why is Origin.ROUND:
        text = "It pages until somebody answers: acknowledge the first one, or let the flow repeat less often."
        return at_flow(text, facts=facts)
    text = "Nothing needs to be mended: whoever sends by hand sees on the row what became of the first one."
    return Remedy(text, Who.NOBODY)


def fired_by(firing: FiringFact) -> str:
    """What fired it, in a few words."""
    if firing.request_ref:
        whence = f" from {firing.address}" if firing.address else ""
        return f"webhook request {firing.request_ref}{whence} {_key(firing)}"
    if firing.source == _HOOK:
        return "a webhook request that was not stored"
    how = "as a test" if firing.source == "test" else "by manage.py fire_flow"
    return f"{firing.by} {how}" if firing.by else f"somebody {how}"


def firing_line(facts: Facts, firing: FiringFact) -> Evidence:
    """One firing as evidence."""
    source, ref = ("webhook request", firing.request_ref) if firing.request_ref else ("alert", firing.alert_ref)
    said = f"{firing.alert_ref} at {clock(firing.at, facts=facts)}, by {fired_by(firing)}"
    return Evidence(f"Firing of {firing.flow_name}", said, firing.at, source, ref)


def _one_firing(own: RequestFact, copies: tuple[RequestFact, ...]) -> str:
    firings = [one.firing for one in (own, *copies) if one.firing is not None]
    if any(not one.request_ref for one in firings):
        return "Ask whoever fired it by hand whether they meant to; a webhook that fires the flow is left as it is."
    if all(one.has_key for one in firings):
        return (
            "The calling system gave each request an Idempotency-Key of its own, so they counted as two events: it has "
            "to send the same key whenever it repeats an event, or to stop reporting the event twice."
        )
    return (
        "The calling system sends an Idempotency-Key with every event, the same one whenever it repeats that event: "
        "the second request then fires nothing and gets the first one's answer. The requests are listed at the flow."
    )


def _both(one: int | None, other: int | None) -> str:
    return " and ".join(str(number) for number in sorted((one or 0, other or 0)))


def _key(firing: FiringFact) -> str:
    return "with an Idempotency-Key" if firing.has_key else "without an Idempotency-Key"


def _by(own: RequestFact, copy: RequestFact) -> str:
    people = dict.fromkeys(one.sent_by for one in (own, copy) if one.sent_by)
    return f" by {' and '.join(people)}" if people else ""
