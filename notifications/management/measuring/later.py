"""`python -m notifications.management.measuring.later`: lets time pass for what a killed worker left.

It does what the workers do, with a clock that runs ahead: leases lapse, providers are asked, what they do not know is
sent. Only for a portal of the measurement's own, in which nobody works on those rows any more.
"""

import sys
from datetime import datetime, timedelta
from functools import partial

import django

#: Seconds ahead: the lease is over, the three questions, the second sending, and what was never heard of.
_AHEAD = (0, 46, 52, 67, 108, 109, 175)


def main() -> int:
    django.setup()
    from notifications.dispatch.deliver import deliver_due
    from notifications.dispatch.reconcile import reconcile

    for seconds in _AHEAD:
        clock = partial(_ahead, seconds)
        while reconcile(clock=clock, owner="later"):
            pass
        deliver_due(clock=clock, owner="later", for_seconds=20)
    return 0


def _ahead(seconds: float) -> datetime:
    from django.utils import timezone

    return timezone.now() + timedelta(seconds=seconds)


if __name__ == "__main__":
    sys.exit(main())
