"""A worker dies in the middle of handing over a hundred pages: every row ends truthfully, and no phone rings twice."""

import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone

from notifications.dispatch.deliver import deliver_due
from notifications.dispatch.reconcile import reconcile
from notifications.models import Notification
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER
from tests.notifications.dispatch.conftest import message
from tests.sandbox.process import eventually
from tests.scenarios.conftest import Story
from tests.scenarios.processes import ROOT

ROUND = textwrap.dedent("""
    import django
    django.setup()
    from django.utils import timezone
    from notifications.dispatch.deliver import deliver_due
    deliver_due(clock=timezone.now, owner="doomed", for_seconds=30)
""")


def later(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def test_a_worker_whose_waiting_process_is_killed_goes_on(story: Story) -> None:
    worker = story.start_worker()
    assert story.fire() == 202
    eventually(lambda: story.status() == "delivered", within=30)
    # It waits for its next task: what it would hold then is lost with it.
    (process,) = [int(pid) for pid in Path(f"/proc/{worker}/task/{worker}/children").read_text().split()]
    os.kill(process, signal.SIGKILL)
    eventually(lambda: "exited with 'signal 9" in story.place.log("worker"))
    assert story.fire("pump 4") == 202
    eventually(lambda: story.status() == "delivered", within=30)


def test_after_a_kill_nothing_is_lost_and_nothing_is_doubled(story: Story, settings: Any) -> None:
    # A hundred to one phone, so that they can be counted there.
    settings.RECIPIENT_TEXTS_A_MINUTE = 0
    rows = [message(story.cast.ben, body=f"Pump {number} is down") for number in range(100)]
    environment = story.place.environment(
        DJANGO_SETTINGS_MODULE="imes.settings",
        TWILIO_BASE_URL=story.sandbox.url,
        DISPATCH_IN_FLIGHT="8",
        RECIPIENT_TEXTS_A_MINUTE="0",
    )
    doomed = subprocess.Popen([sys.executable, "-c", ROUND], cwd=ROOT, env=environment)
    eventually(lambda: len(story.texts(BEN_NUMBER)) >= 15, within=20)
    os.kill(doomed.pid, signal.SIGKILL)
    doomed.wait(10)
    left = Counter(row.status for row in story.rows())
    assert left["sending"] > 0
    # As time goes by: the leases lapse, the provider is asked, what it does not know is sent.
    for after in (0, 46, 52, 67, 108, 109):
        clock = partial(later, after)
        reconcile(clock=clock, owner="sweeper")
        deliver_due(clock=clock, owner="second", for_seconds=20)
    bodies = Counter(text["body"] for text in story.texts(BEN_NUMBER))
    assert bodies == Counter({row.body: 1 for row in rows})
    eventually(lambda: {row.status for row in story.rows()} == {"delivered"})
    with platform_scope():
        again = Notification.objects.filter(reason="RESEND-1").count()
    assert again <= left["sending"]
