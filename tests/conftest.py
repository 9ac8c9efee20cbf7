"""What tests of several folders share: one sandbox for all that need no other one."""

import json
from collections.abc import Iterator

import pytest

from notifications.sandbox import defaults
from tests.sandbox.process import RunningSandbox, running_sandbox

#: The messaging service that one of its numbers belongs to.
SERVICE = "MG" + "5" * 32
NUMBERS = [
    *({"phone_number": number} for number in defaults.NUMBERS),
    {"phone_number": "+12065550101", "messaging_service_sid": SERVICE},
]


@pytest.fixture(scope="session")
def one_sandbox() -> Iterator[RunningSandbox]:
    """The provider of this test process: starting one costs half a second, and emptying it (`reset`) nothing.

    Nobody listens where it posts texts from handsets, until a test says where (`sms_url` of the number).
    """
    with running_sandbox(
        SANDBOX_NUMBERS=json.dumps(NUMBERS),
        SANDBOX_RECEIPT_DELAY_MS="20",
        SANDBOX_CALL_SECOND_MS="10",
        SANDBOX_WEBHOOK_BASE="http://127.0.0.1:9",
    ) as running:
        yield running
