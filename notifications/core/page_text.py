"""The words that leave for a phone: who is paging, what is wrong, and how to acknowledge it.

Pure, so that the very same text is sent, digested, and later looked for at the provider.
"""

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
    head = fit(tenant_name, limit=_NAME_LIMIT) + ": "
    tail = "\nReply 1 to acknowledge" + (f" (code {ack_code})." if ack_code else ".")

    def whole(limit: int) -> str:
        return head + fit(text, limit=limit) + tail

    if measure(whole(len(text))).segments <= MOST_SEGMENTS:
        return whole(len(text))
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if measure(whole(middle)).segments <= MOST_SEGMENTS:
            fits = middle
        else:
            too_long = middle
    return whole(fits)
