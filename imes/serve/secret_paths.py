"""Which parts of an address are secret: a token in a path opens something to whoever reads it in a log."""

import logging
import re
from contextlib import suppress

HIDDEN = "***"
# What follows these segments is a token.
TOKEN_FOLLOWS = frozenset({"hooks", "invite", "invites", "accept", "ack"})
# Words that stand between such a segment and its token.
PLAIN_WORDS = frozenset({"accept", "decline", "done", ""})
# Long enough to be a token of 128 bits, and no file name; our public ids ("ntf_...") name and do not open.
_TOKEN = re.compile(r"(?![a-z]{2,5}_)[\w-]{22,}", re.ASCII)
# A path inside a sentence, with its query string; of a whole URL what follows the scheme.
_ADDRESS = re.compile(r"/[^\s\"'<>]*")
# A line break in an address would begin a line of the log that nobody wrote.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def without_secrets(path: str) -> str:
    """Return `path` fit for a log: no query string, no token, and control characters as an address writes them."""
    told = []
    secret = False
    for segment in re.split(r"[?#]", path, maxsplit=1)[0].split("/"):
        if (secret and segment not in PLAIN_WORDS) or _TOKEN.fullmatch(segment):
            told.append(HIDDEN)
        else:
            told.append(segment)
        secret = secret or segment in TOKEN_FOLLOWS
    return _CONTROL.sub(lambda found: f"%{ord(found[0]):02X}", "/".join(told))


class SecretPathsFilter(logging.Filter):
    """For what is logged about requests, as `django.request` does: any address in the text loses its secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        # A message that does not fit its arguments is the handler's to report.
        with suppress(TypeError, ValueError, KeyError):
            text = record.getMessage()
            told = _ADDRESS.sub(lambda found: without_secrets(found[0]), text)
            if told != text:
                record.msg, record.args = told, ()
        return True
