"""The dashboard's numbers are those of the lists that they open."""

import html
import re
from datetime import timedelta

from django.utils import timezone

from notifications.core.states import NotificationStatus
from notifications.models import Alert, Notification
from tenants.scope import tenant_scope
from tests.admin.parts import Parts, Who

TILE = re.compile(r'class="pt-tile[^"]*" href="([^"]+)"><span class="pt-number">(\d+)</span><span>([^<]+)')


def test_each_tile_counts_the_rows_that_its_link_lists_and_pages_alone(parts: Parts) -> None:
    client, harbor = parts.clients[Who.ADMIN], parts.cast.harbor
    with tenant_scope(harbor.pk):
        Notification.objects.update(created_at=timezone.now() - timedelta(days=3))
        alert = Alert.objects.all()[0]
        for status in NotificationStatus:
            Notification.objects.create(tenant=harbor, purpose="test", channel="sms", status=status)
            for age in (1, 30):
                Notification.objects.create(
                    tenant=harbor,
                    purpose="page",
                    channel="sms",
                    alert=alert,
                    status=status,
                    created_at=timezone.now() - timedelta(hours=age),
                )
    tiles = TILE.findall(client.get("/admin/").content.decode())
    assert {words: int(number) for _, number, words in tiles} == {
        "told in 24 hours": 3,
        "answered": 1,
        "still to go": 3,
        "did not arrive": 5,
    }
    for link, number, words in tiles:
        listed = client.get(html.unescape(link)).context["cl"].result_list
        assert len(listed) == int(number), words
        assert {row.purpose for row in listed} == {"page"}
