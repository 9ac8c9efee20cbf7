"""Whether a text is exactly one pageable phone number in E.164, and if not, every reason why.

Refuses to rewrite: it names defects and may offer a suggestion, which a person accepts or not. It knows the
numbering plans of `phonenumbers` and no provider: that a number exists does not mean that a phone rings.
"""

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from imes.kernel.phone_defects import PhoneDefect
from imes.kernel.phone_facts import LineHint, line_hint, mask, region_of, zones
from imes.kernel.phone_shape import shape

__all__ = ["LineHint", "PhoneDefect", "PhoneReading", "examine", "line_hint", "mask", "region_of", "zones"]

_SHORTEST_SHORT_CODE, _LONGEST_SHORT_CODE = 2, 6
_MOST_DIGITS = 15
_EMERGENCY = frozenset({"000", "110", "111", "112", "118", "119", "911", "999"})
# A suggestion removes marks that carry no meaning. Letters and unknown signs do carry some.
_NO_SUGGESTION = frozenset({PhoneDefect.LETTERS, PhoneDefect.OTHER_CHARACTERS})
_ORDER = {defect: position for position, defect in enumerate(PhoneDefect)}
_LENGTH_DEFECTS = {
    ValidationResult.INVALID_COUNTRY_CODE: PhoneDefect.COUNTRY_UNKNOWN,
    ValidationResult.TOO_SHORT: PhoneDefect.TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: PhoneDefect.TOO_SHORT,
    ValidationResult.TOO_LONG: PhoneDefect.TOO_LONG,
    ValidationResult.INVALID_LENGTH: PhoneDefect.IMPOSSIBLE,
}
_PARSE_DEFECTS = {
    NumberParseException.INVALID_COUNTRY_CODE: PhoneDefect.COUNTRY_UNKNOWN,
    NumberParseException.TOO_LONG: PhoneDefect.TOO_LONG,
}
_TYPE_DEFECTS = {
    phonenumbers.PhoneNumberType.PREMIUM_RATE: PhoneDefect.PREMIUM,
    phonenumbers.PhoneNumberType.SHARED_COST: PhoneDefect.PREMIUM,
    phonenumbers.PhoneNumberType.VOICEMAIL: PhoneDefect.VOICEMAIL,
}


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What a written number is: `e164` exactly when there are no defects; `suggestion` is never applied here."""

    raw: str | None
    e164: str | None
    defects: tuple[PhoneDefect, ...]
    suggestion: str | None


def examine(raw: str | None, *, region: str | None) -> PhoneReading:
    """Names each defect of a written number, and offers the corrected one where no guess is needed.

    :param region: the country (ISO 3166, "US") in which a number without country code is read; None offers nothing.
    """
    return _examined(raw, region)


# Dispatch asks about the same numbers again and again, and each costs half a millisecond.
@lru_cache(maxsize=8192)
def _examined(raw: str | None, region: str | None) -> PhoneReading:
    if raw is None:
        return PhoneReading(raw, None, (PhoneDefect.MISSING,), None)
    seen = shape(raw)
    blank = not seen.digits and not seen.plus and seen.defects <= {PhoneDefect.SPACES, PhoneDefect.INVISIBLE}
    if blank:
        return PhoneReading(raw, None, (PhoneDefect.MISSING,), None)
    if PhoneDefect.SEVERAL in seen.defects:
        return PhoneReading(raw, None, (PhoneDefect.SEVERAL,), None)
    found = set(seen.defects)
    candidate = None
    if found & _NO_SUGGESTION and len(seen.digits) <= _LONGEST_SHORT_CODE:
        # Words, not digits: to call the few digits among them too short or a short code would mislead.
        found |= set() if seen.plus else {PhoneDefect.NO_PLUS}
    elif seen.plus:
        candidate = _international(seen.digits, found)
    else:
        candidate = _without_plus(seen.digits, region, found)
    defects = tuple(sorted(found, key=_ORDER.__getitem__))
    if not defects:
        return PhoneReading(raw, candidate, (), None)
    return PhoneReading(raw, None, defects, None if found & _NO_SUGGESTION else candidate)


def _international(digits: str, found: set[PhoneDefect]) -> str | None:
    """The number behind a +, in E.164, if it exists and may be paged; notes why not otherwise."""
    if len(digits) > _MOST_DIGITS:
        found.add(PhoneDefect.TOO_LONG)
        return None
    try:
        number = phonenumbers.parse("+" + digits, None)
    except NumberParseException as refused:
        found.add(_PARSE_DEFECTS.get(refused.error_type, PhoneDefect.TOO_SHORT))
        return None
    return _checked(number, digits, found)


def _checked(number: PhoneNumber, digits: str | None, found: set[PhoneDefect]) -> str | None:
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != ValidationResult.IS_POSSIBLE:
        found.add(_LENGTH_DEFECTS.get(possible, PhoneDefect.IMPOSSIBLE))
        return None
    if not phonenumbers.is_valid_number(number):
        found.add(PhoneDefect.NOT_REAL)
        return None
    unpageable = _TYPE_DEFECTS.get(phonenumbers.number_type(number))
    if unpageable is not None:
        found.add(unpageable)
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if digits is not None and e164 != "+" + digits:
        found.add(PhoneDefect.TRUNK_PREFIX)
    # The plan may accept a text whose canonical form it then refuses; such a form is no suggestion.
    return e164 if _is_exact(e164) else None


def _is_exact(e164: str) -> bool:
    again = phonenumbers.parse(e164, None)
    return (
        phonenumbers.is_valid_number(again)
        and phonenumbers.number_type(again) not in _TYPE_DEFECTS
        and phonenumbers.format_number(again, phonenumbers.PhoneNumberFormat.E164) == e164
    )


def _without_plus(digits: str, region: str | None, found: set[PhoneDefect]) -> str | None:
    for prefix in _dial_prefixes(region):
        if digits.startswith(prefix) and len(digits) > _LONGEST_SHORT_CODE:
            found.add(PhoneDefect.DIAL_PREFIX)
            return _international(digits.removeprefix(prefix), found)
    if _SHORTEST_SHORT_CODE <= len(digits) <= _LONGEST_SHORT_CODE:
        emergency = digits in _EMERGENCY or (region is not None and phonenumbers.is_emergency_number(digits, region))
        found.add(PhoneDefect.EMERGENCY if emergency else PhoneDefect.SHORT_CODE)
        return None
    found.add(PhoneDefect.NO_PLUS)
    national = _national(digits, region)
    if national is not None and phonenumbers.is_possible_number(national):
        e164 = _checked(national, None, found)
        _note_country_code(found, present=_format(national) == "+" + digits)
        return e164
    # Not of a length that the region knows: digits that already begin with some other country code, or nothing.
    beyond: set[PhoneDefect] = set()
    e164 = _international(digits, beyond)
    _note_country_code(found, present=e164 == "+" + digits)
    if e164 != "+" + digits:
        found |= _length(national, digits)
        return None
    return e164 if region is not None else None


def _note_country_code(found: set[PhoneDefect], *, present: bool) -> None:
    # An area code in parentheses is told by NO_PLUS, whose words name the country code too.
    if not present and PhoneDefect.PARENTHESES not in found:
        found.add(PhoneDefect.NO_COUNTRY_CODE)


def _national(digits: str, region: str | None) -> PhoneNumber | None:
    if region is None or not digits:
        return None
    try:
        return phonenumbers.parse(digits, region)
    except NumberParseException:
        return None


def _length(national: PhoneNumber | None, digits: str) -> set[PhoneDefect]:
    """Says "too long" only of what no country has: without a country code, longer numbers may be another country's."""
    if len(digits) > _MOST_DIGITS:
        return {PhoneDefect.TOO_LONG}
    if national is not None:
        reason = phonenumbers.is_possible_number_with_reason(national)
        short = _LENGTH_DEFECTS.get(reason) is PhoneDefect.TOO_SHORT
    else:
        short = len(digits) <= _LONGEST_SHORT_CODE
    return {PhoneDefect.TOO_SHORT} if short else set()


def _dial_prefixes(region: str | None) -> tuple[str, ...]:
    # 011 means "abroad" in North America only; in Leeds it is how every number begins.
    north_american = region is not None and phonenumbers.country_code_for_region(region) == 1
    return ("011", "00") if north_american else ("00",)


def _format(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
