"""System checks of the members app: settings of consent that would otherwise be ignored in silence."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from members.consent.keywords import LANGUAGES


@register()
def keyword_languages_are_known(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a language in IMES_KEYWORD_LANGUAGES that no reply would ever be read in."""
    unknown = sorted(set(settings.KEYWORD_LANGUAGES) - LANGUAGES)
    if not unknown:
        return []
    return [
        Error(
            f"IMES_KEYWORD_LANGUAGES names what replies are not read in: {', '.join(unknown)}.",
            hint=f"Choose from {', '.join(sorted(LANGUAGES))}; en is always read.",
            id="members.E001",
        )
    ]
