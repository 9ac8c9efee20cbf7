"""The wording beside the box: complete, and never changed under the same name."""

import hashlib
from typing import Literal

import pytest
from django.test import Client

from members.consent.disclosure import disclosure

#: The text of each version, for the tenant below. A changed word needs a new version and a new line here.
FROZEN = {
    "sms-2026-11-a": "7d59ea9d7c8c873714c8a409245d2bf6b995a356524d2a141b1ba65cc79aad10",
    "voice-2026-11-a": "9c19babdff20563b618665600ce29b2a0268a4505951ba4a3a9befd736fed598",
}
CHANNELS: list[Literal["sms", "voice"]] = ["sms", "voice"]


def shown(channel: Literal["sms", "voice"]) -> tuple[str, str]:
    found = disclosure(
        "Harbor", channel=channel, support_contact="help@harbor.example", public_url="https://imes.example"
    )
    assert found.digest == hashlib.sha256(found.text.encode()).digest()
    return found.version, found.text


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_text_of_a_version_never_changes(channel: Literal["sms", "voice"]) -> None:
    version, text = shown(channel)
    assert hashlib.sha256(text.encode()).hexdigest() == FROZEN[version]


@pytest.mark.parametrize(
    "words",
    [
        "from Harbor",
        "recurring automated text messages",
        "Message frequency varies",
        "Message and data rates may apply",
        "Reply STOP",
        "HELP for help",
        "help@harbor.example",
        "not a condition",
        "not sold or shared",
        "https://imes.example/terms",
        "https://imes.example/privacy",
    ],
)
def test_the_call_to_action_is_complete(words: str) -> None:
    assert words in shown("sms")[1]


def test_the_pages_it_links_to_are_there_and_say_that_mobile_data_is_not_shared(client: Client, db: None) -> None:
    terms, privacy = client.get("/terms"), client.get("/privacy")
    assert "Message and data rates may apply" in terms.content.decode()
    assert "No mobile information is sold to, or shared with, third parties" in privacy.content.decode()
