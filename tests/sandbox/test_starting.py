"""Starting and stopping: refusals are one line and exit 2, and a hanging request does not keep the sandbox alive."""

import socket
import subprocess
import sys
import threading
import time

import pytest
import requests

from .conftest import OWN
from .process import ROOT, running_sandbox, sandbox_environment


def start(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "notifications.sandbox", *arguments],
        cwd=ROOT,
        env=sandbox_environment(**env),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@pytest.mark.parametrize("debug", ["", "0", "False", "off"])
def test_it_refuses_to_start_when_debug_is_off(debug: str) -> None:
    outcome = start("--port", "0", DEBUG=debug)
    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert outcome.stderr.count("\n") == 1
    assert "DEBUG" in outcome.stderr


def test_a_taken_port_is_named_with_its_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        outcome = start(SANDBOX_PORT=port)
    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1
    assert "SANDBOX_PORT" in outcome.stderr
    assert port in outcome.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_PORT", "http"),
        ("SANDBOX_PORT", "70000"),
        ("SANDBOX_RECEIPT_DELAY_MS", "-1"),
        ("SANDBOX_NUMBERS", "+1206"),
        ("SANDBOX_NUMBERS", "[]"),
        ("SANDBOX_NUMBERS", '[{"sms_url": "http://127.0.0.1"}]'),
        ("SANDBOX_HOST", "not a host"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    outcome = start(**{name: value})
    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1
    assert name in outcome.stderr


def test_it_starts_with_defaults_and_stops_although_a_request_hangs() -> None:
    with running_sandbox() as sandbox:
        numbers = {row["phone_number"]: row for row in sandbox.get("/senders")}
        assert list(numbers) == ["+12065550100", "+18885550100", "+15005550006"]
        assert numbers["+18885550100"]["toll_free"]
        assert numbers["+12065550100"]["sms_url"] == "http://127.0.0.1:8000/webhooks/twilio/inbound"
        assert sandbox.get("/mail") == []

        def wait_in_vain() -> None:
            with pytest.raises(Exception, match=r"504|Connection|reset|closed"):
                sandbox.twilio().messages.create(to="+12065550504", from_=OWN, body="x")

        stream = requests.get(f"{sandbox.url}/sandbox/events", stream=True, timeout=10)
        hanging = threading.Thread(target=wait_in_vain)
        hanging.start()
        started = time.monotonic()
        sandbox.process.terminate()
        sandbox.process.wait(8)
        assert time.monotonic() - started < 7
        hanging.join(5)
        stream.close()
