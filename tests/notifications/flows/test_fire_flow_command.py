"""`manage.py fire_flow`: what it fires, and the exit status that says why it did not."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Alert
from tenants.models import Standing
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_flow


def _run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("fire_flow", *arguments, stdout=out)
    return out.getvalue()


def _fails(*arguments: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as error:
        _run(*arguments)
    return error.value.returncode, str(error.value)


def _alerts() -> list[Alert]:
    with platform_scope():
        return list(Alert.objects.order_by("id"))


def test_it_fires_with_fields_and_prints_the_alert(cast: Cast) -> None:
    assert "1 page written" in _run("pump-down", "service=Pump 3")
    found: dict[str, Any] = json.loads(_run("pump-down", "--payload", '{"service": "Crane"}', "--json"))
    first, second = _alerts()
    assert (first.text, second.text, second.source) == ("Pump 3 is down", "Crane is down", "command")
    assert found == {"alert": second.public_id, "flow": "pump-down", "tenant": "harbor", "pages": 1}


def test_an_unknown_flow_is_status_1_and_names_the_ones_meant(cast: Cast) -> None:
    status, says = _fails("pump-dwon")
    assert status == 1
    assert "Did you mean: pump-down?" in says
    assert _fails("pump-down", "--tenant", "ridge")[0] == 1


def test_a_name_in_two_tenants_is_status_2_until_one_is_named(cast: Cast) -> None:
    with tenant_scope(cast.ridge.pk):
        add_flow(cast.ridge, name="Pump down", members=[cast.ridge_member])
    status, says = _fails("pump-down")
    assert status == 2
    assert "harbor, ridge" in says
    assert "ridge" in _run("pump-down", "--tenant", "ridge")
    assert [alert.tenant_id for alert in _alerts()] == [cast.ridge.pk]


def test_a_disabled_flow_and_a_suspended_tenant_are_status_2(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.flow.is_enabled = False
        cast.flow.save()
    assert _fails("pump-down") == (
        2,
        "TRIGGER-5: The flow is disabled, so nobody was paged. Enable the flow, then send it again.",
    )
    with tenant_scope(cast.harbor.pk):
        cast.harbor.standing = Standing.SUSPENDED
        cast.harbor.save()
    assert _fails("pump-down")[1].startswith("TRIGGER-3")
    assert _alerts() == []


@pytest.mark.parametrize("arguments", [["--payload", "{"], ["--payload", "[]"], ["service"], ["=x"]])
def test_fields_that_cannot_be_read_are_status_2(cast: Cast, arguments: list[str]) -> None:
    assert _fails("pump-down", *arguments)[0] == 2
    assert _alerts() == []


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        _run("--help")
    assert stopped.value.code == 0
    assert 'manage.py fire_flow pump-down --tenant harbor service="Pump 3"' in capsys.readouterr().out
