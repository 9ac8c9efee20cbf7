"""Harbor's flow with a webhook, and the two ways to post to it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notifications.operations.hooks import make_hook
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast

TOKEN = "whk_the-token-of-the-tests-0001"
#: Answers with the test client's response.
Post = Callable[..., Any]


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    with tenant_scope(made.harbor.pk):
        make_hook(made.flow, actor=made.ana, at=timezone.now(), token=TOKEN)
    return made


@pytest.fixture
def post(client: Client) -> Post:
    """Post JSON, or raw bytes of any type, to the webhook."""

    def send(data: Any = None, *, token: str = TOKEN, content_type: str = "application/json", **headers: Any) -> Any:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        return client.post(f"/hooks/{token}", data=body, content_type=content_type, headers=headers)

    return send
