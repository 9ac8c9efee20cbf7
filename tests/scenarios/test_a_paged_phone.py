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


def test_with_worker_and_beat_running_nobody_has_to_push_and_a_worker_that_ends_takes_its_heartbeat_away(
    story: Story,
) -> None:
    assert status_of(f"{story.place.url}/health") == 503
    with running_worker(story.place, TWILIO_BASE_URL=story.sandbox.url) as pid:
        (beating,) = eventually(lambda: list(Heartbeat.objects.values_list("name", flat=True)))
        assert beating.rpartition("-")[2] == str(pid)
        story.start_beat()
        eventually(lambda: status_of(f"{story.place.url}/health") == 200, within=20)
        assert story.fire() == 202
        eventually(lambda: story.status() == "delivered")
        story.sandbox.reply(BEN_NUMBER, "1")
        eventually(lambda: story.status() == "acknowledged")
        eventually(lambda: len(story.texts(BEN_NUMBER)) == 2)
        assert "Acknowledged" in story.texts(BEN_NUMBER)[-1]["body"]
        assert Heartbeat.objects.filter(name=beating).exists(), "it lives"
    assert not Heartbeat.objects.filter(name__startswith=beating.rpartition("-")[0]).exists()
