"""The fault catalogue: what a provider's error code means, whose it is, and what to do next.

It is data with a reader; it refuses to know about attempts, routes and clocks.
"""

from notifications.core.faults.catalogue import catalogue, fault, our_own_fault, unreachable_fault
from notifications.core.faults.fault import Fault
from notifications.core.faults.kinds import FaultKind, Stage, Whose

__all__ = ["Fault", "FaultKind", "Stage", "Whose", "catalogue", "fault", "our_own_fault", "unreachable_fault"]
