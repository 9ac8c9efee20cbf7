"""What still stands in the way after a consent was recorded: providers' own lists, which the ledger cannot lift.

Words alone; the blocks are read through the port. Nothing here offers to text somebody who opted out.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from members import ports
from members.consent.choices import Channel, standing_now
from members.consent.standing import StandingState
from members.models import ConsentRecord, Member
from members.ports import Block


def active_blocks(number: str) -> list[Block]:
    """The senders that a provider blocks for this number, as far as the open scope may know them."""
    return [block for block in ports.messenger().blocks_of(number) if block.is_active]


def block_words(block: Block, *, number: str) -> str:
    """Which provider blocks what, how its owner lifts it, and what the provider answered where it was told."""
    is_number = block.sender_address.startswith("+")
    sender = block.sender_address if is_number else f"the service {block.sender_address}"
    start_to = block.sender_address if is_number else "the number that paged them"
    words = (
        f"{block.provider} still blocks texts from {sender} to {number}: ask them to text START to {start_to} from "
        "that phone."
    )
    return f"{words} Our last request to it: {block.asked}" if block.asked else words


def remains(number: str, *, channels: Sequence[str]) -> list[str]:
    """What has to happen before texts go, one sentence for each thing; empty where nothing is known to."""
    return [block_words(block, number=number) for block in active_blocks(number)] if "sms" in channels else []


def counts(row: ConsentRecord, *, at: datetime) -> bool:
    """Whether the member stands as agreed, by this record or something newer, on each of its channels."""
    if row.state != ConsentRecord.State.APPROVED:
        return False
    found = (
        standing_now(tenant=row.tenant, member=row.member, number=row.number, channel=cast(Channel, channel), at=at)
        for channel in row.channels
    )
    return all(now.state is StandingState.OPTED_IN for now in found)


def lawful_ways(member: Member) -> str:
    """How consent comes back, for whoever tried to switch it on."""
    start_to = ports.messenger().number_to_text(tenant=member.tenant)
    to = f" to {start_to}" if start_to else ""
    return (
        f"Nobody switches consent on here. It comes back when {member.name} texts START{to} from that very phone, "
        "agrees on their own page, or when a consent of theirs is recorded with evidence and a second person approves "
        "it (“Record consent”)."
    )
