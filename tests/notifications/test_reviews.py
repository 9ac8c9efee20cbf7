"""Replies to review: who sees them, what a decision does and never does, and what waits for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.models import ConsentEvent, Suppression
from notifications.core.gates import Verdict, ruling
from notifications.models import InboundMessage, Notification, Review
from notifications.operations.reviews import decide
from notifications.queries.gate_facts import read_gate_facts
from tenants.models import AuditEntry, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, make_cast
from tests.consenting import agree
from tests.notifications.webhooks.twilio_requests import page, text_from

LIST = "/admin/notifications/review/"


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast()
    page(cast.flow, sender=cast.sender, at=timezone.now() - timedelta(minutes=1), service="Pump 3")
    return cast


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def reviewed(client: Client, body: str = "wrong number") -> Review:
    assert text_from(client, body).status_code == 200
    with platform_scope():
        return Review.objects.order_by("-id")[0]


def suppressed() -> bool:
    with platform_scope():
        return Suppression.objects.filter(number_id=BEN_NUMBER).exists()


def do(user: User, review: Review, name: str, method: str = "post") -> Any:
    return getattr(signed_in(user), method)(f"{LIST}{review.pk}/do/{name}/", {"note": "He told me so."})


def test_an_opt_out_is_recorded_once_with_the_texts_own_words_and_from_its_own_time(cast: Cast, client: Client) -> None:
    review = reviewed(client)
    asked = do(cast.ana, review, "opt-out", "get")
    assert b"wrong number" in asked.content
    assert not suppressed(), "looking changes nothing"
    assert do(cast.ana, review, "opt-out").status_code == 302
    assert suppressed()
    with platform_scope():
        line = ConsentEvent.objects.get(act="revoke")
        text = InboundMessage.objects.get(reviews=review)
        assert (line.method, line.reach, line.effective_at) == ("free text", "platform", text.received_at)
        assert line.provider_message_id == text.provider_message_id
        assert line.detail.data["raw_text"] == "wrong number"
        review.refresh_from_db()
        assert (review.decision, review.decided_by_id, review.note) == ("opt_out", cast.ana.pk, "He told me so.")
        entry = AuditEntry.objects.get(code="review.decided")
        assert (entry.tenant_id, entry.actor_id) == (cast.harbor.pk, cast.ana.pk)
        assert BEN_NUMBER not in str(entry.detail.data)
    again = do(cast.ana, review, "opt-out")
    assert b"The first decision stands" in again.content
    with platform_scope():
        assert ConsentEvent.objects.filter(act="revoke").count() == 1
        assert AuditEntry.objects.filter(code="review.decided").count() == 1


def test_the_first_decision_stands_when_two_people_decide_at_once(cast: Cast, client: Client) -> None:
    review = reviewed(client)
    with platform_scope():
        first = decide(review, decision=Review.Decision.NO_OPT_OUT, note="", actor=cast.ana, at=timezone.now())
        second = decide(review, decision=Review.Decision.OPT_OUT, note="", actor=cast.pat, at=timezone.now())
    assert (first.is_new, second.is_new) == (True, False)
    assert second.review.decision == "no_opt_out"
    assert not suppressed()


def test_that_it_is_none_lifts_no_opt_out_that_counts_already(cast: Cast, client: Client) -> None:
    agree(cast.ben, tenant=cast.harbor)
    review = reviewed(client, "please stop texting me")
    assert suppressed()
    assert b"stays opted out all the same" in do(cast.ana, review, "no-opt-out", "get").content
    assert do(cast.ana, review, "no-opt-out").status_code == 302
    assert suppressed()
    with platform_scope():
        assert not ConsentEvent.objects.filter(act="restore").exists()


def test_a_direct_message_waits_while_a_likely_opt_out_is_open_and_a_page_does_not(cast: Cast, client: Client) -> None:
    agree(cast.ben, tenant=cast.harbor)
    review = reviewed(client)
    common: dict[str, Any] = {"tenant": cast.harbor, "channel": "sms", "member": cast.ben, "number": BEN_NUMBER}
    with tenant_scope(cast.harbor.pk):
        direct = Notification.objects.create(purpose="direct_message", body="Hello", **common)
        alert = Notification.objects.exclude(alert=None)[0]
    now = timezone.now()

    def verdicts() -> list[Verdict]:
        facts = read_gate_facts([direct.pk, alert.pk], now=now)
        return [ruling(facts[pk], now=now).verdict for pk in (direct.pk, alert.pk)]

    assert verdicts() == [Verdict.HOLD, Verdict.GO]
    with platform_scope():
        Notification.objects.filter(pk=direct.pk).update(status="held", due_at=now + timedelta(minutes=15))
    assert do(cast.ana, review, "no-opt-out").status_code == 302
    assert verdicts() == [Verdict.GO, Verdict.GO]
    with platform_scope():
        assert Notification.objects.get(pk=direct.pk).due_at <= timezone.now(), "it is ruled anew at once"


def test_each_tenant_decides_its_own_the_platform_all_and_support_reads(cast: Cast, client: Client) -> None:
    review = reviewed(client)
    text_from(client, "wrong number", number="+12065550198")  # of nobody
    with platform_scope():
        nobodys = Review.objects.order_by("-id")[0]
    assert nobodys.tenant_id is None
    seen = {
        user.name: [
            signed_in(user).get(f"{LIST}{row.pk}/change/").status_code for row in (review, nobodys)
        ]
        for user in (cast.ana, cast.vic, cast.cleo, cast.sam, cast.pat)
    }  # fmt: skip
    assert seen == {
        "Ana": [200, 404], "Vic": [200, 404], "Cleo": [404, 404], "Sam": [200, 200], "Pat": [200, 200]
    }  # fmt: skip
    for user in (cast.vic, cast.cleo, cast.sam):
        assert do(user, review, "opt-out").status_code == 404
    assert not suppressed()
    assert do(cast.pat, nobodys, "opt-out").status_code == 302
    with platform_scope():
        assert Suppression.objects.filter(number_id="+12065550198").exists()


@pytest.mark.case("O16")
def test_what_is_undecided_for_over_a_day_is_red_on_the_dashboard(cast: Cast, client: Client) -> None:
    assert "for a person to look at" not in signed_in(cast.ana).get("/admin/").content.decode()
    review = reviewed(client)
    fresh = signed_in(cast.ana).get("/admin/").content.decode()
    assert "1 reply waits for a person to look at it" in fresh
    assert "for more than a day" not in fresh
    with platform_scope():
        Review.objects.filter(pk=review.pk).update(opened_at=timezone.now() - timedelta(hours=25))
    late = signed_in(cast.ana).get("/admin/").content.decode()
    assert "for more than a day" in late
    assert late.count("pt-note-danger") == fresh.count("pt-note-danger") + 1
    assert "1 of them for more than a day" in late
    rows = signed_in(cast.ana).get(f"{LIST}?state=late").context["cl"].result_list
    assert [row.pk for row in rows] == [review.pk]


def test_open_ones_come_first(cast: Cast, client: Client) -> None:
    first, second = reviewed(client), reviewed(client, "who gave you my number")
    assert do(cast.ana, second, "no-opt-out").status_code == 302
    rows = signed_in(cast.ana).get(LIST).context["cl"].result_list
    assert [row.pk for row in rows] == [first.pk, second.pk]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("please stop texting me", ["STOP", "Yes, at once and everywhere", "in its own words"]),
        ("stop by the boiler room at 5", ["NONE", "0 of 100"]),
        ("", ["The box was empty"]),
    ],
)
def test_the_box_says_how_a_text_would_be_read_and_does_nothing(cast: Cast, text: str, shown: list[str]) -> None:
    answer = signed_in(cast.vic).post(LIST, {"how_read": text})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert [words for words in shown if words not in html] == []
    with platform_scope():
        assert not InboundMessage.objects.exists()
        assert not Review.objects.exists()
