"""Every provider that can be named on a route, once."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from notifications.providers.azure_optouts import AzureOptOuts
from notifications.providers.base import SmsProvider
from notifications.providers.consents import ConsentApi
from notifications.providers.lookups import LookupApi
from notifications.providers.twilio import TwilioSms
from notifications.providers.twilio_consents import TwilioConsents
from notifications.providers.twilio_lookup import TwilioLookup


class ProviderNamedTwice(ValueError):
    """Two entries of the registry claim one name."""


class UnknownProvider(LookupError):
    """No provider goes by this name."""


def by_name(entries: Sequence[tuple[str, SmsProvider]]) -> Mapping[str, SmsProvider]:
    """The entries by name; pairs and not a dict, since a dict drops a double in silence.

    :raises ProviderNamedTwice: when a name stands twice.
    """
    found: dict[str, SmsProvider] = {}
    for name, provider in entries:
        if name in found:
            raise ProviderNamedTwice(f"provider {name!r} stands twice in the registry")
        found[name] = provider
    return MappingProxyType(found)


SMS_PROVIDERS = by_name([("twilio", TwilioSms())])
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
