"""Starts the sandbox as its own process on a free port, and a client of it that speaks through the real Twilio SDK."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from notifications.sandbox import defaults

ROOT = Path(__file__).resolve().parents[2]
Seen = TypeVar("Seen")


class LoopbackTwilio(TwilioHttpClient):
    """Sends what the SDK means for any of Twilio's hosts to one loopback address."""

    def __init__(self, base_url: str, *, timeout: float = 10) -> None:
        super().__init__(timeout=timeout)
        self._base = urlsplit(base_url)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        local = urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc)
        return super().request(method, urlunsplit(local), *args, **kwargs)


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    url: str
    account_sid: str
    auth_token: str
    process: "subprocess.Popen[str]"

    def twilio(self, *, timeout: float = 10, auth_token: str = "") -> Client:
        return Client(
            self.account_sid, auth_token or self.auth_token, http_client=LoopbackTwilio(self.url, timeout=timeout)
        )

    def get(self, path: str, **params: str) -> Any:
        response = requests.get(f"{self.url}/sandbox{path}", params=params, timeout=10)
        response.raise_for_status()
        return response.json()

    def post(self, path: str, **fields: Any) -> requests.Response:
        return requests.post(f"{self.url}/sandbox{path}", json=fields, timeout=30)

    def reply(self, number: str, body: str, **fields: Any) -> Any:
        response = self.post(f"/phones/{number}/reply", body=body, **fields)
        response.raise_for_status()
        return response.json()

    def reset(self) -> None:
        self.post("/reset").raise_for_status()

    def force(self, behaviour: str | None, *, to: str = "*", provider: str = "") -> None:
        """Make a provider misbehave towards a number or all; None takes it back.

        `provider` is `twilio` or `azure`, empty for both. `down` refuses every request of a provider with 503:
        `force("down", provider="twilio")` leaves Azure as it is, and `force("down")` takes both away.
        """
        self.post("/faults", to=to, behaviour=behaviour, provider=provider).raise_for_status()

    def calls(self, to: str = "") -> Any:
        """Every call to a number, oldest first: sid, status, transcript, keys, sip_code."""
        return self.get("/calls", to=to)

    def ringing(self, to: str) -> Any:
        """The latest call to a number, once it rings."""
        return eventually(lambda: next((each for each in self.calls(to)[::-1] if each["status"] == "ringing"), None))

    def over(self, to: str) -> Any:
        """The latest call to a number, once it has ended."""
        return eventually(lambda: next((each for each in self.calls(to)[-1:] if each["ended_at"]), None))

    def on_phone(self, call: Any, act: str, **fields: Any) -> Any:
        """Do to a phone what a person would: answer, decline, busy, voicemail, hangup; the call as it is after that."""
        response = self.post(f"/phones/{call['to']}/calls/{call['sid']}/{act}", **fields)
        response.raise_for_status()
        return response.json()

    def press(self, call: Any, digits: str) -> Any:
        """Press keys, once the call has said what it asks."""
        return self.on_phone(call, "press", digits=digits, wait=True)

    def force_call(self, behaviour: str | None, *, to: str = "*") -> None:
        """Make calls to a number or all behave like an ending of the table; None takes it back."""
        self.post("/calls/behaviours", to=to, behaviour=behaviour).raise_for_status()


def sandbox_environment(**env: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
    return {**kept, "DEBUG": "1", "PYTHONUNBUFFERED": "1", **env}


@contextmanager
def running_sandbox(**env: str) -> Iterator[RunningSandbox]:
    """A sandbox on a free port with this environment; it is stopped at the end and must have stopped cleanly."""
    process = subprocess.Popen(
        [sys.executable, "-m", "notifications.sandbox", "--port", "0"],
        cwd=ROOT,
        env=sandbox_environment(**env),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox listening on http"), f"the sandbox did not start: {line!r}"
        yield RunningSandbox(
            url=line.rsplit(" ", 1)[1].strip(),
            account_sid=env.get("SANDBOX_TWILIO_ACCOUNT_SID", defaults.TWILIO_ACCOUNT_SID),
            auth_token=env.get("SANDBOX_TWILIO_AUTH_TOKEN", defaults.TWILIO_AUTH_TOKEN),
            process=process,
        )
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def eventually(look: Callable[[], Seen], *, within: float = 20.0) -> Seen:
    """The first truthy thing seen; fails when there is none in time."""
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
