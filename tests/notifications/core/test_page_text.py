"""A page says who pages and how to answer, and is cut in the middle of nothing else."""

import pytest

from notifications.core.page_text import MOST_SEGMENTS, page_text, text_to_send
from notifications.core.states import Purpose
from notifications.core.text import measure


def test_a_page_names_its_tenant_and_its_own_code() -> None:
    found = text_to_send("Pump 3 is down", purpose=Purpose.PAGE, tenant_name="Harbor", ack_code="4821")
    assert found == "Harbor: Pump 3 is down\nReply 1 to acknowledge (code 4821)."


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.PAGE])
def test_whatever_is_no_page_goes_as_it_was_written(purpose: Purpose) -> None:
    assert text_to_send("You are unsubscribed.", purpose=purpose, tenant_name="Harbor", ack_code="") == (
        "You are unsubscribed."
    )


@pytest.mark.parametrize("letter", ["a", "€", "é", "ж", "🚨"])
def test_a_long_page_is_cut_to_its_segments_and_keeps_the_way_to_answer(letter: str) -> None:
    found = page_text(letter * 3000, tenant_name="Harbor", ack_code="4821")
    assert measure(found).segments == MOST_SEGMENTS
    assert found.startswith("Harbor: " + letter)
    assert found.endswith("...\nReply 1 to acknowledge (code 4821).")


def test_an_endless_name_leaves_room_for_the_text() -> None:
    found = page_text("Pump 3 is down", tenant_name="H" * 500, ack_code="")
    assert "Pump 3 is down\nReply 1 to acknowledge." in found
    assert measure(found).segments == 1
