"""The SDK's inner client for calls of one resource at Azure, over our own transport: no retries and no redirects.

`CallAutomationClient` brings a transport of its own, with retries; the inner client takes ours, and an id of a request.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from notifications.providers import wire
from notifications.providers.azure import endpoint_of
from notifications.providers.azure_answers import judged, listed_code
from notifications.providers.azure_transport import AzureTransport, Call
from notifications.providers.base import Credentials, NeverLeft, NotProcessed, OutcomeUnknown, Refused
from notifications.providers.trace import Redactor


class CallSession:
    """One resource; shared by all threads."""

    __slots__ = ("calls", "media", "models", "service", "transport")

    def __init__(self, credentials: Credentials) -> None:
        from azure.communication.callautomation._generated import AzureCommunicationCallAutomationService, models
        from azure.communication.callautomation._shared.policy import HMACCredentialsPolicy
        from azure.core.credentials import AzureKeyCredential
        from azure.core.pipeline.policies import ContentDecodePolicy, UserAgentPolicy

        endpoint = endpoint_of(credentials)
        self.transport = AzureTransport(endpoint=endpoint)
        signing = HMACCredentialsPolicy(endpoint, credentials.auth_token)
        self.service: Any = AzureCommunicationCallAutomationService(
            endpoint,
            AzureKeyCredential(credentials.auth_token),
            authentication_policy=signing,
            transport=self.transport,
            policies=[UserAgentPolicy(base_user_agent="imes"), ContentDecodePolicy(), signing],
        )
        self.calls: Any = self.service.call_connection
        self.media: Any = self.service.call_media
        self.models: Any = models

    def phone(self, number: str) -> Any:
        """A number as the person who is called. `4:` says that it is a number (Azure, raw ids of identifiers)."""
        return self.models.CommunicationIdentifierModel(
            kind="phoneNumber",
            raw_id=f"4:{number}",
            phone_number=self.models.PhoneNumberIdentifierModel(value=number),
        )


@lru_cache(maxsize=256)
def call_session(credentials: Credentials) -> CallSession:
    """The client of this account.

    :raises NotAnEndpoint: when the account's ID is not the host name of one.
    """
    return CallSession(credentials)


def failed(error: Exception, call: Call, redactor: Redactor) -> Refused | NotProcessed | OutcomeUnknown | NeverLeft:
    """What is known when the SDK raised: by how far the request got, and by what came back."""
    cause = error.__cause__ or error
    name, says, trace = type(cause).__name__, redactor.text(str(cause)), call.trace(redactor)
    if call.response is not None:
        return judged(call.response, error=error, trace=trace, redactor=redactor, code_in=listed_code)
    if isinstance(error, wire.NotReached | wire.NotSent):
        return NeverLeft(name, says, trace, unreachable=True)
    if isinstance(error, wire.Unsendable) or not call.on_the_wire:
        return NeverLeft(name, says, trace, unreachable=False)
    return OutcomeUnknown(name, says, trace)


def header(response: wire.WireResponse | None, name: str) -> str:
    """A header of an answer, whichever case its name came in."""
    headers: Mapping[str, str] = response.headers if response is not None else {}
    return next((value for key, value in headers.items() if key.lower() == name), "")
