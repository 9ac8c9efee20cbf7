"""Stripe's webhook: signed events alone, each once, in any order, from customers that are known or not."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import stripe
from django.core.checks import run_checks
from django.db import transaction

from billing.models import StandingChange, StripeCustomer, StripeEvent
from billing.operations import move_standing
from billing.stripe.linking import LinkRefused, link_customer
from tenants.models import AuditEntry, Standing, Tenant
from tenants.scope import platform_scope, tenant_scope
from tests.billing.stripe_events import CUSTOMER, NEVER_KEPT, SECRET, event, invoice, post, subscription
from tests.cast import Cast, make_cast

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    cast = make_cast()
    linked = link_customer(cast.harbor, customer_ref=CUSTOMER, actor=cast.pat, at=NOW - 30 * DAY)
    assert not isinstance(linked, LinkRefused)
    return cast


def heard(told: dict[str, Any]) -> str:
    answer = post(told)
    assert answer.status_code == 200
    return str(answer.json()["outcome"])


def standing(tenant: Tenant) -> tuple[str, datetime | None]:
    with platform_scope():
        row = Tenant.objects.get(pk=tenant.pk)
        return row.standing, row.standing_until


def by_hand(cast: Cast, to: Standing, *, at: datetime) -> None:
    moved = move_standing(
        cast.harbor,
        to=to,
        until=None,
        reason="by phone",
        source=StandingChange.Source.BY_HAND,
        actor=cast.pat,
        at=at,
    )
    assert isinstance(moved, StandingChange)


def sub(ref: str, what: str, status: str, *, day: float, of: str = "sub_1", began: float = -20) -> dict[str, Any]:
    return subscription(ref, what, status, at=NOW + day * DAY, of=of, made_at=NOW + began * DAY)


def test_a_payment_that_fails_opens_a_grace_and_one_that_is_paid_ends_it(cast: Cast) -> None:
    assert heard(invoice("evt_1", "payment_failed", at=NOW - DAY)) == "moved"
    assert standing(cast.harbor) == ("payment_due", NOW + 6 * DAY)
    assert heard(invoice("evt_2", "paid", at=NOW)) == "moved"
    assert standing(cast.harbor) == ("active", None)
    assert standing(cast.ridge) == ("active", None)
    with tenant_scope(cast.harbor.pk):
        changes = list(StandingChange.objects.order_by("id"))
    assert [(one.source, one.event_ref, one.reason) for one in changes] == [
        ("stripe", "evt_1", "Stripe: a payment failed"),
        ("stripe", "evt_2", "Stripe: the invoice was paid"),
    ]


def test_an_event_that_comes_again_is_one_event_and_one_move(cast: Cast) -> None:
    told = invoice("evt_1", "payment_failed", at=NOW - DAY)
    assert [heard(told), heard(told), heard(told)] == ["moved"] * 3
    with platform_scope():
        assert (StripeEvent.objects.count(), StandingChange.objects.count()) == (1, 1)


def test_in_every_order_in_which_a_story_can_come_it_ends_the_same(cast: Cast) -> None:
    story = [
        sub("evt_1", "created", "active", day=-9, began=-9),
        invoice("evt_2", "payment_failed", at=NOW - 4 * DAY),
        sub("evt_3", "updated", "past_due", day=-4, began=-9),
        invoice("evt_4", "payment_failed", at=NOW - DAY),
    ]
    for end, expected in (
        ([], ("payment_due", NOW + 3 * DAY)),
        ([sub("evt_5", "deleted", "canceled", day=-1, began=-9)], ("cancelled", None)),
    ):
        # Every order is tried in test_stripe_meaning.py; here some, with the rows and moves between.
        for order in list(permutations([*story, *end]))[:: 24 if end else 6]:
            with transaction.atomic():
                for told in order:
                    heard(told)
                assert standing(cast.harbor) == expected, [told["id"] for told in order]
                transaction.set_rollback(True)


def test_of_one_instant_the_order_does_not_matter_either(cast: Cast) -> None:
    story = [
        sub("evt_1", "updated", "unpaid", day=-1),
        sub("evt_2", "updated", "active", day=-1),
        invoice("evt_3", "payment_failed", at=NOW - DAY),
    ]
    for order in permutations(story):
        with transaction.atomic():
            for told in order:
                heard(told)
            assert standing(cast.harbor) == ("active", None)
            transaction.set_rollback(True)


def test_an_older_event_is_kept_and_changes_nothing(cast: Cast) -> None:
    assert heard(sub("evt_2", "updated", "unpaid", day=-1)) == "moved"
    assert heard(sub("evt_1", "updated", "active", day=-2)) == "older"
    assert standing(cast.harbor) == ("past_due", None)
    with platform_scope():
        assert StripeCustomer.objects.get().heeded_until == NOW - DAY
        assert StripeEvent.objects.count() == 2


def test_a_grace_that_has_run_out_while_the_event_was_under_way_is_past_due_at_once(cast: Cast) -> None:
    assert heard(invoice("evt_1", "payment_failed", at=NOW - 8 * DAY)) == "moved"
    assert standing(cast.harbor) == ("past_due", None)


def test_a_cancelled_tenant_comes_back_by_a_new_subscription_and_by_no_other_word(cast: Cast) -> None:
    heard(sub("evt_1", "deleted", "canceled", day=-4))
    assert heard(sub("evt_2", "updated", "active", day=-3)) == "older"
    assert standing(cast.harbor) == ("cancelled", None)
    assert heard(sub("evt_3", "updated", "active", day=-1, of="sub_2", began=-2)) == "moved"
    assert standing(cast.harbor) == ("active", None)
    by_hand(cast, Standing.CANCELLED, at=NOW)
    assert heard(sub("evt_4", "updated", "active", day=1, of="sub_2", began=-2)) == "refused"
    assert standing(cast.harbor) == ("cancelled", None)
    assert heard(sub("evt_5", "created", "active", day=2, of="sub_3", began=2)) == "moved"
    assert standing(cast.harbor) == ("active", None)


def test_what_a_person_suspended_no_payment_lifts_and_what_stripe_paused_it_resumes(cast: Cast) -> None:
    heard(sub("evt_1", "updated", "paused", day=-5))
    assert standing(cast.harbor) == ("suspended", None)
    assert heard(sub("evt_2", "updated", "active", day=-4)) == "moved"
    by_hand(cast, Standing.SUSPENDED, at=NOW - 3 * DAY)
    assert heard(invoice("evt_3", "paid", at=NOW - DAY)) == "refused"
    assert standing(cast.harbor) == ("suspended", None)
    with platform_scope():
        assert "a platform admin moves it" in StripeEvent.objects.get(event_ref="evt_3").says


def test_the_newest_word_counts_a_persons_or_stripes(cast: Cast) -> None:
    heard(sub("evt_1", "updated", "unpaid", day=-5))
    by_hand(cast, Standing.ACTIVE, at=NOW - 3 * DAY)
    assert heard(sub("evt_2", "updated", "unpaid", day=-4)) == "older"
    assert standing(cast.harbor) == ("active", None)
    assert heard(invoice("evt_3", "payment_failed", at=NOW - DAY)) == "moved"
    assert standing(cast.harbor) == ("payment_due", NOW + 6 * DAY)


def test_an_unknown_customer_is_kept_answered_and_counts_once_it_is_linked(cast: Cast) -> None:
    told = sub("evt_1", "updated", "unpaid", day=-1)
    told["data"]["object"]["customer"] = "cus_Ridge99"
    assert heard(told) == "unknown_customer"
    assert (standing(cast.harbor), standing(cast.ridge)) == (("active", None), ("active", None))
    says = link_customer(cast.ridge, customer_ref="cus_Ridge99", actor=cast.pat, at=NOW)
    assert says == "Active → Past due"
    assert standing(cast.ridge) == ("past_due", None)
    taken = link_customer(cast.harbor, customer_ref="cus_Ridge99", actor=cast.pat, at=NOW)
    assert isinstance(taken, LinkRefused)
    with platform_scope():
        assert AuditEntry.objects.filter(code="billing.customer_linked", tenant_id=cast.ridge.pk).count() == 1


def test_events_of_other_kinds_are_kept_and_say_nothing(cast: Cast) -> None:
    assert heard(event("evt_1", "charge.refunded", {"id": "ch_1"}, made_at=NOW)) == "not_ours"
    assert heard(sub("evt_2", "created", "incomplete", day=0)) == "not_ours"
    assert standing(cast.harbor) == ("active", None)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_a_forged_or_old_signature_is_400_and_nothing_is_kept_or_logged(
    cast: Cast, logged: pytest.LogCaptureFixture
) -> None:
    told = invoice("evt_1", "payment_failed", at=NOW)
    body = json.dumps(told)
    old = stripe.WebhookSignature.generate_signature_header(body, SECRET, timestamp=int(NOW.timestamp()) - 3600)
    answers = [
        post(told, secret="whsec_another"),
        post(told, signature=""),
        post(told, signature="t=1,v1=nonsense"),
        post(told, signature=old),
        post(body + " ", signature=stripe.WebhookSignature.generate_signature_header(body, SECRET)),
        post("not json"),
        post("[]"),
        post('{"object": "event"}'),
    ]
    assert [answer.status_code for answer in answers] == [400] * 8
    with platform_scope():
        assert not StripeEvent.objects.exists()
    assert standing(cast.harbor) == ("active", None)
    assert heard(told) == "moved"
    kept = [str(value) for row in rows_kept() for value in row.values()]
    assert not [text for text in (*kept, *logged.messages) if NEVER_KEPT in text or "4900" in text]


def rows_kept() -> list[Any]:
    with platform_scope():
        return list(StripeEvent.objects.values())


def test_without_the_setting_there_is_no_such_address(cast: Cast, settings: Any) -> None:
    told = invoice("evt_1", "payment_failed", at=NOW)
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert post(told).status_code == 404
    assert standing(cast.harbor) == ("active", None)
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    assert post(told).status_code == 200


def test_the_setting_without_the_library_is_an_error_that_says_what_to_install(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> list[str]:
        return [f"{error.id}: {error.hint}" for error in run_checks() if error.id == "billing.E001"]

    settings.STRIPE_WEBHOOK_SECRET = SECRET
    assert found() == []
    monkeypatch.setitem(sys.modules, "stripe", None)
    (error,) = found()
    assert "pip install -r requirements-stripe.txt" in error
    assert post(invoice("evt_1", "paid", at=NOW), signature="t=1,v1=any").status_code == 503
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert found() == []
