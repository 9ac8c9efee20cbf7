"""A code on a row leads to what mends it: a gate's reason, or a provider's code exactly as it is written."""

import pytest

from notifications.core.remedies import remedy_of


@pytest.mark.parametrize(
    ("code", "channel", "says"),
    [
        ("LINE-1", "sms", ""),
        ("TWILIO-30007", "sms", "rewords the message"),
        ("TWILIO-SIP-487", "voice", "Let the escalation go on"),
        ("AZURE-4005", "sms", "asks Azure's support with the message ID"),
    ],
)
def test_each_code_has_its_own_fix(code: str, channel: str, says: str) -> None:
    found = remedy_of(code, channel=channel)
    assert found
    assert says in found
    assert "belongs in the catalogue" not in found


@pytest.mark.parametrize("code", ["", "RETRY-1", "TWILIO-", "ELSEWHERE-30007"])
def test_what_is_no_code_of_a_gate_or_provider_has_none(code: str) -> None:
    assert not remedy_of(code, channel="sms")
