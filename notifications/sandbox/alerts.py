"""The provider's list of what went wrong: refused requests and webhooks that answered badly, newest last."""

import os
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

KEPT = 1000


@dataclass(frozen=True, slots=True)
class Alert:
    sid: str
    code: int
    text: str
    at: datetime
    resource_sid: str = ""
    request_method: str = "POST"
    request_url: str = ""
    request_variables: str = ""
    response_body: str = ""
    handset: str = ""

    def view(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "code": self.code,
            "text": self.text,
            "at": self.at.isoformat(),
            "resource_sid": self.resource_sid,
            "request_url": self.request_url,
            "handset": self.handset,
        }


class AlertLog(deque[Alert]):
    def __init__(self) -> None:
        super().__init__(maxlen=KEPT)

    def of_handset(self, number: str) -> list[Alert]:
        return [alert for alert in self if alert.handset == number]


def new_alert_sid() -> str:
    return "NO" + os.urandom(16).hex()
