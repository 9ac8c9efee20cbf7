"""The words that leave for a phone: who is paging, what is wrong, and how to acknowledge it.

Pure, so that the very same text is sent, digested, and later looked for at the provider.
"""

from collections.abc import Callable
from datetime import datetime

from notifications.core.states import Purpose
from notifications.core.text import BODY_LIMIT, fit, measure

#: A page that is cut still says who pages and how to answer; more segments than this arrive late and cost much.
MOST_SEGMENTS = 4
_NAME_LIMIT = 40


def text_to_send(text: str, *, purpose: Purpose, tenant_name: str, ack_code: str) -> str:
    """The whole text of a message: a page with its sender and acknowledgement line, anything else as it was written."""
    if purpose is Purpose.PAGE:
        return page_text(text, tenant_name=tenant_name, ack_code=ack_code)
    return fit(text, limit=BODY_LIMIT)


def page_text(text: str, *, tenant_name: str, ack_code: str) -> str:
    """A page in at most `MOST_SEGMENTS` segments; what has to go is the end of `text`, never the way to answer."""
    head, tail = _around(tenant_name=tenant_name, ack_code=ack_code)
    return _longest(lambda limit: head + fit(text, limit=limit) + tail, len(text), MOST_SEGMENTS)


def counted_text(
    text: str, *, alerts: int, since: str, tenant_name: str, ack_code: str, most_segments: int = MOST_SEGMENTS
) -> str:
    """The text of a page that stands for several alerts; where it is too long its own end goes, never the count."""
    head, tail = _around(tenant_name=tenant_name, ack_code=ack_code)
    count = f" ({alerts} alerts since {since})"
    whole = _longest(lambda limit: head + fit(text, limit=limit) + count + tail, len(text), most_segments)
    return whole.removeprefix(head).removesuffix(tail)


def since_in_words(first: datetime, *, now: datetime) -> str:
    """When the first of several came, as the tenant's clocks show it: the day is said where it is another one."""
    return f"{first:%H:%M}" if first.date() == now.date() else f"{first.day} {first:%b %H:%M}"


def _around(*, tenant_name: str, ack_code: str) -> tuple[str, str]:
    tail = "\nReply 1 to acknowledge" + (f" (code {ack_code})." if ack_code else ".")
    return fit(tenant_name, limit=_NAME_LIMIT) + ": ", tail


def _longest(whole: Callable[[int], str], most: int, segments: int) -> str:
    """The text with as much of its middle as fits into so many segments."""
    if measure(whole(most)).segments <= segments:
        return whole(most)
    fits, too_long = 0, most
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if measure(whole(middle)).segments <= segments:
            fits = middle
        else:
            too_long = middle
    return whole(fits)
