"""Every test here runs once for each provider, against a server of its own or the sandbox that all share."""

from collections.abc import Iterator

import pytest

from tests.contracts.contract import CONTRACTS, Contract
from tests.contracts.scripted import ScriptedServer
from tests.sandbox.process import RunningSandbox


@pytest.fixture(params=CONTRACTS, ids=lambda contract: contract.provider.name)
def contract(request: pytest.FixtureRequest) -> Contract:
    found: Contract = request.param
    return found


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox) -> RunningSandbox:
    """The sandbox, which each test finds empty."""
    one_sandbox.reset()
    return one_sandbox
