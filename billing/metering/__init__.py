"""The counters of usage, moved by single conditional statements alone: reserve, settle, release.

No figure is read, changed in Python, and written back. Whoever calls holds the locks of the messages, so that each
message is charged by one at a time; the months are locked here, in order of id, and come last of all locks.
"""

from billing.metering.ending import Taken, end, release, settle
from billing.metering.months import limits_anew, present_month
from billing.metering.reserving import Want, reserve

__all__ = ["Taken", "Want", "end", "limits_anew", "present_month", "release", "reserve", "settle"]
