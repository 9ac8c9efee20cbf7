"""What a mail server's answer proves: taken, refused, come again, never reached, or not known."""

from datetime import timedelta
from typing import Any

import pytest

from notifications.providers.base import (
    Accepted,
    Answer,
    EmailRequest,
    NeverLeft,
    NotProcessed,
    OutcomeUnknown,
    Refused,
)
from notifications.providers.faults import fault_of
from notifications.providers.mail import send_email
from tests.notifications.mail.server import Mailbox

TIMEOUT = timedelta(seconds=20)


def letter(to: str, subject: str = "Harbor: The pump is down") -> EmailRequest:
    return EmailRequest(to, subject, "The pump is down.", "<p>The pump is down.</p>", "att_1")


def test_a_letter_that_the_server_took_is_accepted_and_no_more_is_claimed(mailbox: Mailbox) -> None:
    answer = send_email(letter("ben@harbor.example"), timeout=TIMEOUT)
    assert isinstance(answer, Accepted)
    assert answer.status_word == "sent"
    (taken,) = mailbox.letters
    assert taken["Subject"] == "Harbor: The pump is down"
    assert taken["Message-ID"] == answer.provider_message_id
    assert {part.get_content_type() for part in taken.walk()} >= {"text/plain", "text/html"}


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [("gone", Refused, "550"), ("later", NotProcessed, "451"), ("cut", OutcomeUnknown, None)],
)
def test_what_the_server_says_is_what_is_known(
    mailbox: Mailbox, name: str, kind: type[Answer], code: str | None
) -> None:
    answer = send_email(letter(f"{name}@harbor.example"), timeout=TIMEOUT)
    assert isinstance(answer, kind)
    assert getattr(answer, "code", None) == code
    assert mailbox.letters == []
    fault = fault_of(answer, provider="mail", channel="email")
    assert fault is not None
    assert (fault.known, fault.failover_allowed) == (True, name == "cut")


def test_a_server_that_is_not_there_took_nothing(settings: Any, mailbox: Mailbox) -> None:
    settings.EMAIL_PORT = 9
    answer = send_email(letter("ben@harbor.example"), timeout=TIMEOUT)
    assert isinstance(answer, NeverLeft)
    assert answer.unreachable


def test_a_subject_of_two_lines_never_becomes_two_headers(mailbox: Mailbox) -> None:
    answer = send_email(letter("ben@harbor.example", "Harbor\r\nBcc: eve@evil.example"), timeout=TIMEOUT)
    assert isinstance(answer, NeverLeft)
    assert not answer.unreachable
    assert mailbox.letters == []


@pytest.mark.parametrize("address", ["ben@harbor.example,eve@evil.example", "ben@xn--.."])
def test_an_address_that_cannot_be_written_to_is_known_not_to_have_left(mailbox: Mailbox, address: str) -> None:
    answer = send_email(letter(address), timeout=TIMEOUT)
    assert isinstance(answer, NeverLeft)
    assert not answer.unreachable
    assert mailbox.letters == []


def test_neither_text_nor_address_is_kept_in_the_trace(mailbox: Mailbox) -> None:
    for name in ("ben", "gone", "cut"):
        answer = send_email(letter(f"{name}@harbor.example"), timeout=TIMEOUT)
        trace = answer.trace.as_json()
        assert "pump" not in str(trace)
        assert f"{name}@" not in str(trace)
        said = str(getattr(answer, "message", "")) + str(getattr(answer, "text", ""))
        assert f"{name}@" not in said
        assert "\x00" not in said + str(trace["response_body"])
