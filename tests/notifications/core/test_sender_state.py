"""Which level keeps texts from coming in, the exact address to set there, and what a sender cannot carry."""

import pytest

from notifications.core.sender_state import (
    ELSEWHERE,
    Level,
    NumberSeen,
    SenderSeen,
    ServiceSeen,
    inbound_faults,
    missing_channels,
    without_addresses,
)

WANTED, OTHER = "https://portal.example/webhooks/twilio/inbound", "https://old.example/in"
NUMBER, SERVICE = "+12065550100", "MG" + "1" * 32
RIGHT = NumberSeen(NUMBER, True, True, texts_to=WANTED)
UNSET, WRONG = NumberSeen(NUMBER, True, True), NumberSeen(NUMBER, True, True, texts_to=OTHER)


def faults(seen: SenderSeen) -> list[tuple[Level, str, str]]:
    return [(one.level, one.about, one.stands) for one in inbound_faults(seen, address=NUMBER, wanted=WANTED)]


@pytest.mark.row(80)
@pytest.mark.parametrize(
    ("number", "service", "found"),
    [
        (RIGHT, None, []),
        (UNSET, None, [(Level.NUMBER, NUMBER, "")]),
        (WRONG, None, [(Level.NUMBER, NUMBER, OTHER)]),
        (RIGHT, ServiceSeen(SERVICE, defers=True), []),
        (UNSET, ServiceSeen(SERVICE, WANTED, defers=True), [(Level.NUMBER, NUMBER, "")]),
        (RIGHT, ServiceSeen(SERVICE, OTHER), [(Level.SERVICE, SERVICE, OTHER)]),
        (RIGHT, ServiceSeen(SERVICE), [(Level.SERVICE, SERVICE, "")]),
        (WRONG, ServiceSeen(SERVICE, WANTED), []),
        (NumberSeen(NUMBER, True, True, texts_to=WANTED, texts_by="GET"), None, [(Level.NUMBER, NUMBER, WANTED)]),
        (NumberSeen(NUMBER, True, True, texts_to=WANTED, app="AP1"), None, [(Level.NUMBER, NUMBER, "AP1")]),
    ],
)
def test_the_level_that_decides_is_the_one_that_is_named(
    number: NumberSeen, service: ServiceSeen | None, found: list[tuple[Level, str, str]]
) -> None:
    seen = SenderSeen((number,), service)
    assert faults(seen) == found
    assert all(WANTED in one.remedy for one in inbound_faults(seen, address=NUMBER, wanted=WANTED))


def test_that_the_service_goes_before_a_right_number_is_said_with_both_ways_out() -> None:
    (fault,) = inbound_faults(SenderSeen((RIGHT,), ServiceSeen(SERVICE, OTHER)), address=NUMBER, wanted=WANTED)
    assert fault.says == (
        f"Messaging service {SERVICE} takes the texts to its numbers itself and posts to {OTHER}; the number's own "
        "webhook is right, and the service goes before it."
    )
    assert fault.remedy.endswith("or let it defer to the sender's webhook, which is right.")


def test_a_sender_that_the_account_does_not_have_is_a_fault_of_its_own() -> None:
    assert faults(SenderSeen()) == [(Level.ACCOUNT, NUMBER, "")]
    assert faults(SenderSeen((), ServiceSeen(SERVICE, defers=True))) == [(Level.SERVICE, SERVICE, "")]


@pytest.mark.row(79)
def test_a_channel_that_no_number_carries_is_missing() -> None:
    deaf = NumberSeen(NUMBER, False, True)
    assert missing_channels(SenderSeen((deaf,)), channels=("sms", "voice")) == ("sms",)
    assert missing_channels(SenderSeen((deaf, RIGHT)), channels=("sms", "voice", "email")) == ()


def test_what_is_stored_is_read_back_as_it_was_and_others_see_no_address_but_ours() -> None:
    seen = SenderSeen((WRONG, RIGHT), ServiceSeen(SERVICE, OTHER), all_asked=False)
    assert SenderSeen.from_json(seen.as_json()) == seen
    hidden = without_addresses(seen, wanted=WANTED)
    assert "old.example" not in str(hidden)
    assert [one.texts_to for one in hidden.numbers] == [ELSEWHERE, WANTED]
    assert len(inbound_faults(hidden, address=NUMBER, wanted=WANTED)) == 1
