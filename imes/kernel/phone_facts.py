"""What the numbering plan alone says of a number: kind of line, region, time zones; and how to show it masked.

A plan is not a carrier: a ported number keeps its old answers, so each of these is a hint and never a proof.
"""

from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, timezone


class LineHint(StrEnum):
    """The kind of line that a number's range is given out for."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    VOIP = "voip"
    TOLL_FREE = "toll_free"
    PREMIUM = "premium"
    SHARED_COST = "shared_cost"
    PERSONAL = "personal"
    PAGER = "pager"
    VOICEMAIL = "voicemail"
    COMPANY = "company"
    UNKNOWN = "unknown"


_HINTS = {
    PhoneNumberType.MOBILE: LineHint.MOBILE,
    PhoneNumberType.FIXED_LINE: LineHint.LANDLINE,
    PhoneNumberType.VOIP: LineHint.VOIP,
    PhoneNumberType.TOLL_FREE: LineHint.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: LineHint.PREMIUM,
    PhoneNumberType.SHARED_COST: LineHint.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER: LineHint.PERSONAL,
    PhoneNumberType.PAGER: LineHint.PAGER,
    PhoneNumberType.VOICEMAIL: LineHint.VOICEMAIL,
    PhoneNumberType.UAN: LineHint.COMPANY,
}
_WHOLE, _SHOWN, _SHOWN_OF_SHORT = 10, 4, 2


def line_hint(e164: str) -> LineHint:
    """The kind of line by number range; unknown where a range serves landlines and mobiles alike, as in the US."""
    number = _parse(e164)
    return LineHint.UNKNOWN if number is None else _HINTS.get(phonenumbers.number_type(number), LineHint.UNKNOWN)


def region_of(e164: str) -> str | None:
    """The country (ISO 3166) that gave the number out; None where it belongs to no one country."""
    number = _parse(e164)
    region = None if number is None else phonenumbers.region_code_for_number(number)
    return None if region == "001" else region


@lru_cache(maxsize=8192)
def zones(e164: str) -> tuple[str, ...]:
    """Every time zone in which a phone of this number range may be, sorted; empty when that is not known.

    An area code is a proxy for a place: with several zones, a rule about hours must hold in all of them.
    """
    number = _parse(e164)
    known = () if number is None else timezone.time_zones_for_number(number)
    return tuple(sorted(zone for zone in known if zone != timezone.UNKNOWN_TIMEZONE))


def mask(e164: str) -> str:
    """A number for eyes that need not know it: country code and the last digits, `+1 *** *** 8312`."""
    number = _parse(e164)
    if number is None:
        return "***"
    national = phonenumbers.national_significant_number(number)
    shown = _SHOWN if len(national) >= _WHOLE else _SHOWN_OF_SHORT
    if len(national) <= 2 * shown:
        return f"+{number.country_code} ***"
    return f"+{number.country_code} *** *** {national[-shown:]}"


def _parse(e164: str) -> PhoneNumber | None:
    if not e164.startswith("+"):
        return None
    try:
        return phonenumbers.parse(e164, None)
    except NumberParseException:
        return None
