"""What a flow would do if it fired now: its steps, whom they page in which order, and on which numbers.

It reads the flow as it stands; what an alert did then stands in the alert's snapshot. Whether anybody may be reached
is for the rulings.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from members.models import Member
from members.queries import members_named, members_of_group, phone_for
from notifications.core.recipients import expanded
from notifications.core.snapshot import FlowPlan, RecipientPlan, StepPlan
from notifications.core.states import Channel
from notifications.models import Flow, Step, StepRecipient

#: Channels whose messages go to a phone number.
TO_A_PHONE = (Channel.SMS, Channel.VOICE)


@dataclass(frozen=True, slots=True)
class PagedPerson:
    """One page that would be written at once or, in turn, when its place comes; `number` is None where none is kept."""

    member: Member
    channel: Channel
    number: str | None
    place: int


def flow_plan(flow: Flow) -> FlowPlan:
    """The flow and its steps as they stand, numbered in their order. Two queries, however many steps and recipients."""
    steps = list(Step.objects.filter(flow_id=flow.pk).order_by("position", "id"))
    recipients: defaultdict[int, list[RecipientPlan]] = defaultdict(list)
    rows = StepRecipient.objects.filter(step_id__in=[step.pk for step in steps]).select_related("member", "group")
    for row in rows.order_by("position", "id"):
        recipients[row.step_id].append(_recipient(row))
    return FlowPlan(
        flow_id=flow.pk,
        public_id=flow.public_id,
        name=flow.name,
        slug=flow.slug,
        urgency=flow.urgency,
        text=flow.text,
        repeats=flow.repeats,
        validity=flow.validity,
        steps=tuple(
            StepPlan(
                position=position,
                in_turn=step.mode == Step.Mode.IN_TURN,
                channels=tuple(dict.fromkeys(step.channels)),
                wait=step.wait,
                recipients=tuple(recipients[step.pk]),
            )
            for position, step in enumerate(steps)
        ),
    )


def first_to_page(plan: FlowPlan) -> tuple[StepPlan | None, tuple[int, ...]]:
    """The first step that has anybody to page, and its members in order; a step of empty groups costs no wait.

    One query where a step names groups, none where it does not.
    """
    for step in plan.steps:
        member_ids = members_to_page(step)
        if member_ids:
            return step, member_ids
    return None, ()


def members_to_page(step: StepPlan) -> tuple[int, ...]:
    """The members of a step in their order, groups expanded as they stand now, each member once."""
    groups = [recipient.group_id for recipient in step.recipients if recipient.group_id is not None]
    found = members_of_group(groups) if groups else {}
    members_of = {group_id: [member.pk for member in members] for group_id, members in found.items()}
    return expanded((recipient.recipient for recipient in step.recipients), members_of=members_of)


def numbers_to_page(member_ids: Collection[int], *, channels: Iterable[str]) -> dict[tuple[int, str], str]:
    """The number of each member on each channel; members without one are missing. One query a channel."""
    found: dict[tuple[int, str], str] = {}
    for channel in channels:
        if channel not in TO_A_PHONE:
            continue
        phones = phone_for(member_ids, channel=cast(Literal["sms", "voice"], str(channel)))
        found.update({(member_id, channel): phone.number for member_id, phone in phones.items()})
    return found


def addresses_to_page(member_ids: Collection[int], *, channels: Iterable[str]) -> dict[tuple[int, str], str]:
    """The address of each member where a channel is e-mail; one query there, and none elsewhere."""
    if Channel.EMAIL not in channels:
        return {}
    found = members_named(member_ids)
    return {(member_id, Channel.EMAIL.value): member.email for member_id, member in found.items() if member.email}


def who_is_paged(flow: Flow) -> list[PagedPerson]:
    """Whom the flow would page first, were it fired now; in turn, `place` says whose turn comes when."""
    step, member_ids = first_to_page(flow_plan(flow))
    if step is None:
        return []
    members = members_named(member_ids)
    numbers = numbers_to_page(member_ids, channels=step.channels)
    return [
        PagedPerson(members[member_id], Channel(channel), numbers.get((member_id, channel)), place * step.in_turn)
        for place, member_id in enumerate(member_ids)
        for channel in step.channels
    ]


def flows_named(slug: str, *, tenant_slug: str | None) -> Sequence[Flow]:
    """Every flow of this name, in one tenant or in all; needs `platform_scope`."""
    rows = Flow.objects.filter(slug=slug).select_related("tenant").order_by("tenant__slug")
    return list(rows if tenant_slug is None else rows.filter(tenant__slug=tenant_slug))


def flow_names(*, tenant_slug: str | None) -> list[str]:
    """The names by which flows can be fired; needs `platform_scope`."""
    rows = Flow.objects.all() if tenant_slug is None else Flow.objects.filter(tenant__slug=tenant_slug)
    return list(rows.order_by("slug").values_list("slug", flat=True).distinct())


def _recipient(row: StepRecipient) -> RecipientPlan:
    named = row.member or row.group
    return RecipientPlan(
        member_id=row.member_id,
        group_id=row.group_id,
        public_id=named.public_id if named else "",
        name=named.name if named else "",
    )
