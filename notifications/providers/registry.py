"""Every provider that can be named on a route, once."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from notifications.providers.azure import AzureSms
from notifications.providers.azure_calls import AzureCalls
from notifications.providers.azure_optouts import AzureOptOuts
from notifications.providers.base import SmsProvider, VoiceProvider
from notifications.providers.consents import ConsentApi
from notifications.providers.lookups import LookupApi
from notifications.providers.twilio import TwilioSms
from notifications.providers.twilio_calls import TwilioCalls
from notifications.providers.twilio_consents import TwilioConsents
from notifications.providers.twilio_lookup import TwilioLookup

Provider = TypeVar("Provider", SmsProvider, VoiceProvider)


class ProviderNamedTwice(ValueError):
    """Two entries of the registry claim one name."""


class UnknownProvider(LookupError):
    """No provider goes by this name."""


def by_name(entries: Sequence[tuple[str, Provider]]) -> Mapping[str, Provider]:
    """The entries by name; pairs and not a dict, since a dict drops a double in silence.

    :raises ProviderNamedTwice: when a name stands twice.
    """
    found: dict[str, Provider] = {}
    for name, provider in entries:
        if name in found:
            raise ProviderNamedTwice(f"provider {name!r} stands twice in the registry")
        found[name] = provider
    return MappingProxyType(found)


SMS_PROVIDERS: Mapping[str, SmsProvider] = by_name([("twilio", TwilioSms()), ("azure", AzureSms())])
_CALLS: list[tuple[str, VoiceProvider]] = [("twilio", TwilioCalls()), ("azure", AzureCalls())]
VOICE_PROVIDERS = by_name(_CALLS)
#: Whose opt-out lists can be changed by request.
CONSENT_APIS: Mapping[str, ConsentApi] = MappingProxyType({"twilio": TwilioConsents(), "azure": AzureOptOuts()})
#: Who is asked what kind of line a number is, in this order.
LOOKUP_APIS: Mapping[str, LookupApi] = MappingProxyType({"twilio": TwilioLookup()})


def sms_provider(name: str) -> SmsProvider:
    """The provider of this name.

    :raises UnknownProvider: when there is none; the text lists those that there are.
    """
    try:
        return SMS_PROVIDERS[name]
    except KeyError:
        raise UnknownProvider(f"no provider {name!r}; there are: {', '.join(sorted(SMS_PROVIDERS))}") from None


def voice_provider(name: str) -> VoiceProvider:
    """The provider of calls of this name.

    :raises UnknownProvider: when it places none; the text lists those that do.
    """
    try:
        return VOICE_PROVIDERS[name]
    except KeyError:
        raise UnknownProvider(f"{name!r} places no calls; there are: {', '.join(sorted(VOICE_PROVIDERS))}") from None
