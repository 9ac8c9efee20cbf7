"""No attempt commits after a revocation has committed, in whatever order the steps of the two meet."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from members.consent.choices import lose_number, withdraw
from members.consent.handset import opt_out_from_handset
from members.consent.recorded_opt_out import HeardBy, record_opt_out
from members.models import Member
from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.models import Attempt
from tenants.scope import platform_scope, tenant_scope
from tests.cast import SENDER_NUMBER, Cast
from tests.consenting import login_of
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.notifications.dispatch.interleaving import Actor, gates, interleave, orders

LEASE = timedelta(seconds=45)
#: Longer than any run of these tests: a row that is claimed stays with its worker.
LONG_LEASE = timedelta(hours=1)
WORKER, SILENCER = "worker", "silencer"


def texts_stop(member: Member, number: str, cast: Cast, *, method: str = "keyword") -> object:
    now = timezone.now()
    return opt_out_from_handset(
        number=number,
        at=now,
        received_at=now,
        raw_text="STOP",
        method=method,  # type: ignore[arg-type]
        provider="twilio",
        provider_message_id=f"SM{number}",
        sender_address=SENDER_NUMBER,
        tenant_id=None,
        member_id=None,
    )


def withdraws(member: Member, number: str, cast: Cast) -> object:
    with tenant_scope(cast.harbor.pk):
        return withdraw(
            tenant=cast.harbor,
            member=member,
            number=number,
            channel="sms",
            source="page",
            ip="",
            user_agent="",
            actor=login_of(member),
            at=timezone.now(),
        )


def is_recorded(member: Member, number: str, cast: Cast, *, reach: Any) -> object:
    now = timezone.now()
    with platform_scope():
        return record_opt_out(
            number=number,
            member=member,
            channel="sms",
            reach=reach,
            heard_at=now,
            heard_by=HeardBy.EMAIL,
            words="stop texting me",
            actor=cast.sam,
            at=now,
        )


def loses_the_number(member: Member, number: str, cast: Cast) -> object:
    with tenant_scope(cast.harbor.pk):
        return lose_number(tenant=cast.harbor, member=member, number=number, actor=cast.ana, at=timezone.now())


Silencer = Callable[[Member, str, Cast], object]
SILENCERS: dict[str, tuple[Silencer, str, str]] = {
    "key": (partial(texts_stop, method="key"), "members.consent.handset", "CONSENT-3"),
    "own page": (withdraws, "members.consent.choices", "CONSENT-2"),
    "recorded": (partial(is_recorded, reach="tenant"), "members.consent.recorded_opt_out", "CONSENT-2"),
    "by support": (partial(is_recorded, reach="platform"), "members.consent.recorded_opt_out", "CONSENT-3"),
    "number lost": (loses_the_number, "members.consent.choices", "CONSENT-5"),
}
DISPATCH = "notifications.dispatch.intend"


class Meeting:
    """One message on its way to one member, and one word of theirs that silences it."""

    def __init__(self, cast: Cast, *, place: int, silencer: Silencer, reason: str) -> None:
        self.number = f"+1206777{place:04}"
        self.member = person(cast, number=self.number, name=f"P{place}")
        login_of(self.member)
        self.reason = reason
        self.row = message(self.member)
        claimed = claim_due(now=timezone.now(), limit=10, owner="worker-1", lease=LONG_LEASE)
        assert claimed == [self.row.pk]
        self.worker = Actor(WORKER, lambda: intend(claimed, clock=timezone.now, owner="worker-1", lease=LEASE))
        self.silencer = Actor(SILENCER, partial(silencer, self.member, self.number, cast))

    def went_right(self, *, seen_by_silencer: int) -> str:
        """What came first, where all is as it must be."""
        made = attempts(self.row)
        row = again(self.row)
        # Whatever exists at the end existed when the revocation was about to commit: nothing came after it.
        assert len(made) == seen_by_silencer, "an attempt was committed after the revocation"
        assert len(made) == len(self.worker.result)
        if made:
            assert row.status == "sending"
        else:
            assert (row.status, row.reason) == ("skipped", self.reason)
        self.next_is_silenced()
        return "attempt" if made else "revocation"

    def next_is_silenced(self) -> None:
        following = message(self.member)
        claimed = claim_due(now=timezone.now(), limit=10, owner="worker-1", lease=LEASE)
        assert intend(claimed, clock=timezone.now, owner="worker-1", lease=LEASE) == []
        assert (again(following).status, again(following).reason) == ("skipped", self.reason)


def meet_in(
    order: tuple[str, ...], meeting: Meeting, *, monkeypatch: pytest.MonkeyPatch, places: tuple[str, ...], home: str
) -> str:
    """Take both through this order, and say which of them came first."""
    seen: list[int] = []

    def looks(number: str, *, at: Any, shipped: Callable[..., None]) -> None:
        shipped(number, at=at)
        seen.append(Attempt.objects.filter(notification_id=meeting.row.pk).count())

    settle = f"{home}.settle"
    with monkeypatch.context() as patched:
        module = __import__(home, fromlist=["settle"])
        patched.setattr(settle, partial(looks, shipped=module.settle))
        with gates(monkeypatch, *places) as actors:
            actors += [meeting.worker, meeting.silencer]
            interleave(order, meeting.worker, meeting.silencer)
    assert len(seen) == 1
    return meeting.went_right(seen_by_silencer=seen[0])


@pytest.mark.case("O6")
def test_a_stop_and_a_commit_meet_in_every_order_of_their_steps(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock, read and rule, write, commit against lock, append, settle, commit: seventy orders."""
    home = "members.consent.handset"
    places = (
        f"{DISPATCH}.lock_numbers",
        "notifications.dispatch.ruled.facts_of",
        f"{DISPATCH}._commit_attempts",
        f"{home}.lock_numbers",
        f"{home}.append",
        f"{home}.settle",
    )
    met = {}
    for place, order in enumerate(orders(WORKER, 4, SILENCER, 4)):
        meeting = Meeting(cast, place=place, silencer=texts_stop, reason="CONSENT-3")
        met[order] = meet_in(order, meeting, monkeypatch=monkeypatch, places=places, home=home)
    assert len(met) == 70
    # Who locks first is first, whatever comes between.
    assert met == {order: "attempt" if order[0] == WORKER else "revocation" for order in met}


