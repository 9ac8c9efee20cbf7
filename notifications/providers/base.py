"""What every provider promises: a request goes in, an answer that claims no more than is known comes out.

Calls have a protocol of their own beside `SmsProvider`; the answers and the trace are shared by all channels.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from notifications.providers.trace import Trace


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account at a provider. `base_url` replaces scheme and host of every request; `None` means the real ones."""

    account_sid: str
    auth_token: str = field(repr=False)
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class SmsRequest:
    """One text message to be handed over.

    `sender` is a number in E.164, a short code, or the id of a Messaging Service (`MG...`). `validity` is how long
    the provider may keep it in its queue. `reference` is the attempt's own id; where a provider knows idempotency
    it is repeated under it, with `first_sent_at`, the moment of the first try.
    """

    to: str
    body: str = field(repr=False)
    sender: str
    status_callback: str | None
    validity: timedelta | None
    reference: str
    first_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call to be placed; what it says and which keys it takes is in `script`, in the provider's own language.

    `sender` is the calling number in E.164. `ring_for` is how long it may ring. `events` is where the provider
    reports what becomes of the call, `reference` the attempt's own id; where a provider knows idempotency it is
    repeated under it, with `first_sent_at`. `speech_endpoint` is the service that reads texts aloud, where the provider
    has none of its own.
    """

    to: str
    sender: str
    script: str = field(repr=False)
    events: str | None
    ring_for: timedelta
    reference: str
    first_sent_at: datetime | None = None
    speech_endpoint: str = ""


@dataclass(frozen=True, slots=True)
class EmailRequest:
    """One e-mail to be handed over; `reference` is the attempt's own id, and part of the message's id."""

    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    reference: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it. Nothing is claimed about delivery. `status_known`: the word is one that we understand."""

    provider_message_id: str
    status_word: str
    segments: int | None
    trace: Trace
    status_known: bool = True
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider said no, and nothing was sent. `code` is the provider's own, `None` where it gave none.

    A mail server gives a code and no HTTP status.
    """

    http_status: int | None
    code: str | None
    message: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class NotProcessed:
    """The provider says that it never looked at the request (rate limit): sending it again is safe."""

    http_status: int | None
    code: str
    message: str
    retry_after: timedelta | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The request may have been taken: ask the provider before anything is sent again."""

    exception_class: str
    text: str
    trace: Trace
    http_status: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class NeverLeft:
    """The complete request did not leave, so nothing was sent.

    `unreachable`: no connection could be made or kept; otherwise our own program raised, which says nothing about
    the provider.
    """

    exception_class: str
    text: str
    trace: Trace
    unreachable: bool


Answer = Accepted | Refused | NotProcessed | OutcomeUnknown | NeverLeft


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A message as the provider shows it now. `sender` is what it was sent from, once the provider has chosen."""

    provider_message_id: str
    status_word: str
    error_code: str | None
    to: str = field(repr=False)
    sender: str | None
    messaging_service_sid: str | None
    body: str = field(repr=False)
    segments: int | None
    created_at: datetime | None
    sent_at: datetime | None
    updated_at: datetime | None
    status_known: bool = True


class ProviderDidNotAnswer(Exception):
    """The provider could not be asked, or answered something that proves nothing.

    An exception and not a value: an empty list read as "it is nowhere" would send the message twice.
    """

    def __init__(self, text: str, *, http_status: int | None = None, code: str | None = None) -> None:
        super().__init__(text)
        self.http_status = http_status
        self.code = code


@dataclass(frozen=True, slots=True)
class CallSnapshot:
    """A call as the provider shows it now."""

    provider_call_id: str
    status_word: str
    to: str = field(repr=False)
    sender: str | None
    created_at: datetime | None
    seconds: int | None
    answered_by: str | None
    status_known: bool = True


class VoiceProvider(Protocol):
    """A provider of calls. Thread-safe; every request ends within its timeout, and none is repeated inside."""

    @property
    def name(self) -> str: ...

    @property
    def repeats_safely(self) -> bool:
        """Whether one request under one reference is carried out once; see `SmsProvider.repeats_safely`."""
        ...

    def place_call(self, request: CallRequest, *, credentials: Credentials, timeout: timedelta) -> Answer:
        """Have the provider place the call once and say what is known then; never raises for provider or network."""
        ...

    def repeat_call(self, request: CallRequest, *, credentials: Credentials, timeout: timedelta) -> Accepted | Refused:
        """Make a request again whose outcome is unknown; see `SmsProvider.repeat_sms`.

        :raises ProviderDidNotAnswer: when nothing was learned of the first one, and always of a provider that does not
            repeat safely.
        """
        ...

    def fetch_call(self, provider_call_id: str, *, credentials: Credentials, timeout: timedelta) -> CallSnapshot | None:
        """The call as it stands at the provider; `None` when the provider says that there is none.

        :raises ProviderDidNotAnswer: when that cannot be known now.
        """
        ...

    def find_calls(
        self, *, to: str, after: datetime, credentials: Credentials, timeout: timedelta, limit: int = 200
    ) -> list[CallSnapshot]:
        """Every call to this number that was made at or after `after`, newest first; calls have no text to match.

        :raises ProviderDidNotAnswer: when the list cannot be had, or is longer than `limit` and so not complete.
        """
        ...


class SmsProvider(Protocol):
    """A provider of text messages. Thread-safe; every call ends within its timeout, and none is repeated inside."""

    @property
    def name(self) -> str: ...

    @property
    def repeats_safely(self) -> bool:
        """Whether one request under one reference is carried out once, however often it is made.

        Where it is, an unknown outcome is settled by `repeat_sms`, and the provider cannot be asked; where it is not,
        by `fetch` and `find`.
        """
        ...

    def send_sms(self, request: SmsRequest, *, credentials: Credentials, timeout: timedelta) -> Answer:
        """Hand the message over once and say what is known then; never raises for what the provider or network do."""
        ...

    def repeat_sms(self, request: SmsRequest, *, credentials: Credentials, timeout: timedelta) -> Accepted | Refused:
        """Make a request again whose outcome is unknown: what it was answered the first time, if it came that far.

        The very same request, under the same reference and `first_sent_at`.

        :raises ProviderDidNotAnswer: when nothing was learned of the first one, and always of a provider that does not
            repeat safely.
        """
        ...

    def fetch(self, provider_message_id: str, *, credentials: Credentials, timeout: timedelta) -> Snapshot | None:
        """The message as it stands at the provider; `None` when the provider says that there is none.

        :raises ProviderDidNotAnswer: when that cannot be known now.
        """
        ...

    def find(
        self, *, to: str, after: datetime, credentials: Credentials, timeout: timedelta, limit: int = 200
    ) -> list[Snapshot]:
        """Every message to this number that the provider made at or after `after` (whole seconds), newest first.

        The caller matches sender and body. Clocks differ: leave a margin in `after`.

        :raises ProviderDidNotAnswer: when the list cannot be had, or is longer than `limit` and so not complete.
        """
        ...
