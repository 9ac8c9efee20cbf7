"""What the account has registered with carriers, read through the real Twilio SDK and set on the sandbox's own page."""

from datetime import UTC, datetime

import pytest
from twilio.base.exceptions import TwilioException

from .conftest import OWN, SERVICE, TOLL_FREE
from .process import RunningSandbox


def test_everything_is_approved_until_somebody_says_otherwise(sandbox: RunningSandbox) -> None:
    messaging = sandbox.twilio().messaging.v1
    [campaign] = messaging.services(SERVICE).us_app_to_person.list()
    assert (campaign.campaign_status, campaign.errors) == ("VERIFIED", [])
    brand = messaging.brand_registrations(campaign.brand_registration_sid).fetch()
    assert (brand.status, brand.errors) == ("APPROVED", [])
    [verification] = messaging.tollfree_verifications.list()
    assert (verification.tollfree_phone_number, verification.status) == (TOLL_FREE, "TWILIO_APPROVED")
    assert verification.rejection_reasons == []


def test_a_campaign_that_failed_lists_what_to_correct_and_since_when(sandbox: RunningSandbox) -> None:
    since = "2026-11-18T09:00:00+00:00"
    errors = [{"code": 30893, "says": "Sample messages do not name the brand.", "fields": ["MESSAGE_SAMPLES"]}]
    sandbox.post("/registrations", kind="campaign", about=SERVICE, state="FAILED", errors=errors, since=since)
    [campaign] = sandbox.twilio().messaging.v1.services(SERVICE).us_app_to_person.list()
    assert campaign.campaign_status == "FAILED"
    assert campaign.date_updated == datetime(2026, 11, 18, 9, tzinfo=UTC)
    [error] = campaign.errors
    assert (error["error_code"], error["fields"]) == (30893, ["MESSAGE_SAMPLES"])
    sandbox.post("/registrations", kind="campaign", about=SERVICE, state="VERIFIED")
    again = sandbox.twilio().messaging.v1.services(SERVICE).us_app_to_person(campaign.sid).fetch()
    assert (again.campaign_status, again.errors) == ("VERIFIED", [])


def test_a_brand_and_a_toll_free_verification_say_it_in_their_own_words(sandbox: RunningSandbox) -> None:
    messaging = sandbox.twilio().messaging.v1
    defect = {"code": 30446, "says": "Opt-in evidence is missing.", "fields": ["opt_in_image_urls"]}
    sandbox.post("/registrations", kind="brand", state="FAILED", errors=[{**defect, "code": 30795}])
    [brand] = messaging.brand_registrations.list()
    assert (brand.status, brand.errors[0]["code"]) == ("FAILED", 30795)
    sandbox.post("/registrations", kind="toll_free", about=TOLL_FREE, state="TWILIO_REJECTED", errors=[defect])
    [number] = sandbox.twilio().incoming_phone_numbers.list(phone_number=TOLL_FREE)
    [found] = messaging.tollfree_verifications.list(tollfree_phone_number_sid=number.sid)
    assert (found.status, found.error_code) == ("TWILIO_REJECTED", 30446)
    assert found.rejection_reasons == [{"code": 30446, "reason": "Opt-in evidence is missing."}]
    assert messaging.tollfree_verifications(found.sid).fetch().status == "TWILIO_REJECTED"
    assert messaging.tollfree_verifications.list(status="PENDING_REVIEW") == []


def test_a_registration_that_was_dropped_was_never_asked_for(sandbox: RunningSandbox) -> None:
    service = sandbox.twilio().messaging.v1.services(SERVICE)
    assert len(service.us_app_to_person.list()) == 1
    sandbox.post("/registrations", kind="campaign", about=SERVICE)
    assert service.us_app_to_person.list() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "licence", "state": "VERIFIED"},
        {"kind": "campaign", "about": "MG0", "state": "VERIFIED"},
        {"kind": "campaign", "about": SERVICE, "state": "TWILIO_APPROVED"},
        {"kind": "campaign", "about": SERVICE, "state": "PENDING", "since": "yesterday"},
        {"kind": "toll_free", "about": OWN, "state": "IN_REVIEW"},
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(sandbox: RunningSandbox, fields: dict[str, str]) -> None:
    before = sandbox.get("/registrations")
    answer = sandbox.post("/registrations", **fields)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.get("/registrations") == before


def test_unknown_services_and_brands_are_not_found(sandbox: RunningSandbox) -> None:
    messaging = sandbox.twilio().messaging.v1
    with pytest.raises(TwilioException, match="Unable to fetch page"):
        messaging.services("MG" + "0" * 32).us_app_to_person.list()
    with pytest.raises(TwilioException, match="not found"):
        messaging.brand_registrations("BN" + "0" * 32).fetch()
