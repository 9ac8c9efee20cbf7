"""A refused trigger is kept for its own tenant, and the token stands in no row and in no log."""

import json
import logging

import pytest
from django.core.serializers import serialize
from django.test import Client

from imes.serve.secret_paths import SecretPathsFilter
from notifications.models import Alert, Hook, Trigger
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast
from tests.notifications.hooks.conftest import TOKEN, Post


def test_a_refused_trigger_is_seen_by_its_tenant_and_by_no_other(cast: Cast, post: Post) -> None:
    post(b"{", **{"Idempotency-Key": "k"})
    with tenant_scope(cast.harbor.pk):
        kept = Trigger.objects.get()
        assert (kept.is_accepted, kept.http_status, kept.code) == (False, 400, "TRIGGER-10")
        assert "Line 1, column 2" in kept.says
        assert kept.flow == cast.flow
        assert kept.remote_address == "127.0.0.1"
        assert kept.alert is None
    with tenant_scope(cast.ridge.pk):
        assert not Trigger.objects.exists()


def test_the_token_is_in_no_row_and_in_no_log(
    cast: Cast, post: Post, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    post({}), post(b"{"), post({}, token="whk_a-wrong-token-of-somebody")
    with platform_scope():
        rows = [*Trigger.objects.all(), *Hook.objects.all(), *Alert.objects.all()]
        assert len(rows) == 4
        assert TOKEN not in serialize("json", rows)
    assert TOKEN not in caplog.text
    assert "whk_a-wrong" not in caplog.text
    assert [record for record in caplog.records if record.name == "django.request"] == []


def test_what_django_logs_itself_about_an_address_hides_the_token(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    # As the console's handler has it in the settings.
    hides = SecretPathsFilter()
    caplog.handler.addFilter(hides)
    try:
        answer = client.post(f"/hooks/{TOKEN}/more", data=b"{}", content_type="application/json")
    finally:
        caplog.handler.removeFilter(hides)
    assert answer.status_code == 404
    assert "Not Found: /hooks/***" in caplog.text
    assert TOKEN not in caplog.text


def test_a_failure_inside_is_said_as_json_and_keeps_the_token_out_of_the_log(
    cast: Cast, post: Post, caplog: pytest.LogCaptureFixture, settings: object
) -> None:
    # A limit that is no number breaks the endpoint from within.
    settings.HOOK_REQUESTS_PER_MINUTE = None  # type: ignore[attr-defined]
    answer = post({})
    assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (500, "TRIGGER-15")
    assert "failed" in caplog.text
    assert TOKEN not in caplog.text
