"""A machine fires a flow, a phone buzzes, its owner answers 1, and the log says so."""

from django.utils import timezone

from notifications.dispatch.deliver import deliver_due
from notifications.models import Heartbeat
from tests.cast import BEN_NUMBER
from tests.sandbox.process import eventually
from tests.scenarios.conftest import Story
from tests.scenarios.processes import running_worker, status_of


def test_a_page_goes_out_is_delivered_and_acknowledged_by_reply(story: Story) -> None:
    assert story.fire() == 202
    assert story.texts(BEN_NUMBER) == []
    deliver_due(clock=timezone.now, owner="worker-1", for_seconds=5)
    (text,) = story.texts(BEN_NUMBER)
    assert text["body"].startswith("Harbor: pump 3 is down\nReply 1 to acknowledge (code ")
    eventually(lambda: story.status() == "delivered")
    story.sandbox.reply(BEN_NUMBER, "1")
    eventually(lambda: story.status() == "acknowledged")


def test_with_worker_and_beat_running_nobody_has_to_push(story: Story) -> None:
    assert status_of(f"{story.place.url}/health") == 503
    story.start_worker()
    story.start_beat()
    eventually(lambda: status_of(f"{story.place.url}/health") == 200, within=20)
    assert story.fire() == 202
    eventually(lambda: story.status() == "delivered")
    story.sandbox.reply(BEN_NUMBER, "1")
    eventually(lambda: story.status() == "acknowledged")
    eventually(lambda: len(story.texts(BEN_NUMBER)) == 2)
    assert "Acknowledged" in story.texts(BEN_NUMBER)[-1]["body"]


def test_a_worker_has_a_heartbeat_while_it_lives_and_takes_it_away_when_it_ends(story: Story) -> None:
    with running_worker(story.place) as pid:
        names = eventually(lambda: list(Heartbeat.objects.values_list("name", flat=True)))
        assert [name.rpartition("-")[2] for name in names] == [str(pid)]
    assert not Heartbeat.objects.exists()
