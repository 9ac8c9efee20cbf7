"""Twilio's parameters become our values; what is not understood is kept, and what is missing is named."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from notifications.providers.twilio_reports import (
    InboundText,
    ReceiptReport,
    Untranslatable,
    carrier_time,
    inbound_text,
    receipt_report,
)

RECEIPT = (
    "MessageSid=SM1&SmsSid=SM1&MessageStatus=undelivered&SmsStatus=undelivered&ErrorCode=30003&AccountSid=AC1"
    "&From=%2B15005550006&To=%2B14155550123&ApiVersion=2010-04-01&RawDlrDoneDate=2605201207&NewField=kept"
)
INBOUND = (
    "MessageSid=SM2&AccountSid=AC1&MessagingServiceSid=MG1&From=%2B14155550123&To=%2B15005550006&Body=+STOP%0A&NumMedia=1"
    "&MediaUrl0=https%3A%2F%2Fapi.twilio.com%2Fm&MediaContentType0=image%2Fpng&NumSegments=1&OptOutType=STOP"
)


def receipt(**changes: str | None) -> ReceiptReport | Untranslatable:
    fields = QueryDict(RECEIPT, mutable=True)
    for name, value in changes.items():
        fields.pop(name, None)
        if value is not None:
            fields[name] = value
    return receipt_report(fields)


def report(**changes: str | None) -> ReceiptReport:
    found = receipt(**changes)
    assert isinstance(found, ReceiptReport)
    return found


def text(query: str) -> InboundText:
    found = inbound_text(QueryDict(query))
    assert isinstance(found, InboundText)
    return found


def test_a_receipt_is_translated_and_its_unknown_fields_are_kept() -> None:
    found = report()
    assert (found.provider_message_id, found.word, found.word_known) == ("SM1", "undelivered", True)
    assert found.error_code == "30003"
    assert (found.sender, found.to, found.account_sid) == ("+15005550006", "+14155550123", "AC1")
    assert found.provider_time == datetime(2026, 5, 20, 12, 7, tzinfo=UTC)
    assert found.other_fields == {"RawDlrDoneDate": "2605201207", "NewField": "kept"}


def test_a_word_outside_the_specification_is_kept_and_marked() -> None:
    assert report(MessageStatus="Teleported").word == "teleported"
    assert not report(MessageStatus="Teleported").word_known
    assert report(MessageStatus="Delivered").word_known


@pytest.mark.parametrize("code", ["", "0", None])
def test_no_error_is_no_code(code: str | None) -> None:
    assert report(ErrorCode=code).error_code is None


def test_the_older_names_of_the_fields_are_read_where_the_newer_are_missing() -> None:
    found = report(MessageSid=None, MessageStatus=None)
    assert (found.provider_message_id, found.word) == ("SM1", "undelivered")


def test_a_receipt_without_its_message_or_word_says_what_is_missing() -> None:
    assert receipt(MessageSid=None, SmsSid=None) == Untranslatable(("MessageSid",))
    assert receipt(MessageStatus=" ", SmsStatus=None) == Untranslatable(("MessageStatus",))


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("2605201207", datetime(2026, 5, 20, 12, 7, tzinfo=UTC)),
        ("260520120759", datetime(2026, 5, 20, 12, 7, 59, tzinfo=UTC)),
        (" 2605201207 ", datetime(2026, 5, 20, 12, 7, tzinfo=UTC)),
        ("2613201207", None),
        ("2602300000", None),
        ("26052012", None),
        ("0000000000", None),
        ("٢٦٠٥٢٠١٢٠٧", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_the_carriers_time_is_read_where_it_can_be(raw: str | None, read: datetime | None) -> None:
    assert carrier_time(raw) == read


def test_an_inbound_text_is_translated_and_its_body_left_as_it_was_written() -> None:
    found = text(INBOUND)
    assert (found.provider_message_id, found.sender, found.to) == ("SM2", "+14155550123", "+15005550006")
    assert (found.messaging_service_sid, found.account_sid) == ("MG1", "AC1")
    assert found.body == " STOP\n"
    assert (found.opt_out_type, found.segments) == ("STOP", 1)
    assert [(media.url, media.content_type) for media in found.media] == [("https://api.twilio.com/m", "image/png")]


def test_an_empty_text_and_odd_counts_are_no_error() -> None:
    found = text("MessageSid=SM2&From=12345&To=%2B15005550006&NumMedia=many&NumSegments=-1")
    assert (found.body, found.media, found.segments, found.opt_out_type) == ("", (), None, None)


def test_a_text_from_nobody_says_what_is_missing() -> None:
    assert inbound_text(QueryDict("MessageSid=SM2&To=%2B15005550006")) == Untranslatable(("From",))
    assert inbound_text(QueryDict("")) == Untranslatable(("MessageSid", "From", "To"))


def test_nul_characters_do_not_reach_the_database() -> None:
    assert text(INBOUND.replace("+STOP", "ST%00OP")).body == "STOP\n"


def test_neither_number_nor_body_shows_when_a_value_is_printed() -> None:
    shown = repr(text(INBOUND)) + repr(report())
    assert "STOP\\n" not in shown
    assert "+14155550123" not in shown
    assert "SM2" in shown
