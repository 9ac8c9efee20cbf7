"""Text messages through Azure Communication Services' own SDK, and what is known after each attempt.

Azure shows no message and lists none. In the place of asking, a request whose outcome is unknown is made once more
under the same repeatability id, and answered as the first time. `SmsClient.send` draws an id of its own for each call,
so the SDK's inner client is used, which takes ours.
"""

import re
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from notifications.providers import wire
from notifications.providers.azure_answers import answers_for_the_first, item_judged, judged, shown_fields
from notifications.providers.base import (
    Accepted,
    Answer,
    Credentials,
    NeverLeft,
    OutcomeUnknown,
    ProviderDidNotAnswer,
    Refused,
    SmsRequest,
    Snapshot,
)
from notifications.providers.trace import Redactor, Trace

if TYPE_CHECKING:
    from notifications.providers.azure_transport import Call

#: Makes an id of Azure's form out of an attempt's own; it must never change.
_IDS = uuid.UUID("8f1d3a52-6c0e-5b9a-9d57-3f0c6f2b7a41")
# The key goes nowhere else, whatever somebody wrote into the account's ID.
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*\.communication\.azure\.com\Z")
_NO_DOOR = "Azure shows no messages and lists none"


class NotAnEndpoint(ValueError):
    """The account's ID is not the host of a resource at Azure."""


class _Session:
    """The SDK's inner client of one resource over our transport: no retries, no redirects, no logging."""

    __slots__ = ("messages", "models", "transport")

    def __init__(self, credentials: Credentials) -> None:
        from azure.communication.sms._generated import AzureCommunicationSMSService, models
        from azure.communication.sms._shared.policy import HMACCredentialsPolicy
        from azure.core.pipeline.policies import ContentDecodePolicy, UserAgentPolicy

        from notifications.providers.azure_transport import AzureTransport

        endpoint = endpoint_of(credentials)
        self.transport = AzureTransport(endpoint=endpoint)
        signing = HMACCredentialsPolicy(endpoint, credentials.auth_token)
        client = AzureCommunicationSMSService(
            endpoint,
            authentication_policy=signing,
            transport=self.transport,
            policies=[UserAgentPolicy(base_user_agent="imes"), ContentDecodePolicy(), signing],
        )
        self.messages: Any = client.sms
        self.models: Any = models


@lru_cache(maxsize=256)
def _session(credentials: Credentials) -> _Session:
    return _Session(credentials)


class AzureSms:
    """`SmsProvider` for Azure Communication Services.

    Azure has no validity: how long a message may wait is ours to keep, before it is handed over. It reports on every
    message by Event Grid, with the attempt's id as its tag, and not to `status_callback`.
    """

    name = "azure"
    repeats_safely = True

    def send_sms(self, request: SmsRequest, *, credentials: Credentials, timeout: timedelta) -> Answer:
        """Post the message once; the answer tells accepted, refused, never processed, never left and unknown apart."""
        return self._sent(request, credentials=credentials, timeout=timeout)[0]

    def _sent(self, request: SmsRequest, *, credentials: Credentials, timeout: timedelta) -> tuple[Answer, bool]:
        """The answer, and whether it holds for the first request under this reference as well."""
        redactor = Redactor(numbers=(request.to,), bodies=(request.body,), secrets=(credentials.auth_token,))
        try:
            session = _session(credentials)
        except Exception as error:
            trace = Trace("POST", "", started_at=datetime.now(UTC))
            return NeverLeft(type(error).__name__, redactor.text(str(error)), trace, unreachable=False), False
        with session.transport.calling(timeout=timeout) as call:
            try:
                item = _posted(request, session=session, call=call)
            except Exception as error:
                return _failed(error, call, redactor), False
            return item_judged(item, trace=call.trace(redactor), redactor=redactor), answers_for_the_first(item)

    def repeat_sms(self, request: SmsRequest, *, credentials: Credentials, timeout: timedelta) -> Accepted | Refused:
        """See `SmsProvider.repeat_sms`.

        Azure answers for the recipient inside a 202. What it says of the request as a whole (a key that was changed
        meanwhile, a rate limit) is said of this request, and not of the first one.

        :raises ProviderDidNotAnswer: when nothing was learned of the first request.
        """
        answer, is_of_the_first = self._sent(request, credentials=credentials, timeout=timeout)
        if isinstance(answer, Accepted) or (isinstance(answer, Refused) and is_of_the_first):
            return answer
        says = getattr(answer, "message", "") or getattr(answer, "text", "")
        status, code = getattr(answer, "http_status", None), getattr(answer, "code", None)
        raise ProviderDidNotAnswer(f"{type(answer).__name__}: {says}", http_status=status, code=code)

    def fetch(self, provider_message_id: str, *, credentials: Credentials, timeout: timedelta) -> Snapshot | None:
        """See `SmsProvider.fetch`: Azure has no such door.

        :raises ProviderDidNotAnswer: always.
        """
        raise ProviderDidNotAnswer(_NO_DOOR)

    def find(
        self, *, to: str, after: datetime, credentials: Credentials, timeout: timedelta, limit: int = 200
    ) -> list[Snapshot]:
        """See `SmsProvider.find`: Azure has no such door.

        :raises ProviderDidNotAnswer: always.
        """
        raise ProviderDidNotAnswer(_NO_DOOR)


def repeatability_id(reference: str) -> str:
    """The id under which Azure knows an attempt: always the same one."""
    return str(uuid.uuid5(_IDS, reference))


def endpoint_of(credentials: Credentials) -> str:
    """The address of the account's resource.

    :raises NotAnEndpoint: when the account's ID is not the host name of one.
    """
    if credentials.base_url is not None:
        return credentials.base_url.rstrip("/")
    host = credentials.account_sid.removeprefix("https://").rstrip("/").lower()
    if not _HOST.match(host):
        raise NotAnEndpoint("the account's ID is not the host name of an Azure endpoint")
    return f"https://{host}"


def _posted(request: SmsRequest, *, session: _Session, call: "Call") -> Any:
    """Have the SDK post it; the one recipient of the answer."""
    key = repeatability_id(request.reference)
    first_sent = format_datetime((request.first_sent_at or call.started_at).astimezone(UTC), usegmt=True)
    call.fields = shown_fields(request, repeatability_id=key, first_sent=first_sent)
    models = session.models
    answer = session.messages.send(
        models.SendMessageRequest(
            from_property=request.sender,
            sms_recipients=[
                models.SmsRecipient(to=request.to, repeatability_request_id=key, repeatability_first_sent=first_sent)
            ],
            message=request.body,
            sms_send_options=models.SmsSendOptions(enable_delivery_report=True, tag=request.reference),
        )
    )
    [item] = answer.value
    return item


def _failed(error: Exception, call: "Call", redactor: Redactor) -> Answer:
    """What is known when the SDK raised: by how far the request got, and by what came back."""
    cause = error.__cause__ or error
    name, says, trace = type(cause).__name__, redactor.text(str(cause)), call.trace(redactor)
    if call.response is not None:
        return judged(call.response, error=error, trace=trace, redactor=redactor)
    if isinstance(error, wire.NotReached | wire.NotSent):
        return NeverLeft(name, says, trace, unreachable=True)
    if isinstance(error, wire.Unsendable) or not call.on_the_wire:
        return NeverLeft(name, says, trace, unreachable=False)
    return OutcomeUnknown(name, says, trace)
