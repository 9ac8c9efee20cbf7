"""A flow and its steps as they stood when it fired, as plain JSON, so that later changes do not rewrite the past.

Names are kept beside ids, since what they name may be gone when somebody reads them. Groups stay groups here: a step
expands them when it fires.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from notifications.core.recipients import Recipient

VERSION = 1


@dataclass(frozen=True, slots=True)
class RecipientPlan:
    """A member or a group of a step, with the names that a reader will want."""

    member_id: int | None
    group_id: int | None
    public_id: str
    name: str

    @property
    def recipient(self) -> Recipient:
        return Recipient(self.member_id, self.group_id)


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One rung: `in_turn` pages one after the other with the wait between them."""

    position: int
    in_turn: bool
    channels: tuple[str, ...]
    wait: timedelta
    recipients: tuple[RecipientPlan, ...]


@dataclass(frozen=True, slots=True)
class FlowPlan:
    """What a flow is about to do; its steps stand in the order in which they are paged."""

    flow_id: int
    public_id: str
    name: str
    slug: str
    urgency: str
    text: str
    repeats: int
    validity: timedelta
    steps: tuple[StepPlan, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; lengths of time in seconds."""
        return {
            "version": VERSION,
            "flow": {
                "id": self.flow_id,
                "public_id": self.public_id,
                "name": self.name,
                "slug": self.slug,
                "urgency": self.urgency,
                "text": self.text,
                "repeats": self.repeats,
                "validity_seconds": self.validity.total_seconds(),
            },
            "steps": [_step(step) for step in self.steps],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "FlowPlan":
        """The plan that `as_json` wrote, for the steps that fire later.

        :raises KeyError: when something is missing, which is never filled in by a guess.
        """
        flow = data["flow"]
        return cls(
            flow_id=flow["id"],
            public_id=flow["public_id"],
            name=flow["name"],
            slug=flow["slug"],
            urgency=flow["urgency"],
            text=flow["text"],
            repeats=flow["repeats"],
            validity=timedelta(seconds=flow["validity_seconds"]),
            steps=tuple(_step_plan(step) for step in data["steps"]),
        )


def _step(step: StepPlan) -> dict[str, Any]:
    return {
        "position": step.position,
        "mode": "in_turn" if step.in_turn else "at_once",
        "channels": list(step.channels),
        "wait_seconds": step.wait.total_seconds(),
        "recipients": [
            {
                "member_id": recipient.member_id,
                "group_id": recipient.group_id,
                "public_id": recipient.public_id,
                "name": recipient.name,
            }
            for recipient in step.recipients
        ],
    }


def _step_plan(data: dict[str, Any]) -> StepPlan:
    return StepPlan(
        position=data["position"],
        in_turn=data["mode"] == "in_turn",
        channels=tuple(data["channels"]),
        wait=timedelta(seconds=data["wait_seconds"]),
        recipients=tuple(RecipientPlan(**recipient) for recipient in data["recipients"]),
    )
