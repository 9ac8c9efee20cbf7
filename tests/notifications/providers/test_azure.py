"""Azure's own ways: one recipient inside a 202, ids of requests that may be repeated, and where the key may go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications.core.faults import FaultKind, catalogue
from notifications.providers.azure import repeatability_id
from notifications.providers.azure_words import delivery_code
from notifications.providers.base import (
    Accepted,
    Answer,
    Credentials,
    NeverLeft,
    NotProcessed,
    OutcomeUnknown,
    ProviderDidNotAnswer,
    Refused,
)
from notifications.providers.faults import fault_of
from tests.contracts.contract import (
    AZURE,
    BEN,
    BODY,
    HARBOR_SENDER,
    SOON,
    TOKEN,
    TWILIO,
    azure_answer,
    azure_asked,
    azure_error,
    sms,
)
from tests.contracts.scripted import Hang, Reply, ScriptedServer

FIRST_SENT = datetime(2026, 11, 20, 18, 0, 5, tzinfo=UTC)


@pytest.fixture
def server() -> Any:
    with ScriptedServer() as running:
        yield running


def send(server: ScriptedServer, **changes: object) -> Answer:
    return AZURE.provider.send_sms(sms(**changes), credentials=AZURE.credentials(server.url), timeout=SOON)


def repeat(server: ScriptedServer, *, timeout: timedelta = SOON) -> Accepted | Refused:
    request = sms(first_sent_at=FIRST_SENT)
    return AZURE.provider.repeat_sms(request, credentials=AZURE.credentials(server.url), timeout=timeout)


def test_one_recipient_is_asked_for_with_a_report_and_the_attempt_as_its_tag(server: ScriptedServer) -> None:
    server.plays(azure_answer())
    send(server, first_sent_at=FIRST_SENT)
    [seen] = server.seen
    assert (seen.method, seen.path) == ("POST", "/sms")
    assert azure_asked(seen) == {
        "from": HARBOR_SENDER,
        "smsRecipients": [
            {
                "to": BEN,
                "repeatabilityRequestId": repeatability_id("att_7"),
                "repeatabilityFirstSent": "Fri, 20 Nov 2026 18:00:05 GMT",
            }
        ],
        "message": BODY,
        "smsSendOptions": {"enableDeliveryReport": True, "tag": "att_7"},
    }


def test_an_attempt_has_one_repeatability_id_for_ever() -> None:
    assert repeatability_id("att_7") == "feb880b3-ec29-5710-89e7-fce84b41ea50"
    assert repeatability_id("att_8") != repeatability_id("att_7")


@pytest.mark.parametrize(
    ("status", "says", "code", "kind"),
    [
        (400, "Invalid To phone number format.", "400", FaultKind.REQUEST_INVALID),
        (400, "Sender blocked for given recipient.", "4007", FaultKind.OPTED_OUT),
        (400, "4002: the number cannot be read", "4002", FaultKind.INVALID_NUMBER),
        (403, None, "403", FaultKind.AUTH),
        (404, "Not found", "404", FaultKind.SENDER_MISCONFIGURED),
    ],
)
def test_a_202_may_hold_a_refused_recipient(
    server: ScriptedServer, status: int, says: str | None, code: str, kind: FaultKind
) -> None:
    server.plays(azure_answer(httpStatusCode=status, successful=False, messageId=None, errorMessage=says))
    answer = send(server)
    assert isinstance(answer, Refused)
    assert (answer.http_status, answer.code) == (status, code)
    found = fault_of(answer, provider="azure", channel="sms")
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"httpStatusCode": 429, "successful": False, "messageId": None}, NotProcessed),
        ({"httpStatusCode": 500, "successful": False, "messageId": None}, OutcomeUnknown),
        ({"httpStatusCode": 408, "successful": False, "messageId": None}, OutcomeUnknown),
        ({"httpStatusCode": 202, "successful": False}, OutcomeUnknown),
        ({"httpStatusCode": 202, "messageId": None}, OutcomeUnknown),
        ({"httpStatusCode": None}, OutcomeUnknown),
        ({"httpStatusCode": "two hundred"}, OutcomeUnknown),
        ({"httpStatusCode": 400, "successful": True}, OutcomeUnknown),
    ],
    ids=repr,
)
def test_what_a_recipient_does_not_prove_is_not_claimed(
    server: ScriptedServer, item: dict[str, object], expected: type[Answer]
) -> None:
    server.plays(azure_answer(**item), azure_answer())
    assert isinstance(send(server), expected)
    assert isinstance(send(server), Accepted)


@pytest.mark.parametrize("body", ['{"value": []}', '{"value": [{}, {}]}', '{"value": null}'])
def test_an_answer_to_no_or_several_recipients_is_not_ours(server: ScriptedServer, body: str) -> None:
    server.plays(Reply(202, body))
    assert isinstance(send(server), OutcomeUnknown)


def test_a_rate_limit_says_how_long_to_wait(server: ScriptedServer) -> None:
    limit = azure_error(429, "TooManyRequests", "Slow down.")
    server.plays(replace(limit, headers={"Retry-After": "17"}))
    answer = send(server)
    assert isinstance(answer, NotProcessed)
    assert (answer.retry_after, answer.message) == (timedelta(seconds=17), "Slow down.")


def test_a_repeated_request_is_the_same_one_and_its_answer_is_the_first_one_s(server: ScriptedServer) -> None:
    refused = azure_answer(httpStatusCode=400, successful=False, messageId=None, errorMessage="4002 no number")
    server.plays(azure_answer(messageId="Outgoing_first"), refused, azure_answer())
    taken = repeat(server)
    assert isinstance(taken, Accepted)
    assert taken.provider_message_id == "Outgoing_first"
    again = repeat(server)
    assert isinstance(again, Refused)
    assert again.code == "4002"
    send(server, first_sent_at=FIRST_SENT)
    assert len({seen.body for seen in server.seen}) == 1


@pytest.mark.parametrize(
    "play",
    [
        azure_answer(httpStatusCode=409, successful=False, messageId=None, repeatabilityResult="rejected"),
        azure_answer(httpStatusCode=412, successful=False, messageId=None, repeatabilityResult="rejected"),
        azure_answer(httpStatusCode=400, successful=False, messageId=None, repeatabilityResult=None),
        azure_answer(httpStatusCode=500, successful=False, messageId=None),
        azure_answer(httpStatusCode=429, successful=False, messageId=None),
        azure_error(401, "Denied", "The key was changed."),
        azure_error(429, "TooManyRequests", "Slow down."),
        azure_error(404, "NotFound", "No such number."),
        azure_error(503, "ServiceUnavailable", "Down."),
        Hang(),
    ],
    ids=repr,
)
def test_what_is_said_of_the_repeated_request_alone_proves_nothing_about_the_first(
    server: ScriptedServer, play: Any
) -> None:
    server.plays(play)
    with pytest.raises(ProviderDidNotAnswer):
        repeat(server, timeout=timedelta(seconds=0.5))
    assert len(server.seen) == 1


def test_only_azure_repeats_and_only_twilio_can_be_asked(server: ScriptedServer) -> None:
    assert (AZURE.provider.repeats_safely, TWILIO.provider.repeats_safely) == (True, False)
    credentials = TWILIO.credentials(server.url)
    with pytest.raises(ProviderDidNotAnswer):
        TWILIO.provider.repeat_sms(sms(), credentials=credentials, timeout=SOON)
    credentials = AZURE.credentials(server.url)
    with pytest.raises(ProviderDidNotAnswer):
        AZURE.provider.fetch("Outgoing_1", credentials=credentials, timeout=SOON)
    with pytest.raises(ProviderDidNotAnswer):
        AZURE.provider.find(to=BEN, after=FIRST_SENT, credentials=credentials, timeout=SOON)
    assert server.seen == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example/.communication.azure.com", ""])
def test_a_key_goes_to_azure_alone(host: str) -> None:
    answer = AZURE.provider.send_sms(sms(), credentials=Credentials(host, TOKEN, None), timeout=SOON)
    assert isinstance(answer, NeverLeft)
    assert (answer.exception_class, answer.unreachable) == ("NotAnEndpoint", False)


def test_a_key_that_is_none_is_an_error_of_our_own(server: ScriptedServer) -> None:
    wrong = Credentials(AZURE.account_id, "not base64!", server.url)
    answer = AZURE.provider.send_sms(sms(), credentials=wrong, timeout=SOON)
    assert isinstance(answer, NeverLeft)
    assert not answer.unreachable
    assert server.seen == []


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ("No error.", None),
        ("4006: The recipient is not reachable now.", "4006"),
        ("Sender blocked for given recipient.", "4007"),
        ("SENDER BLOCKED FOR GIVEN RECIPIENT", "4007"),
        ("Error 5001 at the carrier", "5001"),
        ("code=4999", "4999"),
        ("Unknown (9999)", "9999"),
        ("+14155554006 is not reachable", None),
        ("at 2026-11-20", None),
        ("", None),
    ],
)
def test_a_code_is_found_in_what_azure_writes(details: str, code: str | None) -> None:
    assert delivery_code(details) == code


def test_every_code_of_the_catalogue_is_read_and_only_what_may_have_gone_out_is_in_doubt() -> None:
    rows = catalogue("azure")
    assert len(rows) == 100
    assert all(row.says and row.remedy for row in rows)
    assert [(row.code, row.failover_allowed) for row in rows if row.kind is FaultKind.OPTED_OUT] == [("4007", False)]
    assert {row.code for row in rows if row.ambiguous} == {"408", "500", "502", "503", "504"}
