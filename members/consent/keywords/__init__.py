"""What a person means by a text message to us: stop, start, help, an acknowledgement, or nothing of these.

Pure: words in, a reading out. Sources: 47 CFR 64.1200(a)(10) for the words of revocation; Twilio's default keywords.
"""

from members.consent.keywords.likely import REVIEW_FROM
from members.consent.keywords.reading import ReadBy, Reading, ReplyKind, provider_keyword, read_reply
from members.consent.keywords.vocabulary import DEFAULT_LANGUAGES, LANGUAGES

__all__ = [
    "DEFAULT_LANGUAGES",
    "LANGUAGES",
    "REVIEW_FROM",
    "ReadBy",
    "Reading",
    "ReplyKind",
    "provider_keyword",
    "read_reply",
]
