"""Whether the portal made one request or several with this text, and so whose a double on the phone is.

One request and one ID of the provider prove that a second copy was made behind the provider. What nobody here sees is
the phone: how many it shows, only the person can say.
"""

from datetime import datetime, timedelta

from notifications.core.doubles import SECONDS_APART
from notifications.core.states import Channel, NotificationStatus
from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import AttemptFact, Facts
from notifications.diagnosis.facts_duplicates import DuplicatesFact, RequestFact
from notifications.diagnosis.finding import Evidence, Finding, Remedy, Verdict, Who
from notifications.diagnosis.origins import Origin, firing_line, mended, origin, told
from notifications.diagnosis.words import PROVIDERS, clock, listed, plain_word, provider_name, span

S = NotificationStatus

#: Of these it is known that no phone can have got them.
_NEVER_WENT = frozenset({"refused", "not_processed", "never_left"})
_OPEN = frozenset({"in_flight", "unknown"})
_MOST_LINES = 12
_SECOND = timedelta(seconds=1)
_LINKED = frozenset({Origin.RESENT, Origin.ROUND, Origin.STEPS, Origin.SHARED, Origin.WRITTEN_TWICE})
_FOR_SUPPORT = "give support the block below, whose IDs the provider's support can look up"


def duplicates(facts: Facts) -> tuple[Finding, ...]:
    """One finding on how often it was requested, and one more where others of the tenant went out twice too."""
    known = facts.duplicates
    if known is None or facts.row.channel is Channel.EMAIL:
        return ()
    requested = [one for one in facts.attempts if one.outcome not in _NEVER_WENT]
    if not requested:
        return (_none(facts),)
    copies = counted(facts)
    if not copies and len(requested) == 1:
        return (_one(facts, requested[0]),)
    return (_several(facts, known, requested, copies), *_lately(facts, known))


def counted(facts: Facts) -> tuple[RequestFact, ...]:
    """The other requests that may have made a double of it: same channel, not turned away, seconds apart or linked."""
    known = facts.duplicates
    if known is None or known.own is None:
        return ()
    own = known.own
    return tuple(
        one
        for one in known.copies
        if one.channel is facts.row.channel
        and one.outcome not in _NEVER_WENT
        and (_gap(facts, one.committed_at) <= SECONDS_APART.total_seconds() or origin(own, one) in _LINKED)
    )


def _gap(facts: Facts, at: datetime) -> float:
    return min((abs((one.committed_at - at).total_seconds()) for one in facts.attempts), default=float("inf"))


def _none(facts: Facts) -> Finding:
    into = facts.row.merged_into
    if facts.row.status is S.MERGED and into is not None:
        says = f"Its text went out inside {into.public_id} and not by itself: the phone got that one, and no second."
    else:
        says = "No request of it can have reached the phone, so nothing of it could come twice."
    return found(Code.ONE_REQUEST, Verdict.NOT_APPLICABLE, says)


def _one(facts: Facts, only: AttemptFact) -> Finding:
    name, thing = provider_name(only), _thing(facts)
    evidence = (*_log(facts, ()), *_words(only), *_also(facts))
    firing = facts.duplicates.own.firing if facts.duplicates and facts.duplicates.own else None
    evidence = (*((firing_line(facts, firing),) if firing else ()), *evidence)
    if only.outcome in _OPEN or not only.provider_message_id:
        says = f"One request was made to {name}; whether it took it is not known, and so not how many {thing}s it made."
        return found(Code.ONE_REQUEST, Verdict.UNKNOWN, says, evidence=evidence)
    says = (
        f"{_fired(facts)}one notification, one request to {name} and one ID of it ({only.provider_message_id})"
        f"{_asked(facts, only)}: if the phone got the {thing} twice, the second was made by the carrier, and is not "
        "ours."
    )
    text = (
        "If the phone shows it twice, note both times. Carriers repeat a text where they suspect a disruption, and "
        "while roaming; the carrier answers for it. Where it goes on for days, or with several carriers, choose all "
        f"those messages in the log, diagnose them together, and {_FOR_SUPPORT}."
    )
    return found(Code.ONE_REQUEST, Verdict.CLEAR, says, evidence=evidence, remedy=Remedy(text, Who.PERSON))


def _several(
    facts: Facts, known: DuplicatesFact, requested: list[AttemptFact], copies: tuple[RequestFact, ...]
) -> Finding:
    times = sorted([one.committed_at for one in requested] + [one.committed_at for one in copies])
    number, apart = len(times), times[-1] - times[0]
    within = span(apart) if apart >= _SECOND else "a second"
    says = (
        f"The portal made {number} requests with this text to {facts.row.number or 'this phone'} within {within}, so "
        f"the phone may have got it {number} times: these are ours, and not a carrier's."
    )
    remedies: list[Remedy] = []
    if len(requested) > 1:
        says += f" {_repeated(requested)}"
        remedies.append(_again())
    firings: dict[str, Evidence] = {}
    if known.own is not None:
        by_way: dict[Origin, tuple[RequestFact, ...]] = {}
        for copy in copies:
            way = origin(known.own, copy)
            by_way[way] = (*by_way.get(way, ()), copy)
        for way in (one for one in Origin if one in by_way):
            says += f" {told(facts, known.own, by_way[way], way)}"
            remedies.append(mended(facts, known.own, by_way[way], way))
        for one in (known.own, *copies):
            if one.firing is not None:
                firings[one.firing.alert_ref] = firing_line(facts, one.firing)
    evidence = (*list(firings.values())[:_MOST_LINES], *_log(facts, copies))
    return found(Code.SEVERAL_REQUESTS, Verdict.NOTABLE, says, evidence=evidence, remedy=_joined(remedies))


