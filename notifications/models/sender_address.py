"""What is wrong with the address of a sender, in words for whoever enters it; asks nobody whether it exists."""

import re

from imes.kernel.phone import examine

_PREFIX, _LENGTH = "MG", 32


def number_defects(address: str) -> list[str]:
    """Every reason why `address` is not a number in E.164, each with its remedy."""
    return [f"{defect.says} {defect.remedy}" for defect in examine(address, region=None).defects]


def service_defects(address: str) -> list[str]:
    """Every reason why `address` is not the SID of a messaging service: MG and 32 hexadecimal digits (Twilio)."""
    if not address.startswith(_PREFIX):
        return ["It does not start with MG. Copy the SID of the messaging service from Twilio's console."]
    rest = address.removeprefix(_PREFIX)
    found = []
    if len(rest) != _LENGTH:
        found.append(f"After MG it has {len(rest)} characters in place of {_LENGTH}. Copy the whole SID.")
    if not re.fullmatch("[0-9a-f]*", rest):
        found.append("After MG it has characters other than 0-9 and a-f. Copy the SID in place of typing it.")
    return found
