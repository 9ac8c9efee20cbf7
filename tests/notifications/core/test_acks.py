"""A reply acknowledges one page, or none: never a guess between two people."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from members.consent.keywords import read_reply
from notifications.core.acks import AckBecause, AckDecision, ClosedPage, Page, answer, which_page
from notifications.core.states import NotificationStatus
from notifications.core.text import Encoding, measure

NOON = datetime(2025, 11, 3, 12, tzinfo=UTC)
HARBOR, RIDGE, BEN, BETH, CLEO = 1, 2, 11, 12, 22


@dataclass(frozen=True)
class Reply:
    code: str | None


ONE = Reply(None)


def page(code: str, minute: int = 0, *, tenant: int = HARBOR, member: int = BEN) -> Page:
    return Page(f"ntf_{code}", code, tenant, member, f"Boiler {code}", NOON + timedelta(minutes=minute))


OLD, NEW = page("1111"), page("2222", 5)
BETHS, CLEOS = page("3333", 9, member=BETH), page("4444", 9, tenant=RIDGE, member=CLEO)
CLOSED = ClosedPage("ntf_9", "9999", "Boiler 9999", NotificationStatus.ACKNOWLEDGED, NOON, "Beth")


def decide(*pages: Page, reply: Reply = ONE, last_closed: ClosedPage | None = None) -> AckDecision:
    return which_page(pages, reply=reply, last_closed=last_closed)


def test_the_only_open_page_is_acknowledged() -> None:
    assert decide(OLD) == AckDecision(OLD, (), (), AckBecause.ONLY)


def test_of_several_pages_of_one_member_the_newest_is_acknowledged_and_the_others_are_named() -> None:
    decision = decide(OLD, NEW)
    assert decision == decide(NEW, OLD)
    assert (decision.acknowledged, decision.others, decision.because) == (NEW, (OLD,), AckBecause.NEWEST)
    assert answer(decision) == "Acknowledged: Boiler 2222. Still open, reply with the code: 1111 = Boiler 1111."


@pytest.mark.parametrize("foreign", [BETHS, CLEOS], ids=["other member", "other tenant"])
def test_between_two_people_nothing_is_acknowledged_and_each_page_is_listed_with_its_code(foreign: Page) -> None:
    decision = decide(OLD, foreign)
    assert decision.acknowledged is None
    assert decision.listed == (foreign, OLD)
    assert decision.because is AckBecause.SEVERAL_PEOPLE
    assert all(code in answer(decision) for code in ("1111", foreign.code))


def test_one_person_in_two_tenants_counts_as_two() -> None:
    assert decide(OLD, page("4444", tenant=RIDGE)).acknowledged is None


def test_a_code_acknowledges_exactly_its_page_also_between_two_people() -> None:
    decision = decide(OLD, NEW, CLEOS, reply=Reply("1111"))
    assert (decision.acknowledged, decision.because) == (OLD, AckBecause.CODE)
    assert set(decision.others) == {NEW, CLEOS}


def test_a_code_that_matches_nothing_acknowledges_nothing() -> None:
    decision = decide(OLD, reply=Reply("7777"))
    assert (decision.acknowledged, decision.because, decision.listed) == (None, AckBecause.UNKNOWN_CODE, (OLD,))
    assert "no open page on this number has that code" in answer(decision)


def test_one_code_on_two_pages_acknowledges_neither() -> None:
    decision = decide(OLD, page("1111", tenant=RIDGE, member=CLEO), reply=Reply("1111"))
    assert decision.acknowledged is None


@pytest.mark.parametrize(
    ("reply", "status", "by", "says"),
    [
        (ONE, NotificationStatus.ACKNOWLEDGED, "Beth", "was already acknowledged by Beth at 12:00 UTC on 2025-11-03."),
        (Reply("9999"), NotificationStatus.EXPIRED, None, "had expired at 12:00 UTC on 2025-11-03."),
        (ONE, NotificationStatus.CANCELLED, None, "was not needed any more at 12:00 UTC on 2025-11-03."),
    ],
)
def test_a_late_reply_is_told_what_already_happened(
    reply: Reply, status: NotificationStatus, by: str | None, says: str
) -> None:
    closed = ClosedPage("ntf_9", "9999", "Boiler 9999", status, NOON, by)
    decision = decide(reply=reply, last_closed=closed)
    assert (decision.acknowledged, decision.because, decision.late) == (None, AckBecause.LATE, closed)
    assert answer(decision) == f"Boiler 9999 {says}"


def test_a_late_code_does_not_acknowledge_the_page_that_is_open() -> None:
    decision = decide(OLD, reply=Reply("9999"), last_closed=CLOSED)
    assert (decision.acknowledged, decision.because, decision.listed) == (None, AckBecause.LATE, (OLD,))
    assert decide(OLD, last_closed=CLOSED).acknowledged == OLD


def test_with_nothing_open_and_nothing_closed_it_says_so() -> None:
    assert decide().because is AckBecause.NOTHING_OPEN
    assert "no page is open" in answer(decide())


def test_a_reply_from_the_handset_is_read_and_decides() -> None:
    reading = read_reply("ack 1111", opt_out_type=None)
    assert which_page([OLD, NEW], reply=reading, last_closed=None).acknowledged == OLD


def test_an_answer_stays_short_plain_and_free_of_the_providers_commands() -> None:
    many = [page(str(1000 + n), n) for n in range(12)]
    text = answer(decide(*many))
    assert "and 6 more" in text
    assert measure(text).encoding is Encoding.GSM7
    assert measure(text).segments <= 2
    words = {word.strip(".,:;=").casefold() for word in text.split()}
    assert not words & {"yes", "cancel", "end", "quit", "stop", "start"}