def _repeated(requested: list[AttemptFact]) -> str:
    first = requested[0]
    name = provider_name(first)
    if first.outcome == "absent":
        asked = f"asked {first.asked_times} times" if first.asked_times != 1 else "asked once"
        return f"{name}, {asked}, did not know attempt {first.ordinal}, so it was sent once more (RESEND-1)."
    words = f", of which {name} said later that it had been {first.word}" if first.word else ""
    return (
        f"Attempt {first.ordinal} was made and not known to be lost{words}; attempt {requested[-1].ordinal} followed."
    )


def _again() -> Remedy:
    text = (
        "Nothing, if it happened once: a page that may be lost is sent once more. A platform admin gives both IDs to "
        "the provider where it happens often."
    )
    return Remedy(text, Who.PLATFORM_ADMIN)


def _joined(remedies: list[Remedy]) -> Remedy | None:
    """The first one's form and person, and everybody's words."""
    if not remedies:
        return None
    text = " ".join(dict.fromkeys(one.text for one in remedies))
    first = remedies[0]
    return Remedy(text, first.who, first.link_name, first.link_args, first.link_label)


def _lately(facts: Facts, known: DuplicatesFact) -> tuple[Finding, ...]:
    phones = {one.number for one in known.lately}
    since = known.lately_since
    if len(phones) <= 1 or since is None:
        return ()
    providers = listed(tuple(dict.fromkeys(PROVIDERS.get(one.provider, one.provider) for one in known.lately)))
    says = (
        f"It was not the only one: since {clock(since, facts=facts)}, {len(phones)} phones of this tenant were sent "
        f"the same text twice within seconds, by {providers}."
    )
    evidence = tuple(
        Evidence(
            PROVIDERS.get(one.provider, one.provider),
            f"{one.provider_message_id or 'no ID'}, {one.word or 'accepted'}, from {one.sender_address}",
            one.at,
            "attempt",
            one.attempt_ref,
        )
        for one in known.lately[:_MOST_LINES]
    )
    text = (
        "A tenant admin first mends what made the requests twice, which is named above. If phones go on getting texts "
        f"twice, {_FOR_SUPPORT}: a platform admin opens a case with those of each provider."
    )
    remedy = Remedy(text, Who.TENANT_ADMIN)
    return (found(Code.DOUBLED_LATELY, Verdict.NOTABLE, says, evidence=evidence, remedy=remedy),)


def _log(facts: Facts, copies: tuple[RequestFact, ...]) -> tuple[Evidence, ...]:
    """Every request, turned away or not, in the order in which they were made: what proves one or many."""
    row = facts.row.public_id
    lines = [
        (one.committed_at, row, one.provider, one.outcome, one.word, one.provider_message_id, one.public_id)
        for one in facts.attempts
    ]
    lines += [
        (one.committed_at, one.row_ref, one.provider, one.outcome, one.word, one.provider_message_id, one.attempt_ref)
        for one in copies
    ]
    return tuple(
        Evidence(
            f"Request {place} to {PROVIDERS.get(provider, provider)}",
            ", ".join(part for part in (whose, plain_word(outcome), word, message_id or "no ID") if part),
            at,
            "attempt",
            ref,
        )
        for place, (at, whose, provider, outcome, word, message_id, ref) in enumerate(sorted(lines)[:_MOST_LINES], 1)
    )


def _fired(facts: Facts) -> str:
    """How many alerts stand behind it: a page that carries others is one text for all of them."""
    if facts.row.carries:
        return f"There were {facts.row.carries + 1} alerts, and for all of them "
    return "There was one alert, " if facts.alert else "There was "


def _words(only: AttemptFact) -> tuple[Evidence, ...]:
    twice = [one for one in only.receipts if one.times > 1]
    said = "came more than once, which is one word told twice and no second message"
    return tuple(Evidence("Receipt", f"{one.word} {said}", one.received_at, "receipt", only.public_id) for one in twice)


def _also(facts: Facts) -> tuple[Evidence, ...]:
    """The same text by another channel, which is meant so and no double."""
    known = facts.duplicates
    others = [one for one in known.copies if one.channel is not facts.row.channel] if known else []
    named = {one.row_ref: one for one in others if _gap(facts, one.committed_at) <= SECONDS_APART.total_seconds()}
    return tuple(
        Evidence("Also sent, no double", f"by {one.channel.value}", one.committed_at, "row", ref)
        for ref, one in named.items()
    )


def _asked(facts: Facts, attempt: AttemptFact) -> str:
    """What the provider knew when it was asked; nothing where it was not."""
    if attempt.asked_at is None or not any(one.door == "asked" for one in attempt.receipts):
        return ""
    return f", which knew it when it was asked at {clock(attempt.asked_at, facts=facts)}"


def _thing(facts: Facts) -> str:
    return "call" if facts.row.channel is Channel.VOICE else "text"
