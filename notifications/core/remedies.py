"""What mends a message that did not go, by the code that stands on its row: a gate's reason, or a provider's fault."""

from notifications.core.faults import fault
from notifications.core.reasons import Reason

_PROVIDERS = ("twilio", "azure", "mail")


def remedy_of(code: str, *, channel: str) -> str:
    """One sentence that says who does what; empty where the code is neither a gate's nor a provider's."""
    try:
        return Reason(code).remedy
    except ValueError:
        # The code keeps its case: SIP-487 is one of its own.
        name, _, fault_code = code.partition("-")
    provider = name.lower()
    if provider not in _PROVIDERS or not fault_code:
        return ""
    return fault(provider, fault_code, channel=channel).remedy
