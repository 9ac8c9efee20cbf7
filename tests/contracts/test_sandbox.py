"""The real SDK over our transport against the sandbox: the published magic numbers, and what reconciling relies on."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.core.faults import FaultKind
from notifications.providers.base import Accepted, Answer, Credentials, NotProcessed, OutcomeUnknown, Refused, Snapshot
from notifications.providers.faults import fault_of
from notifications.providers.registry import sms_provider
from tests.contracts.contract import BODY, SOON, sms
from tests.sandbox.process import RunningSandbox, eventually

MAGIC_SENDER = "+15005550006"
TWILIO = sms_provider("twilio")
BRIEFLY = timedelta(seconds=0.4)


def credentials(sandbox: RunningSandbox) -> Credentials:
    return Credentials(sandbox.account_sid, sandbox.auth_token, sandbox.url)


def send(sandbox: RunningSandbox, *, to: str, sender: str = MAGIC_SENDER, timeout: timedelta = SOON) -> Answer:
    request = sms(to=to, sender=sender, status_callback=None)
    return TWILIO.send_sms(request, credentials=credentials(sandbox), timeout=timeout)


def found(sandbox: RunningSandbox, *, to: str) -> list[Snapshot]:
    since = datetime.now(UTC) - timedelta(minutes=1)
    return TWILIO.find(to=to, after=since, credentials=credentials(sandbox), timeout=SOON)


@pytest.mark.parametrize(
    ("to", "sender", "code", "kind"),
    [
        ("+15005550001", MAGIC_SENDER, "21211", FaultKind.INVALID_NUMBER),
        ("+15005550002", MAGIC_SENDER, "21612", FaultKind.SENDER_MISCONFIGURED),
        ("+15005550003", MAGIC_SENDER, "21408", FaultKind.GEO_PERMISSION),
        ("+15005550004", MAGIC_SENDER, "21610", FaultKind.OPTED_OUT),
        ("+15005550009", MAGIC_SENDER, "21614", FaultKind.NOT_MOBILE),
        ("+12065550142", "+15005550001", "21212", FaultKind.SENDER_MISCONFIGURED),
        ("+12065550142", "+15005550007", "21606", FaultKind.SENDER_MISCONFIGURED),
        ("+12065550142", "+15005550008", "21611", FaultKind.QUEUE_OVERFLOW),
        ("+12065550142", "+12125550199", "21606", FaultKind.SENDER_MISCONFIGURED),
    ],
)
def test_a_published_magic_number_becomes_its_fault(
    sandbox: RunningSandbox, to: str, sender: str, code: str, kind: FaultKind
) -> None:
    answer = send(sandbox, to=to, sender=sender)
    assert isinstance(answer, Refused)
    assert answer.code == code
    fault = fault_of(answer, provider="twilio", channel="sms")
    assert fault is not None
    assert (fault.kind, fault.known) == (kind, True)
    assert isinstance(send(sandbox, to="+12065550142"), Accepted), "the same set-up does send to a good number"


def test_an_accepted_message_can_be_fetched_and_found(sandbox: RunningSandbox) -> None:
    answer = send(sandbox, to="+12065550142")
    assert isinstance(answer, Accepted)
    snapshot = TWILIO.fetch(answer.provider_message_id, credentials=credentials(sandbox), timeout=SOON)
    assert snapshot is not None
    assert (snapshot.to, snapshot.sender, snapshot.body) == ("+12065550142", MAGIC_SENDER, BODY)
    assert [each.provider_message_id for each in found(sandbox, to="+12065550142")] == [answer.provider_message_id]
    assert TWILIO.fetch("SM" + "0" * 32, credentials=credentials(sandbox), timeout=SOON) is None


def test_a_later_failure_is_seen_with_its_code(sandbox: RunningSandbox) -> None:
    answer = send(sandbox, to="+12065553003")
    assert isinstance(answer, Accepted)

    def undelivered() -> bool:
        snapshot = TWILIO.fetch(answer.provider_message_id, credentials=credentials(sandbox), timeout=SOON)
        return snapshot is not None and (snapshot.status_word, snapshot.error_code) == ("undelivered", "30003")

    assert eventually(undelivered)


@pytest.mark.parametrize(
    ("ending", "made"), [("0408", True), ("1444", True), ("0504", False), ("0444", False), ("1503", False)]
)
def test_after_an_unknown_outcome_the_provider_knows_whether_it_took_the_message(
    sandbox: RunningSandbox, ending: str, made: bool
) -> None:
    to = f"+1206555{ending}"
    answer = send(sandbox, to=to, timeout=BRIEFLY)
    assert isinstance(answer, OutcomeUnknown)
    matches = [each for each in found(sandbox, to=to) if each.sender == MAGIC_SENDER and each.body == BODY]
    assert len(matches) == int(made)


def test_a_throttled_message_was_never_processed(sandbox: RunningSandbox) -> None:
    assert isinstance(send(sandbox, to="+12065551429"), NotProcessed)
    assert found(sandbox, to="+12065551429") == []
    assert isinstance(send(sandbox, to="+12065550142"), Accepted)
    assert len(found(sandbox, to="+12065550142")) == 1


def test_a_wrong_token_is_refused_as_such(sandbox: RunningSandbox) -> None:
    wrong = Credentials(sandbox.account_sid, "wrong", sandbox.url)
    answer = TWILIO.send_sms(sms(to="+12065550142"), credentials=wrong, timeout=SOON)
    assert isinstance(answer, Refused)
    assert (answer.http_status, answer.code) == (401, "20003")
