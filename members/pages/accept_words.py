"""Says on the invite's pages why no code was sent or taken, and what became of the text that carries one. Pure."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from members.consent.codes import CodeRefusal, CodeRefused
from members.ports import CodeNews


def refusal_words(refused: CodeRefused) -> str:
    """Why, and what to do next."""
    again = f" You can ask for a new one at {clock(refused.again_at)}." if refused.again_at else ""
    left = "One try is left" if refused.tries_left == 1 else f"{refused.tries_left} tries are left"
    return {
        CodeRefusal.TOO_SOON: f"A code for this number was asked for less than a minute ago.{again}",
        CodeRefusal.TOO_MANY: f"Too many codes were asked for within an hour.{again}",
        CodeRefusal.NO_SENDER: (
            "Nothing can be texted to this number, and this service has no shared number yet that you could text "
            "the code to. Ask the person who invited you: whoever runs the service can add one."
        ),
        CodeRefusal.NOT_SIX_DIGITS: "The code has six digits, such as 482193. Enter all six.",
        CodeRefusal.WRONG: f"This is not the code. Compare it with the newest text message. {left}.",
        CodeRefusal.SPENT: "This code does not count any more. Ask for a new one.",
        CodeRefusal.EXPIRED: "This code was good for 15 minutes, which are over. Ask for a new one.",
    }[refused.why]


def news_words(news: CodeNews) -> str:
    """What is known of the text that carries the code, and never more."""
    if news.state == "lost":
        why = f" {news.says}" if news.says else ""
        return f"The code did not get through.{why} Check the number, or ask for a new code."
    return {
        "waiting": "The code is on its way.",
        "gone": "The code was handed to the phone network; it should arrive within a minute.",
        "delivered": "The phone network says that your phone got the code.",
    }[news.state]


def clock(at: datetime) -> str:
    """A time of day on the page, in its zone."""
    return date_format(timezone.localtime(at), "H:i:s")
