"""The same form sent twice at the same moment writes its rows once, in whichever order the two of them meet."""

import pytest
from django.utils import timezone

from members.models import Member
from notifications.models import Notification
from notifications.operations.direct import Sent, send_direct
from notifications.operations.once import AlreadySent
from tenants.models import AuditEntry
from tenants.scope import platform_scope
from tests.cast import make_cast
from tests.consenting import agree
from tests.notifications.by_hand.conftest import may_send
from tests.notifications.dispatch.interleaving import Actor, gates, interleave, orders


def test_a_form_that_is_sent_twice_at_once_is_written_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    agree(cast.ben, tenant=cast.harbor)
    may_send(cast, cast.ana)
    now = timezone.now()
    with platform_scope():
        ben = Member.objects.select_related("tenant").get(pk=cast.ben.pk)

    # Behind the look for earlier rows, and before the commit.
    with gates(
        monkeypatch, "notifications.operations.once._written", "notifications.operations.direct.wake_dispatch"
    ) as actors:
        for place, order in enumerate(orders("one", 2, "two", 2)):

            def sends(seed: str = f"seed {place}") -> object:
                return send_direct([ben], text="Come", actor=cast.ana, once=seed, at=now)

            actors[:] = [Actor("one", sends), Actor("two", sends)]
            interleave(order, *actors)
            results = [actor.result for actor in actors]
            (sent,) = (result for result in results if isinstance(result, Sent))
            (before,) = (result for result in results if isinstance(result, AlreadySent))
            assert [row.pk for row in before.rows] == [row.pk for row in sent.rows]
    with platform_scope():
        assert Notification.objects.count() == AuditEntry.objects.filter(code="message.sent").count() == place + 1
