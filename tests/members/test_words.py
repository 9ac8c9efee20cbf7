"""What the pages say of a standing: after an opt-out each lawful way back, and no way that would not lead back."""

import pytest
from django.test import Client

from members.consent.standing import ConsentAct, Event, StandingState
from members.consent.words import ConsentState, consent_words, states_of
from tests.cast import Cast
from tests.members.stories import MINUTE, NOW, stops, ticks
from tests.properties.ledgers import BEN
from tests.properties.test_standing_stories import event, grant, of, stop

START = "text START from that phone to the number that pages them"
OWN_PAGE = "agree again on their own page, for the number that they proved"
RECORDED = "you record it with its evidence; a second person approves it"
NO_SWITCH = "Nobody can switch it on here, and asking by SMS is not allowed"


def next_step(*ledger: Event) -> str:
    return consent_words(of(*ledger)).next_step


def withdrawn(hour: int) -> Event:
    return event(ConsentAct.REVOKE, hour, member=BEN)


@pytest.mark.parametrize(
    ("ledger", "start"),
    [
        ((grant(1), stop(2)), "is enough"),
        ((stop(2),), "is half of it"),
        ((grant(1), event(ConsentAct.STALE, 2, member=BEN), stop(3)), "is half of it"),
        ((grant(1), withdrawn(2)), "is nothing"),
        ((grant(1), stop(2), withdrawn(3)), "is nothing"),
        ((grant(1), withdrawn(2), stop(3)), "is nothing"),
    ],
)
def test_after_an_opt_out_every_lawful_way_back_is_named(ledger: tuple[Event, ...], start: str) -> None:
    words = consent_words(of(*ledger))
    assert words.state is ConsentState.OPTED_OUT
    for way in (OWN_PAGE, RECORDED, NO_SWITCH):
        assert way in words.next_step
    assert (START in words.next_step) is (start != "is nothing")
    assert ("is no consent yet" in words.next_step) is (start == "is half of it")
    assert ("which no START lifts" in words.next_step) is (start == "is nothing")


def test_whoever_ticked_and_proved_nothing_is_told_of_the_code() -> None:
    tick = event(ConsentAct.GRANT, 1, member=BEN, channel="sms", source="page")
    words = consent_words(of(tick))
    assert words.state is ConsentState.PENDING
    assert "once they have proved the number, with the code" in words.next_step


def test_every_state_is_shown_as_one_and_says_what_to_do() -> None:
    shown = [state for kind in ConsentState for state in states_of(kind)]
    assert sorted(shown) == sorted(state.value for state in StandingState)
    assert states_of(ConsentState.NO_NUMBER) == []
    assert consent_words(None).state is ConsentState.NO_NUMBER
    for ledger in ((), (grant(1),), (event(ConsentAct.DECLINE, 1, member=BEN),)):
        assert next_step(*ledger).endswith(".")
    assert START not in next_step()


def test_the_members_page_says_the_ways_back(ana: Client, cast: Cast) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE)
    html = ana.get(f"/admin/members/member/{cast.ben.pk}/change/").content.decode()
    for way in (START, OWN_PAGE, RECORDED, NO_SWITCH):
        assert way in html
