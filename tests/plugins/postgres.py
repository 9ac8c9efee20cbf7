"""Gives every test run its own PostgreSQL, and every test process its own database, used as the application's login.

The tests so run under row-level security, as the product does. The network is off but for this machine.
"""

import atexit
import os
from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings

from tests.plugins import databases, fixtures, garbage
from tests.plugins.network import refuse_network

# Not secret: the tests' own, so that no file of the checkout is touched.
ENVIRONMENT = {
    # Pages find static files that nobody collected; Django's own DEBUG is off in tests all the same.
    "DEBUG": "on",
    # Nobody listens there: what a sandbox posts must not reach a portal that happens to run on this machine.
    "PUBLIC_URL": "http://127.0.0.1:9",
    "SECRET_KEY": "the tests sign with this and nobody else does",
    "FIELD_KEYS": "dGhlIHRlc3RzIGVuY3J5cHQgd2l0aCB0aGlzIGtleSE=",
    "EVIDENCE_SIGNING_KEY": "dGhlIHRlc3RzIHNpZ24gc2VhbHMgd2l0aCB0aGlzISE=",
}
_run = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, Any, Any]:
    """Start the server before the settings are read; a process of xdist finds it in its environment."""
    refuse_network()
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if databases.RUN not in os.environ and not {"-h", "--help", "-V", "--version"} & set(args):
        # Whatever stops the run, also a conftest that does not import: nothing stays behind.
        atexit.register(_run.close)
        _run.enter_context(databases.started())
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    if settings.configured:
        settings.PASSWORD_HASHERS = ["tests.plugins.hashers.QuickHasher"]
    # Registered this late, our django_db_setup comes after pytest-django's and replaces it.
    config.pluginmanager.register(fixtures, "imes-database-fixtures")
    config.pluginmanager.register(garbage, "imes-garbage")


def pytest_unconfigure() -> None:
    _run.close()
    os.environ.pop(databases.RUN, None)
