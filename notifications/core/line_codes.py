"""Which codes of which provider say something of the number's line: that it is a landline, or that it may be one.

The table is short and literal on purpose: a code of the same kind in the catalogue of faults may be about something
else (30011 is about pictures). Azure's codes name no landline: it does not check for them.
"""

#: The number cannot get texts because of its line.
LANDLINE = frozenset({("twilio", "21614"), ("twilio", "21635"), ("twilio", "30006")})
#: Of these, the code may as well mean that the carrier is not reached from our kind of sender.
OR_THE_ROUTE = frozenset({("twilio", "30006")})
#: The phone may be off, or the number may be gone; that it is a landline is one reason among others.
DOUBTFUL = frozenset({("twilio", "30003"), ("twilio", "30005"), ("azure", "4004"), ("azure", "4006")})


def is_landline(provider: str, code: str) -> bool:
    """Whether this code says that the line cannot get texts."""
    return (provider, code) in LANDLINE


def may_be_the_route(provider: str, code: str) -> bool:
    """Whether the code leaves open that the number is in order and the way to it is not."""
    return (provider, code) in OR_THE_ROUTE


def is_doubtful(provider: str, code: str) -> bool:
    """Whether the code is also what a landline answers, among other things."""
    return (provider, code) in DOUBTFUL