@pytest.mark.parametrize("how", SILENCERS)
def test_every_revocation_and_loss_of_a_number_meets_a_commit_in_either_order(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    silencer, home, reason = SILENCERS[how]
    places = (f"{DISPATCH}.lock_numbers", f"{home}.lock_numbers")
    met = set()
    for place, order in enumerate(orders(WORKER, 2, SILENCER, 2)):
        meeting = Meeting(cast, place=place, silencer=silencer, reason=reason)
        met.add((order[0], meet_in(order, meeting, monkeypatch=monkeypatch, places=places, home=home)))
    assert met == {(WORKER, "attempt"), (SILENCER, "revocation")}


def test_without_the_lock_an_attempt_would_commit_after_the_stop(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The orders above are real ones: where the worker does not lock, some of them end wrong."""
    home = "members.consent.handset"
    monkeypatch.setattr(f"{DISPATCH}.lock_numbers", lambda *_, **__: None)
    meeting = Meeting(cast, place=0, silencer=texts_stop, reason="CONSENT-3")
    places = ("notifications.dispatch.ruled.facts_of", f"{home}.lock_numbers")
    # It has read that they agree; the STOP comes and commits; then it commits what it ruled.
    order = (WORKER, SILENCER, SILENCER, WORKER)
    with pytest.raises(AssertionError, match="committed after the revocation"):
        meet_in(order, meeting, monkeypatch=monkeypatch, places=places, home=home)
