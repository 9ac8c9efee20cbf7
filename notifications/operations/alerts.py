"""Fires flows for people and commands, with the same refusals as the webhook has."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifications.core.answers import Refusal
from notifications.core.text import fields_of
from notifications.flows.may_fire import refusal
from notifications.flows.open_alert import open_alert
from notifications.models import Alert, Flow
from tenants.models import User


def fire(flow: Flow, *, payload: Mapping[str, Any], actor: User | None, at: datetime) -> Alert | Refusal:
    """Fire `flow` from a command; needs the tenant's scope."""
    refused = refusal(flow, at=at)
    if refused is not None:
        return refused
    return open_alert(flow, payload=payload, source=Alert.Source.COMMAND, actor=actor, at=at)


def fire_test(flow: Flow, *, actor: User | None, at: datetime) -> Alert | Refusal:
    """Page the flow's people for real, with a text that begins with TEST; its fields show their own names."""
    refused = refusal(flow, at=at)
    if refused is not None:
        return refused
    return open_alert(flow, payload=sample(flow.text), source=Alert.Source.TEST, actor=actor, at=at)


def sample(text: str) -> dict[str, Any]:
    """A payload in which every field of the text holds its own name."""
    payload: dict[str, Any] = {}
    for field in fields_of(text):
        *path, name = field.split(".")
        inner = payload
        for part in path:
            below = inner.setdefault(part, {})
            inner = below if isinstance(below, dict) else {}
        inner.setdefault(name, name)
    return payload
