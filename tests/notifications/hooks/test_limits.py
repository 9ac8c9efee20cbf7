"""How often one address may fire within a minute, and what a flood leaves behind."""

import time_machine
from pytest_django import DjangoAssertNumQueries, Settings

from notifications.models import Alert, Trigger
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.notifications.hooks.conftest import Post


def test_the_request_over_the_limit_is_429_until_the_next_minute(cast: Cast, post: Post, settings: Settings) -> None:
    settings.HOOK_REQUESTS_PER_MINUTE = 3
    with time_machine.travel("2026-03-01 10:00:20+00:00", tick=False) as clock:
        assert [post({}).status_code for _ in range(4)] == [202, 202, 202, 429]
        refused = post({})
        assert refused.headers["Retry-After"] == "40"
        assert refused.json()["error"]["code"] == "TRIGGER-6"
        assert [post({}).status_code for _ in range(9)] == [429] * 9
        clock.shift(40)
        assert post({}).status_code == 202
    with tenant_scope(cast.harbor.pk):
        assert Alert.objects.count() == 4
        flood = Trigger.objects.filter(code="TRIGGER-6").order_by("id")
        assert len(flood) == 3
        assert "not listed" in flood[2].says


def test_a_flood_at_a_disabled_flow_is_bounded_as_well(cast: Cast, post: Post, settings: Settings) -> None:
    settings.HOOK_REQUESTS_PER_MINUTE = 3
    with tenant_scope(cast.harbor.pk):
        cast.flow.is_enabled = False
        cast.flow.save()
    with time_machine.travel("2026-03-01 10:00:20+00:00", tick=False):
        assert [post({}).status_code for _ in range(9)] == [409] * 3 + [429] * 6
    with tenant_scope(cast.harbor.pk):
        assert Trigger.objects.count() == 6


def test_a_request_costs_the_same_however_many_came_before(
    cast: Cast, post: Post, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        post({})
    with django_assert_max_num_queries(45):
        assert post({}).status_code == 202
