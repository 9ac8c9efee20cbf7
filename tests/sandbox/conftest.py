"""One sandbox and one receiver for all tests here; each test begins with both of them empty."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications.sandbox import defaults

from .process import RunningSandbox, running_sandbox
from .receiver import Receiver, running_receiver

OWN = "+12065550100"
TOLL_FREE = "+18885550100"
NO_VOICE = "+12065550103"
IN_SERVICE = "+12065550101"
ALSO_IN_SERVICE = "+12065550102"
SERVICE = "MG" + "5" * 32


@pytest.fixture(scope="session")
def shared_receiver() -> Iterator[Receiver]:
    with running_receiver(auth_token=defaults.TWILIO_AUTH_TOKEN) as receiver:
        yield receiver


@pytest.fixture(scope="session")
def mail_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="session")
def shared_sandbox(shared_receiver: Receiver, mail_dir: Path) -> Iterator[RunningSandbox]:
    inbound = f"{shared_receiver.url}/inbound"
    numbers = [
        {"phone_number": OWN, "sms_url": inbound},
        {"phone_number": TOLL_FREE, "sms_url": inbound},
        {"phone_number": NO_VOICE, "sms_url": inbound, "voice": False},
        {"phone_number": IN_SERVICE, "sms_url": inbound, "messaging_service_sid": SERVICE},
        {"phone_number": ALSO_IN_SERVICE, "sms_url": inbound, "messaging_service_sid": SERVICE},
    ]
    with running_sandbox(
        SANDBOX_NUMBERS=json.dumps(numbers),
        SANDBOX_RECEIPT_DELAY_MS="60",
        SANDBOX_SLOW_DELAY_MS="700",
        SANDBOX_CALL_SECOND_MS="10",
        SANDBOX_MAIL_DIR=str(mail_dir),
    ) as sandbox:
        yield sandbox


@pytest.fixture
def receiver(shared_receiver: Receiver) -> Receiver:
    shared_receiver.forget()
    return shared_receiver


@pytest.fixture
def sandbox(shared_sandbox: RunningSandbox, receiver: Receiver) -> RunningSandbox:
    shared_sandbox.reset()
    # What the test before left on its way is not heard of in this one.
    receiver.forget()
    return shared_sandbox
