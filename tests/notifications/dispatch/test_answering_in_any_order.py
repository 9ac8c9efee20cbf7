"""No page is written or handed over after an acknowledgement has committed, in whatever order their steps meet."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from members.models import Member
from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.flows.acknowledge import AckOutcome, acknowledge
from notifications.flows.advance import advance
from notifications.flows.resolve import resolve
from notifications.models import Alert, Attempt, Notification
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast
from tests.notifications.dispatch.conftest import again, attempts, person
from tests.notifications.dispatch.interleaving import Actor, gates, interleave, orders
from tests.notifications.escalating import MINUTE, fires, flow_of

LEASE = timedelta(hours=1)
WORKER, ANSWER = "worker", "answer"
ADVANCE, INTEND = "notifications.flows.advance", "notifications.dispatch.intend"


@pytest.fixture
def dana(cast: Cast) -> Member:
    return person(cast, number="+12067770001")


class Meeting:
    """An alert whose first page went to Ben, and an answer to it that meets a worker."""

    def __init__(self, cast: Cast, dana: Member, *, place: int, resolves: bool = False) -> None:
        self.began = timezone.now() - 5 * MINUTE
        with tenant_scope(cast.harbor.pk):
            flow = flow_of(cast.harbor, [cast.ben], [dana], name=f"Flow {place}")
        self.alert = fires(flow, at=self.began)
        with platform_scope():
            self.page = Notification.objects.select_related("member").get(alert=self.alert)
            Notification.objects.filter(pk=self.page.pk).update(status="sent")
        self.seen: list[int] = []
        answers = partial(self._resolves, cast) if resolves else self._acknowledges
        self.answer = Actor(ANSWER, answers)

    def advances(self) -> Actor:
        """The worker is about to fire the second step, which is due now."""
        return Actor(WORKER, self._advances)

    def intends(self) -> Actor:
        """The second step has fired, and the worker holds its page."""
        self._advances()
        claimed = claim_due(now=timezone.now(), limit=10, owner="worker-1", lease=LEASE)
        assert len(claimed) == 1
        return Actor(WORKER, lambda: intend(claimed, clock=timezone.now, owner="worker-1", lease=LEASE))

    def second(self) -> Notification | None:
        with platform_scope():
            return Notification.objects.filter(alert=self.alert).exclude(pk=self.page.pk).first()

    def _advances(self) -> int:
        with tenant_scope(self.alert.tenant_id):
            return advance(self.alert.pk, clock=timezone.now)

    def _acknowledges(self) -> AckOutcome:
        return acknowledge(self.page, via="sms", at=timezone.now(), by_member=self.page.member).outcome

    def _resolves(self, cast: Cast) -> bool:
        with tenant_scope(cast.harbor.pk):
            return resolve(self.alert, actor=cast.ana, at=timezone.now()).done


def _meet(
    order: tuple[str, ...],
    meeting: Meeting,
    worker: Actor,
    *,
    monkeypatch: pytest.MonkeyPatch,
    places: tuple[str, ...],
    home: str = "notifications.flows.acknowledge",
) -> tuple[int, int]:
    """Take both through this order; return how many pages and attempts the answer saw as it was about to commit."""
    seen: list[tuple[int, int]] = []

    def looks(*args: Any, shipped: Callable[..., Any], **named: Any) -> Any:
        done = shipped(*args, **named)
        others = Notification.objects.filter(alert=meeting.alert).exclude(pk=meeting.page.pk)
        seen.append((others.count(), Attempt.objects.filter(notification__in=others).count()))
        return done

    with monkeypatch.context() as patched:
        module = __import__(home, fromlist=["cancel"])
        patched.setattr(f"{home}.cancel", partial(looks, shipped=module.cancel))
        with gates(monkeypatch, *places, f"{home}.stop_steps", f"{home}.cancel") as actors:
            actors += [worker, meeting.answer]
            interleave(order, worker, meeting.answer)
    (found,) = seen
    return found


@pytest.mark.parametrize("home", ["notifications.flows.acknowledge", "notifications.flows.resolve"])
def test_a_step_fires_before_an_answer_or_not_at_all(
    cast: Cast, dana: Member, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    """Read, fire, commit against close, cancel, commit: every order of the two."""
    places = (f"{ADVANCE}.pages_of", f"{ADVANCE}.climb")
    met = {}
    for place, order in enumerate(orders(WORKER, 3, ANSWER, 3)):
        meeting = Meeting(cast, dana, place=place, resolves=home.endswith("resolve"))
        written, _ = _meet(order, meeting, meeting.advances(), monkeypatch=monkeypatch, places=places, home=home)
        row = meeting.second()
        assert (row is not None) == bool(written), "a page was written after the answer"
        # What was written before it, and had not gone, is cancelled by it.
        assert row is None or row.status == "cancelled"
        met[order] = "page" if row else "answer"
    # Who holds the alert first is first; a worker that finds it held leaves it.
    assert met == {order: "page" if order[0] == WORKER else "answer" for order in met}
    assert len(met) == 20


def test_a_page_is_handed_over_before_an_answer_or_not_at_all(
    cast: Cast, dana: Member, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    # Dana is paged once in each order.
    settings.RECIPIENT_TEXTS_A_MINUTE = 0
    places = (f"{INTEND}._lock_alerts", "notifications.dispatch.ruled.facts_of", f"{INTEND}._commit_attempts")
    met = {}
    for place, order in enumerate(orders(WORKER, 4, ANSWER, 3)):
        meeting = Meeting(cast, dana, place=place)
        worker = meeting.intends()
        _, seen = _meet(order, meeting, worker, monkeypatch=monkeypatch, places=places)
        row = meeting.second()
        assert row is not None
        made = attempts(row)
        assert len(made) == seen == len(worker.result), "an attempt was committed after the answer"
        assert row.status == ("sending" if made else "cancelled")
        assert again(meeting.page).status == "acknowledged"
        met[order] = "attempt" if made else "answer"
    assert met == {order: "attempt" if order[0] == WORKER else "answer" for order in met}
    assert len(met) == 35


def test_two_workers_at_once_fire_a_step_once(cast: Cast, dana: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, order in enumerate(orders(WORKER, 3, "other", 3)):
        meeting = Meeting(cast, dana, place=place)
        worker, other = meeting.advances(), Actor("other", meeting._advances)
        with gates(monkeypatch, f"{ADVANCE}.pages_of", f"{ADVANCE}.climb") as actors:
            actors += [worker, other]
            interleave(order, worker, other)
        assert sorted([worker.result, other.result]) == [0, 1]


def test_without_the_alerts_lock_a_step_would_fire_after_the_answer(
    cast: Cast, dana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The orders above are real ones: where the worker does not lock the alert, some of them end wrong."""
    meeting = Meeting(cast, dana, place=0)
    worker = meeting.advances()
    monkeypatch.setattr(Alert.objects, "select_for_update", lambda **_: Alert.objects.all(), raising=False)
    places = (f"{ADVANCE}.pages_of", f"{ADVANCE}.climb")
    with monkeypatch.context():
        written, _ = _meet(
            (WORKER, ANSWER, ANSWER, ANSWER, WORKER, WORKER), meeting, worker, monkeypatch=monkeypatch, places=places
        )
    assert (written, meeting.second() is not None) == (0, True)


def test_without_the_alerts_lock_a_page_would_be_handed_over_after_the_answer(
    cast: Cast, dana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(cast, dana, place=0)
    worker = meeting.intends()
    monkeypatch.setattr(f"{INTEND}._lock_alerts", lambda *_: connection.ensure_connection())
    order = (WORKER, ANSWER, ANSWER, ANSWER, WORKER, WORKER)
    places = (f"{INTEND}.lock_numbers", "notifications.dispatch.ruled.facts_of")
    _, seen = _meet(order, meeting, worker, monkeypatch=monkeypatch, places=places)
    row = meeting.second()
    assert row is not None
    assert seen == 0
