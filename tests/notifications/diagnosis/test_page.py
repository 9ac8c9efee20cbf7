"""The page answers first, shows the evidence, leads to the form that mends it, and shows strangers nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Member
from notifications.models import Notification
from tenants.audit import Act
from tenants.models import AuditEntry, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.notifications.diagnosis.conftest import Fires, deliver
from tests.sandbox.process import RunningSandbox


def _opened(user: User, row: Notification) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("admin:notifications_notification_do_diagnose", args=[row.pk]))
    return answer.status_code, answer.content.decode()


@pytest.fixture
def never(cast: Cast, fire: Fires, sandbox: RunningSandbox) -> Notification:
    """A page to Otto, who never agreed."""
    with tenant_scope(cast.harbor.pk):
        otto = add_member(cast.harbor, name="Otto", number="+12065550177")
    (row,) = fire(otto)
    deliver()
    return row


def test_a_tenant_admin_reads_the_answer_and_a_button_to_what_mends_it(cast: Cast, never: Notification) -> None:
    status, page = _opened(cast.ana, never)
    assert status == 200
    assert "Skipped: Otto never agreed to SMS at this number" in page
    assert reverse("admin:members_invite_changelist") in page
    for code in ("LOG-8", "NUMBER-4", "CONSENT-1", "QUEUE-1", "AGAIN-1"):
        assert f'id="{code}"' in page
    assert page.count("Stopped it") >= 1
    assert "imes/diagnosis.css" in page


def test_opening_it_is_audited_and_sends_nothing(cast: Cast, never: Notification) -> None:
    with platform_scope():
        rows = Notification.objects.count()
    _opened(cast.ana, never)
    with platform_scope():
        entry = AuditEntry.objects.get(code=Act.DIAGNOSED)
        assert (entry.subject_id, entry.tenant_id, entry.actor_id) == (
            never.public_id,
            cast.harbor.pk,
            cast.ana.pk,
        )
        assert Notification.objects.count() == rows


def test_readers_see_it_and_strangers_get_404(cast: Cast, never: Notification) -> None:
    for reader in (cast.ana, cast.vic, cast.sam, cast.pat):
        assert _opened(reader, never)[0] == 200
    assert _opened(cast.cleo, never)[0] == 404


def test_several_rows_share_their_causes_in_one_table(cast: Cast, never: Notification, fire: Fires) -> None:
    (ben,) = fire(cast.ben)
    deliver()
    client = Client()
    client.force_login(cast.ana)
    url = reverse("admin:notifications_notification_do_many_diagnose")
    page = client.get(url, {"ids": f"{never.pk},{ben.pk}"}).content.decode()
    assert "2 deliveries, 1 cause" in page
    assert "1 of 2: CONSENT-1" in page
    assert BEN_NUMBER in page
    with platform_scope():
        otto = Member.objects.get(notifications=never)
    (other,) = fire(otto)
    deliver()
    page = client.get(url, {"ids": f"{never.pk},{other.pk}"}).content.decode()
    assert "2 of 2: CONSENT-1</strong> The person never agreed" in page
