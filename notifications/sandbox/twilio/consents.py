"""Twilio's consent API, `POST /v1/Consents/Bulk`: up to 25 items, each with a verdict of its own in a 201.

An opt-in overrides an earlier STOP towards the same sender or service, except on US toll-free numbers, whose block the
network keeps: it is taken with code 0, and texts stay refused. It does not ask which of two is the newer one.
"""

import json
import re
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..behaviours import ConsentAnswer
from ..senders import Senders
from ..world import World
from .access import hang, values_of
from .draft import is_phone_number
from .refusals import refusal

MOST_ITEMS = 25
REFUSED = 30646
CORRELATION = re.compile(r"[0-9a-fA-F]{32}")
STATUSES = ("opt-in", "opt-out")
SOURCES = ("website", "offline", "opt-in-message", "opt-out-message", "others")


class ConsentEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world

    async def bulk(self, request: Request) -> Response:
        items = _read(await values_of(request, name="Items"))
        if items is None or not 1 <= len(items) <= MOST_ITEMS:
            return refusal(20001).response()
        answers = [self._world.faults.behaviour_for(str(item.get("contact_id", ""))).consent for item in items]
        if ConsentAnswer.HANG in answers:
            return await hang(request, closing=self._world.closing)
        if ConsentAnswer.TURN_AWAY in answers:
            return refusal(20429).response()
        done = [self._done(item, answer=answer) for item, answer in zip(items, answers, strict=True)]
        return JSONResponse({"items": done}, status_code=201)

    def _done(self, item: dict[str, Any], *, answer: ConsentAnswer) -> dict[str, Any]:
        problems = problems_of(item, senders=self._world.senders)
        if answer is ConsentAnswer.REFUSE_ITEM:
            problems.append("The consent could not be recorded")
        if not problems:
            self._apply(item)
        return {
            "correlation_id": item.get("correlation_id"),
            "error_code": REFUSED if problems else 0,
            "error_messages": problems,
        }

    def _apply(self, item: dict[str, Any]) -> None:
        number = self._world.senders.number(item["sender_id"])
        scope = number.scope if number else item["sender_id"]
        if item["status"] == "opt-out":
            self._world.optouts.add(scope, number=item["contact_id"])
        elif number is None or not number.toll_free:
            self._world.optouts.lift(scope, number=item["contact_id"])
        self._world.phones.setdefault(item["contact_id"])


def problems_of(item: dict[str, Any], *, senders: Senders) -> list[str]:
    """What is wrong with one item, in words."""
    contact, sender = str(item.get("contact_id", "")), str(item.get("sender_id", ""))
    checks = (
        (is_phone_number(contact), "contact_id must be a phone number in E.164 format"),
        (bool(CORRELATION.fullmatch(str(item.get("correlation_id", "")))), "correlation_id must be 32 hex digits"),
        (bool(senders.number(sender) or senders.service(sender)), "sender_id is not a sender of this account"),
        (item.get("status") in STATUSES, f"status must be one of {', '.join(STATUSES)}"),
        (item.get("source") in SOURCES, f"source must be one of {', '.join(SOURCES)}"),
        (_is_time(item.get("date_of_consent")), "date_of_consent must be in ISO-8601 format"),
    )
    return [words for holds, words in checks if not holds]


def _is_time(text: object) -> bool:
    if text in (None, ""):
        return True
    try:
        datetime.fromisoformat(str(text))
    except ValueError:
        return False
    return True


def _read(values: list[str]) -> list[dict[str, Any]] | None:
    try:
        items = [json.loads(value) for value in values]
    except ValueError:
        return None
    return items if all(isinstance(item, dict) for item in items) else None
