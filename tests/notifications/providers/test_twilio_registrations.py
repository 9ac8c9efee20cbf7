"""What Twilio shows of brands, campaigns and verifications is read as one: a state, since when, and what to correct."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.providers.base import Credentials, ProviderDidNotAnswer
from notifications.providers.twilio_registrations import Fetched, FetchedError, NotFetchable, fetch_registration
from tests.sandbox.conftest import OWN, SERVICE, TOLL_FREE
from tests.sandbox.process import RunningSandbox

SINCE = "2026-11-18T09:00:00+00:00"
AT = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox) -> RunningSandbox:
    one_sandbox.reset()
    return one_sandbox


def fetched(sandbox: RunningSandbox, address: str, *, token: str = "") -> Fetched:
    credentials = Credentials(sandbox.account_sid, token or sandbox.auth_token, sandbox.url)
    return fetch_registration(
        address, is_toll_free=address == TOLL_FREE, credentials=credentials, timeout=timedelta(seconds=20)
    )


def test_an_approved_brand_and_campaign_are_verified(sandbox: RunningSandbox) -> None:
    found = fetched(sandbox, SERVICE)
    assert (found.state, found.kind, found.errors) == ("verified", "a2p", ())
    assert found.ref.startswith("QE")


@pytest.mark.parametrize(
    ("word", "state"),
    [("PENDING", "pending"), ("IN_PROGRESS", "pending"), ("FAILED", "failed"), ("SUSPENDED", "failed")],
)
def test_each_word_for_a_campaign_is_read(sandbox: RunningSandbox, word: str, state: str) -> None:
    sandbox.post("/registrations", kind="campaign", about=SERVICE, state=word, since=SINCE)
    found = fetched(sandbox, SERVICE)
    assert (found.state, found.since) == (state, AT)


def test_a_campaign_that_failed_names_code_field_and_words(sandbox: RunningSandbox) -> None:
    errors = [
        {"code": 30893, "says": "Samples do not name the brand.", "fields": ["MESSAGE_SAMPLES", "DESCRIPTION"]},
        {"code": 30908, "says": "No privacy policy."},
    ]
    sandbox.post("/registrations", kind="campaign", about=SERVICE, state="FAILED", errors=errors)
    assert fetched(sandbox, SERVICE).errors == (
        FetchedError("30893", "MESSAGE_SAMPLES, DESCRIPTION", "Samples do not name the brand."),
        FetchedError("30908", "", "No privacy policy."),
    )


def test_a_brand_that_failed_fails_the_campaign_that_rests_on_it(sandbox: RunningSandbox) -> None:
    errors = [{"code": 30795, "says": "Tax id mismatch", "fields": ["ein"]}]
    sandbox.post("/registrations", kind="brand", state="FAILED", errors=errors, since=SINCE)
    found = fetched(sandbox, SERVICE)
    assert (found.state, found.since) == ("failed", AT)
    assert found.errors == (FetchedError("30795", "ein", "Tax id mismatch"),)


@pytest.mark.parametrize(
    ("word", "state"),
    [("TWILIO_APPROVED", "verified"), ("PENDING_REVIEW", "pending"), ("IN_REVIEW", "pending"),
     ("TWILIO_REJECTED", "failed")],
)  # fmt: skip
def test_a_toll_free_verification_is_read_with_its_reasons(sandbox: RunningSandbox, word: str, state: str) -> None:
    errors = [{"code": 30446, "says": "Opt-in evidence is missing."}]
    sandbox.post("/registrations", kind="toll_free", about=TOLL_FREE, state=word, errors=errors, since=SINCE)
    found = fetched(sandbox, TOLL_FREE)
    assert (found.state, found.kind, found.since) == (state, "toll_free", AT)
    expected = (FetchedError("30446", "", "Opt-in evidence is missing."),) if state == "failed" else ()
    assert found.errors == expected


def test_what_was_never_submitted_is_said_so(sandbox: RunningSandbox) -> None:
    sandbox.post("/registrations", kind="campaign", about=SERVICE)
    found = fetched(sandbox, SERVICE)
    assert (found.state, found.ref) == ("failed", "")
    assert found.errors[0].says == "No campaign is registered for this Messaging Service."


def test_a_local_number_points_to_its_service_and_a_refusal_is_no_answer(sandbox: RunningSandbox) -> None:
    with pytest.raises(NotFetchable, match="Messaging Service"):
        fetched(sandbox, OWN)
    with pytest.raises(ProviderDidNotAnswer) as refused:
        fetched(sandbox, SERVICE, token="f" * 32)
    assert refused.value.http_status == 401
    with pytest.raises(ProviderDidNotAnswer) as missing:
        fetched(sandbox, "MG" + "9" * 32)
    assert missing.value.http_status == 404
