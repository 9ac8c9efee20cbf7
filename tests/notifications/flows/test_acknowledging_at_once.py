"""Two acknowledgements at the same moment: one counts, and the other is told which."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from members.models import Member
from notifications.flows.acknowledge import AckOutcome, AckResult, acknowledge
from notifications.flows.open_alert import open_alert
from notifications.models import Alert, Notification
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.cast import Cast, add_flow, add_member, make_cast


def _sent_to_two(cast: Cast) -> list[Notification]:
    with tenant_scope(cast.harbor.pk):
        ana = add_member(cast.harbor, name="Ana", number="+12065550143")
        flow = add_flow(cast.harbor, name="Both", members=[cast.ben, ana])
        open_alert(flow, payload={}, source=Alert.Source.COMMAND, actor=None, at=timezone.now())
        Notification.objects.update(status="sent")
        return list(Notification.objects.select_related("member").order_by("id"))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_counts_and_the_other_learns_who_was_first() -> None:
    cast = make_cast()
    start = Barrier(2)

    def ack(page: Notification) -> AckResult:
        try:
            start.wait()
            return acknowledge(page, via="sms", at=timezone.now(), by_member=page.member)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(ack, _sent_to_two(cast)))
    assert sorted(result.outcome for result in results) == [AckOutcome.ACKNOWLEDGED, AckOutcome.ALREADY]
    assert len({result.by for result in results}) == 1
    with tenant_scope(cast.harbor.pk):
        assert sorted(Notification.objects.values_list("status", flat=True)) == ["acknowledged", "sent"]
        assert AuditEntry.objects.filter(code="alert.acknowledged").count() == 1
        by = Alert.objects.get().acknowledged_by
        assert isinstance(by, Member)
        assert by.name == results[0].by


def test_a_page_that_was_not_sent_cannot_be_acknowledged_and_the_sent_one_can(cast: Cast) -> None:
    first, second = _sent_to_two(cast)
    with tenant_scope(cast.harbor.pk):
        Notification.objects.filter(pk=first.pk).update(status="queued")
    assert acknowledge(first, via="sms", at=timezone.now(), by_member=cast.ben).outcome is AckOutcome.NOT_SENT
    result = acknowledge(second, via="sms", at=timezone.now(), by_member=second.member)
    assert (result.outcome, result.by, result.cancelled) == (AckOutcome.ACKNOWLEDGED, "Ana", 1)
    with tenant_scope(cast.harbor.pk):
        first.refresh_from_db()
    assert (first.status, first.reason) == ("cancelled", "ROW-1")
