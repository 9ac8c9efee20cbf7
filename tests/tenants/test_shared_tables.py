"""What is about numbers and not about tenants: a tenant may ask about its own members' numbers, and list nothing."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from members.models import ConsentEvent, Number, Suppression
from notifications.models import ProviderAccount, ProviderCallback, Sender
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast
from tests.tenants.conftest import HARBOR_NUMBER, RIDGE_NUMBER

STRANGER = "+12065550160"


@pytest.fixture
def stopped(cast: Cast) -> Cast:
    """Three numbers opted out everywhere: one of each tenant, and one that nobody has."""
    with platform_scope():
        Number.objects.create(e164=STRANGER)
        for number in (HARBOR_NUMBER, RIDGE_NUMBER, STRANGER):
            opt_out(number)
    return cast


def test_a_tenant_sees_the_opt_outs_of_its_own_members_numbers_alone(stopped: Cast) -> None:
    with tenant_scope(stopped.harbor.pk):
        assert list(Suppression.objects.values_list("number_id", flat=True)) == [HARBOR_NUMBER]
        assert Suppression.objects.filter(number_id__in=[RIDGE_NUMBER, STRANGER]).count() == 0
    with tenant_scope(stopped.ridge.pk):
        assert list(Suppression.objects.values_list("number_id", flat=True)) == [RIDGE_NUMBER]
    assert not Suppression.objects.exists()
    with platform_scope():
        assert Suppression.objects.count() == 3


def opt_out(number: str) -> None:
    Suppression.objects.create(number_id=number, since=timezone.now(), source="handset", event_public_id="cns_0")


WRITES: dict[str, Callable[[QuerySet[Suppression]], object]] = {
    "lift": lambda rows: rows._raw_delete("default"),
    "move": lambda rows: rows.update(number_id=STRANGER),
    "add": lambda _: opt_out("+12065550161"),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_tenant_can_neither_lift_nor_add_an_opt_out(stopped: Cast, write: str) -> None:
    rows = Suppression.objects.filter(number_id=HARBOR_NUMBER)
    with tenant_scope(stopped.harbor.pk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        WRITES[write](rows)
    with platform_scope():
        assert rows.count() == 1


@pytest.mark.parametrize("model", [Number, ProviderCallback])
def test_the_application_reads_neither_numbers_nor_raw_requests(
    stopped: Cast, model: type[Number] | type[ProviderCallback]
) -> None:
    with platform_scope():
        ProviderCallback.objects.create(provider="twilio", kind="status", received_at=timezone.now(), payload={})
        assert model._base_manager.exists()
    with tenant_scope(stopped.harbor.pk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        model._base_manager.exists()


def test_a_tenant_cannot_write_a_line_of_consent_that_counts_everywhere(stopped: Cast) -> None:
    def add(reach: ConsentEvent.Reach) -> None:
        now = timezone.now()
        ConsentEvent.objects.create(
            tenant_id=stopped.harbor.pk,
            number=HARBOR_NUMBER,
            act=ConsentEvent.Act.REVOKE,
            channel=ConsentEvent.Channel.ANY,
            reach=reach,
            effective_at=now,
            recorded_at=now,
            source="admin",
            method="form",
            digest=b"d" * 32,
        )

    with tenant_scope(stopped.harbor.pk):
        add(ConsentEvent.Reach.TENANT)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            add(ConsentEvent.Reach.PLATFORM)
    with platform_scope():
        add(ConsentEvent.Reach.PLATFORM)


def test_shared_senders_are_read_by_all_and_changed_by_the_platform_alone(cast: Cast) -> None:
    shared = Sender._base_manager.filter(pk=cast.sender.pk)
    with tenant_scope(cast.harbor.pk):
        assert cast.sender in Sender.objects.all()
        assert shared.update(priority=1) == 0
        assert shared._raw_delete("default") == 0
        assert not ProviderAccount._base_manager.filter(tenant__isnull=True).exists(), "credentials are not shared"
    with platform_scope():
        assert shared.update(priority=1) == 1
