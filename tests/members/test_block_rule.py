"""What follows from a provider's word that a person has opted out, whatever else the ledger knows of the number."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.consent.block_rule import Follows, follows
from members.consent.standing import ConsentAct, Event

T0 = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = T0 + timedelta(hours=12)
HARBOR, RIDGE, BEN, RITA = 1, 2, 10, 20
Reach = Literal["platform", "tenant"]


def line(act: str, hour: int, **changes: Any) -> Event:
    at = T0 + timedelta(hours=hour)
    reach: Reach = "platform" if act in ("restore", "signal") else "tenant"
    values: dict[str, Any] = {
        "act": ConsentAct(act),
        "channel": "sms" if act == "grant" else "any",
        "reach": reach,
        "effective_at": at,
        "recorded_at": at,
        "tenant_id": HARBOR,
        "member_id": BEN,
        "source": "invite" if act == "grant" else "handset",
        "ref": f"cns_{act}{hour}",
    }
    return Event(**{**values, **changes})


def stop(hour: int, **changes: Any) -> Event:
    return line("revoke", hour, reach="platform", **changes)


AGREED = (line("grant", 0), line("prove", 0))

CASES: tuple[tuple[str, tuple[Event, ...], Follows], ...] = (
    ("nothing is known of the number", (), Follows.SUPPRESS),
    ("they agreed, and no STOP is known", AGREED, Follows.SUPPRESS),
    ("the STOP is known", (*AGREED, stop(1)), Follows.NOTHING),
    ("START came after it", (*AGREED, stop(1), line("restore", 2)), Follows.REVIEW),
    ("STOP came again after START", (*AGREED, stop(1), line("restore", 2), stop(3)), Follows.NOTHING),
    ("START at the very instant of the STOP", (*AGREED, stop(1), line("restore", 1)), Follows.NOTHING),
    ("START answered a STOP that we do not know", (*AGREED, line("restore", 2)), Follows.REVIEW),
    ("they agreed anew", (*AGREED, stop(1), line("grant", 2)), Follows.REVIEW),
    ("a document was approved", (stop(1), line("grant", 2, source="recorded")), Follows.REVIEW),
    ("they agreed anew, not proved", (stop(1), line("grant", 2)), Follows.NOTHING),
    ("a document from before the STOP", (line("grant", 0, source="recorded"), stop(1)), Follows.NOTHING),
    ("they agreed anew and withdrew", (*AGREED, stop(1), line("grant", 2), line("revoke", 3)), Follows.NOTHING),
    ("they agreed anew to calls alone", (*AGREED, stop(1), line("grant", 2, channel="voice")), Follows.NOTHING),
    ("they withdrew and agreed anew", (*AGREED, line("revoke", 1), line("grant", 2)), Follows.REVIEW),
    (
        "somebody else of another tenant withdrew",
        (*AGREED, line("revoke", -1, tenant_id=RIDGE, member_id=RITA)),
        Follows.SUPPRESS,
    ),
    (
        "somebody else on that number agreed anew",
        (*AGREED, stop(1), line("grant", 2, tenant_id=RIDGE, member_id=RITA, source="recorded")),
        Follows.REVIEW,
    ),
    ("the number changed hands since", (*AGREED, stop(1), line("grant", 2), line("stale", 3)), Follows.NOTHING),
    ("an earlier report of a provider", (*AGREED, line("signal", 1)), Follows.SUPPRESS),
    ("what is not known yet", (*AGREED, stop(1), line("restore", 30)), Follows.NOTHING),
)


@pytest.mark.parametrize(("known", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_follows_is_decided_by_what_is_newer(known: tuple[Event, ...], expected: Follows) -> None:
    assert follows(known, at=NOW) is expected


@given(st.data())
def test_the_order_of_the_lines_does_not_matter(data: st.DataObject) -> None:
    _, known, expected = data.draw(st.sampled_from(CASES))
    assert follows(data.draw(st.permutations(known)), at=NOW) is expected
