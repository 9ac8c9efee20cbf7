"""What a log line, a trace or a bundle must not carry is gone, and what explains a fault stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imes.kernel.ids import public_id, secret_token
from imes.kernel.redact import REDACTED, redact, redacted_mapping


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("The 'To' number +18605558312 is not valid", "8605558312"),
        ("call (860) 555-8312 now", "555-8312"),
        ("to=8605558312", "8605558312"),
        ("+44 7911 123456", "7911"),
        ("ben@harbor.example wrote", "ben@harbor"),
        ("POST /hooks/hk_abcdef HTTP/1.1", "hk_abcdef"),
        ("Authorization: Bearer abc.def-ghi", "abc.def"),
        ("https://AC12:s3cretword@api.example/2010", "s3cretword"),
        ("?token=abc123&x=1", "abc123"),
        ("AuthToken=0123456789abcdef0123456789abcdef", "0123456789abcdef"),
        ("it was 0123456789abcdef0123456789abcdef", "0123456789abcdef"),
    ],
)
def test_personal_and_secret_words_are_removed(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fault 21610 at 2025-11-20 18:20:05",
        "SM0123456789abcdef0123456789abcdef was undelivered",
        "ntf_0123456789abcdef",
        '"GET /health HTTP/1.1" 200 12',
    ],
)
def test_what_explains_a_fault_stays_readable(text: str) -> None:
    assert redact(text) == text


def test_our_own_tokens_go_and_our_public_ids_stay() -> None:
    token, name = secret_token("hk"), public_id("ntf")
    redacted = redact(f"{name} fired by {token}")
    assert name in redacted
    assert token not in redacted


def test_a_trace_keeps_its_keys_and_loses_bodies_and_secrets_at_any_depth() -> None:
    trace = {
        "To": "+18605558312",
        "Body": "Boiler room is flooding",
        "auth_token": "x",
        "headers": {"AUTHORIZATION": "Basic eHg6eXk="},
        "tries": [{"Body": ""}, {"url": "https://imes.example/hooks/hk_1?a=1"}],
        "status": 400,
    }
    assert redacted_mapping(trace) == {
        "To": "[number]",
        "Body": REDACTED,
        "auth_token": REDACTED,
        "headers": {"AUTHORIZATION": REDACTED},
        "tries": [{"Body": ""}, {"url": "https://imes.example/hooks/[token]?a=1"}],
        "status": 400,
    }


def test_the_words_of_a_fault_stay_and_the_text_of_a_message_goes() -> None:
    fault = {"code": 21211, "message": "Invalid 'To' number: +1555"}
    assert redacted_mapping(fault) == fault
    assert redacted_mapping({"message": "Boiler room"}) == {"message": REDACTED}


def test_the_secret_keys_are_the_callers_to_choose() -> None:
    assert redacted_mapping({"Body": "hello", "pin": "1"}, secret_keys=["PIN"]) == {"Body": "hello", "pin": REDACTED}


@given(number=st.integers(10**9, 10**14), text=st.text(alphabet=" abc.,:!", max_size=10))
def test_no_number_survives(number: int, text: str) -> None:
    assert str(number) not in redact(f"{text} +{number} {text}")
