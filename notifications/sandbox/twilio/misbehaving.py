"""What messages and calls share where a request is refused, or never answered."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from ..behaviours import Answer
from ..world import World
from .access import hang, reset_connection
from .draft import is_phone_number
from .refusals import Refusal


async def never_answer(world: World, request: Request, *, answer: Answer) -> Response:
    """Leave the caller without an answer, in the way that the behaviour says."""
    if answer in {Answer.RESET, Answer.ACCEPT_THEN_RESET}:
        return await reset_connection(request)
    return await hang(request, closing=world.closing)


def refused(world: World, fault: Refusal, *, form: dict[str, str], request: Request) -> Response:
    """Refuse a request, and keep it in the log of alerts; the handset that it was for is shown all the same."""
    to = form.get("To", "").strip()
    if is_phone_number(to) and world.senders.number(to) is None:
        world.phones.setdefault(to)
    world.raise_alert(
        fault.code,
        text=fault.message,
        request_url=f"https://api.twilio.com{request.url.path}",
        request_variables=urlencode(form),
        handset=to,
    )
    return fault.response()
