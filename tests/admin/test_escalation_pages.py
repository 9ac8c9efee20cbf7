"""The pages about escalations: an alert's ladder, the list, the dashboard, resolving, and a flow's plan in words."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.flows.advance import advance_due
from notifications.models import Alert, Flow, Notification, Step
from tenants.scope import platform_scope, tenant_scope
from tests.admin.test_flow_form import posted
from tests.cast import Cast, add_member, make_cast
from tests.notifications.escalating import MINUTE, Clock, dies, fires, flow_of


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def ana(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ana)
    return client


@pytest.fixture
def alert(cast: Cast) -> Alert:
    """Step 1 reached nobody, step 2 waits for an answer, and step 3 comes next."""
    clock = Clock(timezone.now())
    with tenant_scope(cast.harbor.pk):
        dan, eve = (
            add_member(cast.harbor, name=name, number=f"+1206555700{n}") for n, name in enumerate(["Dan", "Eve"])
        )
        flow = flow_of(cast.harbor, [cast.ben], [dan], [eve, cast.ben], wait=3 * MINUTE, repeats=2)
        Step.objects.filter(flow=flow, position=2).update(mode=Step.Mode.IN_TURN)
    alert = fires(flow, at=clock.now)
    dies(alert, "Ben")
    advance_due(clock=clock)
    return alert


def _page(client: Client, name: str, *args: Any) -> str:
    return client.get(reverse(f"admin:{name}", args=args)).content.decode()


def test_the_alerts_page_tells_what_fired_what_waits_and_what_comes_next(ana: Client, alert: Alert) -> None:
    page = _page(ana, "notifications_alert_change", alert.pk)
    parts = (
        "Step 3 in 3 min: Eve first. After its steps everything starts again, twice at most.",
        "Round 1 of 3",
        "Reached nobody",
        "Ben, SMS: Not at this hour. Tried next: Dan.",
        "Waits for an answer",
        "Has 3 minutes to answer.",
        "Next, in 3 min",
        "Eve, then Ben, each with 3 minutes to answer, by SMS",
    )
    assert [part for part in parts if part not in page] == []


def test_the_list_its_filter_and_the_dashboard_say_who_reached_nobody(ana: Client, alert: Alert) -> None:
    assert "Step 2; step 1 reached nobody" in _page(ana, "notifications_alert_changelist")
    found = {
        answer: alert.text in ana.get(f"/admin/notifications/alert/?answered={answer}").content.decode()
        for answer in ("no", "yes", "nobody", "ended", "resolved")
    }
    assert found == {"no": True, "yes": False, "nobody": True, "ended": False, "resolved": False}
    assert "step 1 reached nobody" in _page(ana, "index")
    with platform_scope():
        Alert.objects.update(ended_at=timezone.now())
    assert "nobody answered, and nothing is left to try" in _page(ana, "index")
    assert "Nobody answered" in _page(ana, "notifications_alert_change", alert.pk)


def test_resolving_says_how_much_is_cancelled_and_does_it_on_post_alone(ana: Client, alert: Alert, cast: Cast) -> None:
    page = reverse("admin:notifications_alert_do_resolve", args=[alert.pk])
    asked = ana.get(page).content.decode()
    assert "<dt>Messages that are cancelled</dt><dd>1</dd>" in asked
    assert "<dt>Steps that do not fire any more</dt><dd>1</dd>" in asked
    with platform_scope():
        assert not Alert.objects.filter(resolved_at__isnull=False).exists()
    done = ana.post(page, follow=True).content.decode()
    assert "1 alert resolved, 1 message cancelled." in done
    assert "It was resolved by hand: nothing more is sent." in done
    assert "Ana resolved this alert at" in done
    assert "Not needed" in done
    assert "Nothing is left to do" in ana.get(page).content.decode()
    with platform_scope():
        assert sorted(Notification.objects.values_list("status", flat=True)) == ["cancelled", "skipped"]


def test_an_alert_whose_plan_cannot_be_read_still_has_a_page(ana: Client, alert: Alert) -> None:
    with platform_scope():
        Alert.objects.update(flow_snapshot={})
    assert alert.text in _page(ana, "notifications_alert_change", alert.pk)


def test_the_flows_page_says_the_whole_plan_in_words(ana: Client, alert: Alert) -> None:
    page = " ".join(_page(ana, "notifications_flow_change", alert.flow_id).split())
    assert (
        "First Ben by SMS. After 3 minutes without an answer, Dan by SMS. After 3 minutes without an answer, Eve, then "
        "Ben, each with 3 minutes to answer, by SMS. If nobody has answered 3 minutes later, all of it starts again, "
        "twice at most."
    ) in page


def test_steps_and_recipients_without_an_order_come_after_those_that_are_there(ana: Client, cast: Cast) -> None:
    data = {**posted(cast.ben.pk), "steps-0-position": "", "steps-0-recipients-0-position": ""}
    second = {name.replace("steps-0", "steps-1"): value for name, value in data.items() if name.startswith("steps-0")}
    data |= {**second, "steps-TOTAL_FORMS": "2", "steps-1-wait": "7", "steps-1-channels": ["sms", "email"]}
    answer = ana.post("/admin/notifications/flow/add/", data)
    assert answer.status_code == 302, answer.context["errors"]
    with platform_scope():
        flow = Flow.objects.get(slug="new-flow")
        steps = list(flow.steps.order_by("position", "id"))
    assert [(step.wait, step.channels) for step in steps] == [
        (timedelta(minutes=5), ["sms"]),
        (timedelta(minutes=7), ["sms", "email"]),
    ]
    third = {**posted(cast.ben.pk, flow=flow.pk), "steps-0-position": "", "steps-0-wait": "9"}
    assert ana.post(reverse("admin:notifications_flow_change", args=[flow.pk]), third).status_code == 302
    with platform_scope():
        waits = [step.wait // MINUTE for step in flow.steps.order_by("position", "id")]
    assert waits == [5, 7, 9]
