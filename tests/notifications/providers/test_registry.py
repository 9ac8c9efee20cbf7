"""Every provider has one name, and a name without a provider is said clearly."""

import pytest

from notifications.providers.registry import SMS_PROVIDERS, ProviderNamedTwice, UnknownProvider, by_name, sms_provider
from notifications.providers.twilio import TwilioSms


def test_twilio_is_found_by_its_name() -> None:
    assert sms_provider("twilio").name == "twilio"


def test_every_provider_goes_by_the_name_under_which_it_is_registered() -> None:
    assert all(provider.name == name for name, provider in SMS_PROVIDERS.items())


def test_an_unknown_name_is_said_together_with_those_that_there_are() -> None:
    with pytest.raises(UnknownProvider, match="'smoke-signals'; there are: azure, twilio"):
        sms_provider("smoke-signals")


def test_a_name_that_stands_twice_is_refused() -> None:
    assert set(by_name([("one", TwilioSms()), ("two", TwilioSms())])) == {"one", "two"}
    with pytest.raises(ProviderNamedTwice, match="'one'"):
        by_name([("one", TwilioSms()), ("one", TwilioSms())])
