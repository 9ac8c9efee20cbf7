"""Posts to the portal what Twilio would post: signed, with an idempotency token, and complaining in the alert list."""

import uuid
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlencode

from ..messages import Message, Status
from ..outgoing import Answered, NotReached
from ..world import World
from .resources import API_VERSION
from .signing import signature

BAD_ANSWER = 11200
CARRIER_RECEIPTS = frozenset({Status.DELIVERED, Status.UNDELIVERED})
FAILURES = frozenset({Status.FAILED, Status.UNDELIVERED})
CARRIER_DATE = "%y%m%d%H%M"
SHOWN_OF_ANSWER = 500


class About(Protocol):
    """What a webhook tells of: a text or a call."""

    @property
    def sid(self) -> str: ...
    @property
    def handset(self) -> str: ...


async def post_signed(
    world: World, *, url: str, params: Mapping[str, str], token: str, message: About, method: str = "POST"
) -> Answered | NotReached:
    """Post one webhook and record a bad answer as an alert. The same token marks repeats of the same webhook.

    By GET the parameters stand in the address, which alone is signed then.
    """
    url = url.split("#", 1)[0]
    body = urlencode(params)
    if method == "GET":
        url, params = f"{url}{'&' if '?' in url else '?'}{body}", {}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": signature(url, params=params, token=world.settings.auth_token),
        "I-Twilio-Idempotency-Token": token,
    }
    sent = b"" if method == "GET" else body.encode()
    outcome = await world.outgoing.post(url, body=sent, headers=headers, method=method)
    if isinstance(outcome, NotReached):
        _complain(world, message=message, url=url, variables=body, text=outcome.reason, answer="")
    elif not outcome.is_good:
        _complain(world, message=message, url=url, variables=body, text=f"HTTP {outcome.status}", answer=outcome.body)
    return outcome


def _complain(world: World, *, message: About, url: str, variables: str, text: str, answer: str) -> None:
    world.raise_alert(
        BAD_ANSWER,
        text=text,
        resource_sid=message.sid,
        request_url=url,
        request_variables=variables,
        response_body=answer[:SHOWN_OF_ANSWER],
        handset=message.handset,
    )


def new_token() -> str:
    return str(uuid.uuid4())


def status_params(message: Message, *, account_sid: str) -> dict[str, str]:
    """The parameters of a status callback for what the message is at this moment."""
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "From": message.sender or "",
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.to,
    }
    if message.service_sid:
        params["MessagingServiceSid"] = message.service_sid
    if message.status in FAILURES and message.error_code:
        params["ErrorCode"] = str(message.error_code)
    if message.status in CARRIER_RECEIPTS:
        params["RawDlrDoneDate"] = message.updated_at.strftime(CARRIER_DATE)
    return params


async def post_status(world: World, message: Message, *, params: Mapping[str, str], token: str) -> None:
    """Post one status callback, after the earlier ones of the same message."""
    async with message.posting:
        await post_signed(world, url=message.callback_url, params=params, token=token, message=message)
