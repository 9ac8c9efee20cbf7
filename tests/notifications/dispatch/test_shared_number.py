"""One STOP silences everybody who shares the number, and the page of each says that it is shared."""

import pytest
from django.utils import timezone

from notifications.dispatch.deliver import deliver_due
from tests.cast import BEN_NUMBER, Cast
from tests.members.shared_pages import field_of
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.notifications.dispatch.test_stopping import stop
from tests.sandbox.process import RunningSandbox


@pytest.mark.case("O3")
def test_two_who_share_a_number_are_both_silenced_by_one_stop(cast: Cast, sandbox: RunningSandbox) -> None:
    mo = person(cast, number=BEN_NUMBER, name="Mo")
    before = [message(cast.ben), message(mo)]
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=10)
    assert [len(attempts(row)) for row in before] == [1, 1]
    sent = len(sandbox.get("/messages", to=BEN_NUMBER))
    assert sent == 2
    stop()
    after = [message(cast.ben), message(mo)]
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=10)
    assert [(again(row).status, again(row).reason) for row in after] == [("skipped", "CONSENT-3")] * 2
    assert [attempts(row) for row in after] == [[], []]
    assert len(sandbox.get("/messages", to=BEN_NUMBER)) == sent
    for one, other in ((cast.ben, "Mo"), (mo, "Ben")):
        said = field_of(cast.ana, one)
        assert f"is also used by {other} (opted out since" in said
        assert "It is opted out for all of them since" in said
