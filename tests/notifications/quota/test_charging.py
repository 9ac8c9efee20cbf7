"""What became of a message decides what it is charged: once when a provider took it, and nothing when none did."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from notifications.dispatch.claim import claim_due
from notifications.dispatch.deliver import CLAIM_LEASE
from notifications.dispatch.intend import intend
from notifications.models import Attempt, Notification
from notifications.operations.usage import keep_up
from tenants.models import Standing, Tenant
from tenants.scope import platform_scope
from tests.billing.charged import assert_counters_tell_the_truth
from tests.billing.test_metering_at_once import at_once
from tests.cast import Cast
from tests.notifications.diagnosis.conftest import receive
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.notifications.quota.conftest import charge_of, deliver, later, limit, month_of
from tests.sandbox.process import RunningSandbox

REFUSED = "+12065551610"


def test_of_many_workers_exactly_as_many_messages_are_attempted_as_the_limit_allows(cast: Cast, settings: Any) -> None:
    # It is the quota that stops them, and not what one phone bears.
    settings.RECIPIENT_TEXTS_A_MINUTE = 0
    limit(cast.harbor, notifications=11)
    rows = [message(cast.ben, body=f"Pump {number} is down") for number in range(24)]
    lease = CLAIM_LEASE

    def work(worker: int) -> int:
        done = 0
        while claimed := claim_due(now=timezone.now(), limit=3, owner=f"w{worker}", lease=lease):
            done += len(intend(claimed, clock=timezone.now, owner=f"w{worker}", lease=lease))
        return done

    assert sum(at_once(work, workers=6)) == 11
    with platform_scope():
        assert Attempt.objects.count() == 11
        over = Notification.objects.filter(status="quota_exceeded", reason="QUOTA-1")
        assert over.count() == len(rows) - 11
        text = over.first().reason_text  # type: ignore[union-attr]
    assert "The monthly limit of 11 notifications is reached: 11 are used" in text
    assert "It starts anew on 1 " in text
    assert month_of(cast.harbor)["notifications"] == (11, 0)
    assert_counters_tell_the_truth()


@pytest.mark.row(83)
def test_an_attempt_that_the_provider_refuses_for_an_opt_out_costs_nothing(cast: Cast, sandbox: RunningSandbox) -> None:
    limit(cast.harbor, notifications=1)
    refused, fine = message(person(cast, number=REFUSED)), message(cast.ben, due_at=later(60))
    deliver()
    assert (again(refused).status, attempts(refused)[0].fault_code) == ("failed", "21610")
    assert (charge_of(refused.pk), month_of(cast.harbor)["notifications"]) == ("released opted_out", (0, 0))
    deliver(seconds=61)
    assert (again(fine).status, charge_of(fine.pk)) == ("sent", "settled")
    assert month_of(cast.harbor) == {"notifications": (0, 1), "segments": (0, 1)}
    # The same code may come as a receipt, after the provider had taken the message.
    receive(fine, "failed", code="21610")
    assert (charge_of(fine.pk), month_of(cast.harbor)["notifications"]) == ("released opted_out", (0, 0))
    assert_counters_tell_the_truth()


def test_a_message_that_a_carrier_loses_was_charged_and_late_and_doubled_words_change_nothing(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    row = message(cast.ben, body="x" * 200)
    deliver()
    for word, code in (("undelivered", "30003"), ("sent", ""), ("undelivered", "30003")):
        receive(row, word, code=code)
    assert (again(row).status, charge_of(row.pk)) == ("failed", "settled")
    assert month_of(cast.harbor) == {"notifications": (0, 1), "segments": (0, 2)}


def test_one_that_waits_for_its_second_try_is_charged_once(cast: Cast, sandbox: RunningSandbox) -> None:
    limit(cast.harbor, notifications=1)
    row = message(person(cast, number="+12065550429"))
    deliver()
    assert (again(row).status, charge_of(row.pk)) == ("held", "reserved")
    assert keep_up(at=later(20)) == 0
    deliver(seconds=120)
    assert len(attempts(row)) > 1
    assert month_of(cast.harbor)["notifications"][0] + month_of(cast.harbor)["notifications"][1] == 1


def test_what_was_reserved_and_is_stopped_before_its_next_try_is_given_back_soon(
    cast: Cast, sandbox: RunningSandbox
) -> None:
    row = message(person(cast, number="+12065550429"))
    deliver()
    with platform_scope():
        Tenant.objects.filter(pk=cast.harbor.pk).update(standing=Standing.SUSPENDED)
    deliver(seconds=120)
    assert (again(row).status, charge_of(row.pk)) == ("skipped", "reserved")
    keep_up(at=later(130))
    assert (charge_of(row.pk), month_of(cast.harbor)["notifications"]) == ("released skipped", (0, 0))


def test_what_does_not_count_goes_when_the_limit_is_reached(cast: Cast, sandbox: RunningSandbox) -> None:
    limit(cast.harbor, notifications=0)
    page = message(cast.ben)
    confirmation = message(cast.ben, purpose="consent_confirmation", expires_at=datetime(2100, 1, 1, tzinfo=UTC))
    deliver()
    assert [again(row).status for row in (page, confirmation)] == ["quota_exceeded", "sent"]
    assert [charge_of(row.pk) for row in (page, confirmation)] == ["", ""]
