"""The fault catalogue keeps its promises for every row, and answers for codes that it does not list."""

import pytest

from notifications.core.faults import Fault, FaultKind, Stage, Whose, catalogue, fault, our_own_fault, unreachable_fault
from notifications.core.faults.remedies import OF_KIND
from notifications.core.faults.twilio_remedies import TWILIO

TWILIO_ROWS = catalogue("twilio")


def of(code: str | int | None, *, channel: str = "sms", http_status: int | None = None) -> Fault:
    return fault("twilio", code, channel=channel, http_status=http_status)


def test_the_catalogue_holds_all_334_rows_and_no_code_twice() -> None:
    codes = [row.code for row in TWILIO_ROWS]
    assert len(codes) >= 334
    assert len(set(codes)) == len(codes)


def test_an_opt_out_is_never_retried_nor_failed_over_and_only_the_member_can_lift_it() -> None:
    opted_out = [row for row in TWILIO_ROWS if row.kind is FaultKind.OPTED_OUT]
    assert {row.code for row in opted_out} == {"21610", "30630"}
    for row in opted_out:
        assert not row.retryable
        assert not row.failover_allowed
        assert row.whose is Whose.MEMBER
        assert "START" in row.remedy
    unreachable = of(30003)
    assert unreachable.retryable, "the same table does allow a retry where there is no opt-out"


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_kind_has_a_remedy_that_names_a_next_step(kind: FaultKind) -> None:
    assert len(OF_KIND[kind]) > 40
    assert OF_KIND[kind].endswith(".")


@pytest.mark.parametrize("row", TWILIO_ROWS, ids=lambda row: row.code)
def test_every_row_says_what_it_means_what_to_do_and_where_to_read_more(row: Fault) -> None:
    assert row.known
    assert row.says.endswith(".")
    assert not row.says.endswith("..")
    assert "{" not in row.remedy
    is_of_the_network = (row.code or "").startswith("SIP-")
    page = (
        "https://www.rfc-editor.org/rfc/rfc"
        if is_of_the_network
        else f"https://www.twilio.com/docs/api/errors/{row.code}"
    )
    assert (row.link or "").startswith(page)
    assert row.label == f"twilio {row.code}"


def test_every_code_with_its_own_remedy_is_listed() -> None:
    assert set(TWILIO) <= {row.code for row in TWILIO_ROWS}


def test_only_the_providers_own_trouble_moves_its_breaker() -> None:
    movers = [row for row in TWILIO_ROWS if row.moves_breaker]
    assert {"20500", "20503", "30500"} <= {row.code for row in movers}
    assert all(row.whose is Whose.PROVIDER and row.kind is FaultKind.PROVIDER_FAULT for row in movers)


@pytest.mark.parametrize("code", [21211, 21610, 21614, 30003, 30005, 30006, 30007, 30008, 30017, 20003, 20429, 31403])
def test_bad_numbers_refusing_carriers_and_our_own_set_up_never_move_the_breaker(code: int) -> None:
    assert not of(code).moves_breaker


def test_the_carriers_doing_is_not_the_providers() -> None:
    assert of(30008).whose is Whose.CARRIER
    assert of(30500).whose is Whose.PROVIDER


@pytest.mark.parametrize("code", ["21211", 21211, " 21211 "])
def test_a_code_is_found_as_a_number_and_as_text(code: str | int) -> None:
    assert of(code).kind is FaultKind.INVALID_NUMBER


def test_a_code_listed_for_another_channel_is_still_known() -> None:
    assert of(31486, channel="sms").known


def test_an_unlisted_code_is_shown_with_its_number_and_taken_carefully() -> None:
    unlisted = of(39999)
    assert not unlisted.known
    assert unlisted.code == "39999"
    assert "39999" in unlisted.says
    assert unlisted.link == "https://www.twilio.com/docs/api/errors/39999"
    assert (unlisted.retryable, unlisted.failover_allowed, unlisted.moves_breaker) == (False, False, False)
    assert unlisted.remedy


def test_an_unlisted_code_with_a_server_error_is_the_providers() -> None:
    assert of(39999, http_status=503).moves_breaker
    assert of(39999, http_status=503).ambiguous


def test_a_code_that_is_not_a_word_gets_no_link() -> None:
    assert of("<script>").link is None
    assert not of("<script>").known


def test_a_provider_without_a_catalogue_is_answered_too() -> None:
    assert not fault("acs", "4007", channel="sms").known


@pytest.mark.parametrize(
    ("http_status", "kind", "moves", "ambiguous"),
    [
        (400, FaultKind.REQUEST_INVALID, False, False),
        (401, FaultKind.AUTH, False, False),
        (403, FaultKind.AUTH, False, False),
        (404, FaultKind.REQUEST_INVALID, False, False),
        (408, FaultKind.PROVIDER_FAULT, True, True),
        (429, FaultKind.RATE_LIMITED, False, True),
        (500, FaultKind.PROVIDER_FAULT, True, True),
        (503, FaultKind.PROVIDER_FAULT, True, True),
        (None, FaultKind.PROVIDER_FAULT, True, True),
    ],
)
def test_without_a_code_the_http_status_decides(
    http_status: int | None, kind: FaultKind, moves: bool, ambiguous: bool
) -> None:
    found = of(None, http_status=http_status)
    assert (found.kind, found.moves_breaker, found.ambiguous) == (kind, moves, ambiguous)
    assert found.code is None
    assert found.remedy
    assert str(http_status) in found.says or http_status is None


def test_a_server_error_with_its_code_stays_ambiguous_and_a_refused_rate_does_not() -> None:
    assert of(20500).ambiguous
    assert of(30410).ambiguous
    assert not of(20429).ambiguous
    assert of(20429).retryable


def test_not_reaching_the_provider_counts_against_the_route_and_our_own_error_does_not() -> None:
    assert unreachable_fault("twilio").moves_breaker
    assert not unreachable_fault("twilio").ambiguous
    assert not our_own_fault("twilio").moves_breaker
    assert our_own_fault("twilio").stage is Stage.API
