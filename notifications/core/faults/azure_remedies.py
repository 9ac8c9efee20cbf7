"""Remedies for the Azure codes that people really meet; every other code takes the sentence of its kind.

The codes are those of delivery reports: learn.microsoft.com/azure/communication-services/resources/troubleshooting.
"""

from collections.abc import Mapping
from types import MappingProxyType

AZURE: Mapping[str, str] = MappingProxyType(
    {
        "4004": (
            "A tenant admin asks the member whether the number is still theirs and in service: the carrier does not "
            "know it. Correct it on the member's page."
        ),
        "4005": (
            "A tenant admin rewords the message (name the organisation, no shortened links, no sales language) and "
            "fires a test; a platform admin checks the sender's registration, and asks Azure's support with the "
            "message ID where plain text is blocked too. Use another channel meanwhile."
        ),
        "4006": (
            "Try the member's other phone or channel now, and this one later. Ask the member whether the phone was on "
            "and in coverage, and whether the line is paid and in service."
        ),
    }
)
