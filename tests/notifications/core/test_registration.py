"""The banner of a sender's registration: where carriers ask for one, with age and errors, and without promises."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.core.registration import (
    Banner,
    Registration,
    RegistrationError,
    RegistrationState,
    banner,
)

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
STATES = list(RegistrationState)


def shown(
    state: RegistrationState,
    *,
    region: str | None = "US",
    country: str = "US",
    kind: str = "a2p",
    errors: tuple[RegistrationError, ...] = (),
    since: datetime | None = NOW - timedelta(days=4),
) -> Banner | None:
    registration = Registration("+12065550100", country, state, kind, errors, since, NOW, "provider")
    return banner(registration, recipient_region=region, now=NOW)


@pytest.mark.row(67)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("country", "region", "is_shown"),
    [("US", "US", True), ("US", "CA", True), ("CA", "US", True), ("US", None, True), ("US", "GB", False),
     ("GB", "GB", False), ("GB", None, False), ("US", "", False)],
)  # fmt: skip
def test_it_is_shown_for_senders_and_recipients_in_the_united_states_and_canada_alone(
    state: RegistrationState, country: str, region: str | None, is_shown: bool
) -> None:
    assert (shown(state, country=country, region=region) is not None) is is_shown


@pytest.mark.row(71)
def test_verified_says_that_it_is_properly_registered() -> None:
    found = shown(RegistrationState.VERIFIED)
    assert found is not None
    assert (found.title, found.tone, found.is_verified) == ("VERIFIED", "success", True)
    assert "properly registered" in found.says
    assert found.lines == ()


@pytest.mark.row(68, 69, 70)
@pytest.mark.parametrize(
    ("since", "age"),
    [
        (NOW - timedelta(minutes=5), "for 5 min"),
        (NOW - timedelta(hours=30), "for 30 h"),
        (NOW - timedelta(days=9), "for 9 days"),
        (NOW + timedelta(minutes=1), "for 0 min"),
        (None, "for a time that is not known"),
    ],
)
def test_pending_says_its_age_and_promises_no_time(since: datetime | None, age: str) -> None:
    found = shown(RegistrationState.PENDING, since=since)
    assert found is not None
    assert age in found.says
    assert "also to members for whom SMS was just switched on" in found.says
    assert "Some numbers become active at once" in found.says
    assert "no time is promised" in found.says


@pytest.mark.row(73)
@pytest.mark.parametrize(
    ("kind", "path"), [("a2p", "A2P 10DLC"), ("toll_free", "Toll-free verification"), ("", "Regulatory Compliance")]
)
def test_refused_lists_each_error_what_to_correct_and_where_to_submit_it_again(kind: str, path: str) -> None:
    errors = (
        RegistrationError("30896", "message_flow", "Opt-in not acceptable."),
        RegistrationError("30908", "", ""),
        RegistrationError("39999", "", "Something new"),
        RegistrationError("", "brand", "Sole proprietors need an address"),
    )
    found = shown(RegistrationState.FAILED, kind=kind, errors=errors)
    assert found is not None
    assert found.lines[0].startswith("30896: Opt-in not acceptable (field message_flow). Show how people agree:")
    assert found.lines[1].startswith("30908: A2P campaign problem: privacy policy not compliant. Give an address")
    assert found.lines[2] == (
        "39999: Something new. Look the code up in Twilio's error dictionary, and correct what it names."
    )
    assert found.lines[3].startswith("Sole proprietors need an address (field brand). ")
    assert path in found.link_label
    assert found.link.startswith("https://www.twilio.com/docs/messaging/compliance")


def test_refused_without_a_reason_says_so() -> None:
    found = shown(RegistrationState.FAILED)
    assert found is not None
    assert found.lines == ("The provider named no reason: open the registration in its console.",)
