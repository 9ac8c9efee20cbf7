"""While the key of an account's secret is missing, its messages wait, and those of other accounts go."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from imes.kernel.vault import new_key
from members.models import Member
from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.expire import expire
from notifications.models import ProviderAccount, Sender
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, add_member
from tests.consenting import agree
from tests.notifications.dispatch.conftest import again, attempts, message
from tests.sandbox.process import RunningSandbox

Texts = Callable[[Member], list[dict[str, Any]]]


def _deliver(*, after: float = 0) -> int:
    return deliver_due(clock=lambda: timezone.now() + timedelta(seconds=after), owner="worker-1", for_seconds=5)


def _member_behind_a_sealed_account(cast: Cast, settings: Any) -> Member:
    """A member of Ridge, whose own account is sealed under a key that the portal does not know."""
    keys = settings.FIELD_KEYS
    settings.FIELD_KEYS = [new_key(), *keys]
    with platform_scope():
        account = ProviderAccount.objects.create(
            tenant=cast.ridge, provider="twilio", name="Ridge", account_id="AC" + "8" * 32, secret="token"
        )
        Sender.objects.create(tenant=cast.ridge, account=account, address="+12065550155")
    with tenant_scope(cast.ridge.pk):
        rosa = add_member(cast.ridge, name="Rosa", number="+12065550156")
    agree(rosa, tenant=cast.ridge)
    settings.FIELD_KEYS = keys
    return rosa


def test_messages_of_an_account_without_its_key_are_held_and_go_once_it_is_there(
    cast: Cast, sandbox: RunningSandbox, texts: Texts, settings: Any
) -> None:
    row = message(cast.ben)
    keys = settings.FIELD_KEYS
    settings.FIELD_KEYS = [new_key()]
    assert _deliver() == 0
    held = again(row)
    assert (held.status, held.reason, held.lease_owner) == ("held", "ACCOUNT-1", "")
    assert "FIELD_KEYS" in held.reason_text
    assert timedelta(seconds=50) < held.due_at - timezone.now() <= timedelta(seconds=60)
    assert (held.ruling or {})["verdict"] == "go"
    assert attempts(row) == texts(cast.ben) == []
    assert _deliver(after=61) == 0
    settings.FIELD_KEYS = keys
    assert _deliver(after=122) == 1
    assert (again(row).status, again(row).reason) == ("sent", "")
    assert len(texts(cast.ben)) == 1


def test_an_account_without_its_key_holds_up_no_message_of_another(
    cast: Cast, sandbox: RunningSandbox, texts: Texts, settings: Any
) -> None:
    rosa = _member_behind_a_sealed_account(cast, settings)
    before, sealed, after = message(cast.ben), message(rosa), message(cast.ben)
    assert _deliver() == 2
    assert [again(row).status for row in (before, sealed, after)] == ["sent", "held", "sent"]
    assert again(sealed).reason == "ACCOUNT-1"


def test_what_waited_for_a_key_expires_in_its_time(cast: Cast, sandbox: RunningSandbox, settings: Any) -> None:
    row = message(cast.ben)
    settings.FIELD_KEYS = [new_key()]
    _deliver()
    assert again(row).reason == "ACCOUNT-1"
    assert row.expires_at is not None
    assert expire(now=row.expires_at - timedelta(seconds=1)) == 0
    assert expire(now=row.expires_at) == 1
    assert (again(row).status, again(row).reason) == ("expired", "ROW-2")
