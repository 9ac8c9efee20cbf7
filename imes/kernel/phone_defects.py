"""What can be wrong with a written phone number, each in plain words and with what to do about it.

Knows words only; how a defect is found is the business of `phone`.
"""

from enum import StrEnum


class PhoneDefect(StrEnum):
    """One thing that keeps a text from being a pageable E.164 number; the order is the order of showing."""

    MISSING = "missing"
    SEVERAL = "several_numbers"
    NO_PLUS = "no_plus"
    NO_COUNTRY_CODE = "no_country_code"
    DIAL_PREFIX = "dial_prefix"
    TRUNK_PREFIX = "trunk_prefix"
    PARENTHESES = "parentheses"
    SPACES = "spaces"
    DASHES = "dashes"
    DOTS = "dots_or_slashes"
    INVISIBLE = "invisible_characters"
    WIDE = "other_digits"
    LETTERS = "letters"
    OTHER_CHARACTERS = "other_characters"
    EXTENSION = "extension"
    SHORT_CODE = "short_code"
    EMERGENCY = "emergency_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COUNTRY_UNKNOWN = "country_code_unknown"
    IMPOSSIBLE = "impossible_in_country"
    NOT_REAL = "not_a_real_number"
    PREMIUM = "premium_rate"
    VOICEMAIL = "voicemail_only"

    @property
    def says(self) -> str:
        """What is wrong, in one sentence about "it", the number."""
        return _WORDS[self][0]

    @property
    def remedy(self) -> str:
        """What to do about it, in one sentence."""
        return _WORDS[self][1]


_DIGITS_ONLY = "Write + and digits only, for example +18605558312."
_CHECK = "Compare it with the number that the person gives you."

_WORDS: dict[PhoneDefect, tuple[str, str]] = {
    PhoneDefect.MISSING: ("There is no phone number.", "Enter the number with + and country code."),
    PhoneDefect.SEVERAL: (
        "It holds more than one number.",
        "Keep one number in this field, and add the others as phones of their own.",
    ),
    PhoneDefect.NO_PLUS: (
        "It does not start with + and the country code.",
        "Start with + and the country code, for example +1 for the United States.",
    ),
    PhoneDefect.NO_COUNTRY_CODE: (
        "It has no country code.",
        "Put + and the country code in front, for example +1 for the United States or +44 for the United Kingdom.",
    ),
    PhoneDefect.DIAL_PREFIX: (
        "It starts with 00 or 011, which is dialled in place of the +.",
        "Write + in place of the 00 or 011.",
    ),
    PhoneDefect.TRUNK_PREFIX: (
        "After the country code it has a prefix that is dialled only inside that country.",
        "Leave out the prefix, often a 0, that follows the country code.",
    ),
    PhoneDefect.PARENTHESES: ("It contains parentheses.", _DIGITS_ONLY),
    PhoneDefect.SPACES: ("It contains spaces or line breaks.", _DIGITS_ONLY),
    PhoneDefect.DASHES: ("It contains dashes.", _DIGITS_ONLY),
    PhoneDefect.DOTS: ("It contains dots or slashes.", _DIGITS_ONLY),
    PhoneDefect.INVISIBLE: (
        "It contains characters that cannot be seen, such as a non-breaking or zero-width space.",
        "Type the number by hand in place of pasting it.",
    ),
    PhoneDefect.WIDE: (
        "It contains digits or signs of another script or width, which only look like 0-9 and +.",
        "Type the number by hand with plain digits.",
    ),
    PhoneDefect.LETTERS: ("It contains letters.", _DIGITS_ONLY),
    PhoneDefect.OTHER_CHARACTERS: ("It contains characters that no phone number has.", _DIGITS_ONLY),
    PhoneDefect.EXTENSION: (
        "It has an extension, and an extension cannot be paged by SMS or call.",
        "Give a direct number without extension.",
    ),
    PhoneDefect.SHORT_CODE: (
        "It is a short code or a part of a number, and cannot be paged.",
        "Enter the whole number with + and country code.",
    ),
    PhoneDefect.EMERGENCY: ("It is an emergency number, and is never paged.", "Enter the person's own number."),
    PhoneDefect.TOO_SHORT: ("It has too few digits.", _CHECK),
    PhoneDefect.TOO_LONG: ("It has too many digits.", _CHECK),
    PhoneDefect.COUNTRY_UNKNOWN: ("It starts with a country code that does not exist.", _CHECK),
    PhoneDefect.IMPOSSIBLE: ("No number of that country has this many digits.", _CHECK),
    PhoneDefect.NOT_REAL: ("No such number is given out in that country.", _CHECK),
    PhoneDefect.PREMIUM: (
        "It is a premium-rate or shared-cost number, and is never paged.",
        "Enter the person's own mobile or landline number.",
    ),
    PhoneDefect.VOICEMAIL: (
        "It reaches a voicemail box only, which cannot be paged.",
        "Enter the number of the phone itself.",
    ),
}
