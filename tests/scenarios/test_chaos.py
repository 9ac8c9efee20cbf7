"""The short form of `manage.py bench chaos`: parts of a whole portal are killed while 150 pages go."""

import pytest

from notifications.management.measuring.chaos import Shot, chaos, planned, tell
from notifications.management.measuring.verdict import Page, Taken, judge
from notifications.management.measuring.victims import Kind
from tests.serve.prepared import free_port, served_before

SEED = 7
A, B, C = "+12062008000", "+12062008001", "+12062008002"


def test_whatever_is_killed_nothing_is_lost_or_doubled_and_every_row_ends_truthfully() -> None:
    said = [f"seed {SEED}"]
    shots = [
        Shot(kind, after=shot.after, pause=shot.pause / 4, cut_for=0.0)
        for kind, shot in zip(
            (Kind.WORKER_PROCESS, Kind.DATABASE, Kind.WORKER, Kind.WEB_PROCESS),
            planned(4, seed=SEED, broker=False),
            strict=True,
        )
    ]
    verdict = chaos(
        count=150,
        shots=shots,
        broker="filesystem://",
        say=said.append,
        folder=served_before(port=free_port()),
        hurried=True,
    )
    tell(verdict, say=said.append)
    assert verdict.is_clean, "\n".join(said)
    assert sum(verdict.statuses.values()) == 150, "\n".join(said)
    assert verdict.not_sent == 0, "\n".join(said)


def test_every_kind_comes_in_turn_and_a_seed_decides_the_rest() -> None:
    shots = planned(16, seed=1, broker=True)
    assert {kind: [shot.kind for shot in shots].count(kind) for kind in Kind} == dict.fromkeys(Kind, 2)
    assert shots == planned(16, seed=1, broker=True) != planned(16, seed=2, broker=True)
    assert Kind.BROKER not in {shot.kind for shot in planned(16, seed=1, broker=False)}


@pytest.mark.parametrize(
    ("status", "taken", "found"),
    [
        ("delivered", ["delivered"], ""),
        ("sent", ["delivered"], ""),
        ("sent", ["sent"], ""),
        ("failed", [], ""),
        ("queued", [], "lost"),
        ("unconfirmed", [], "lost"),
        ("sent", [], "lost wrong"),
        ("delivered", [], "lost wrong"),
        ("delivered", ["delivered", "delivered"], "doubled"),
        ("failed", ["delivered"], "wrong"),
        ("unconfirmed", ["delivered"], "wrong"),
        ("delivered", ["sent"], "wrong"),
    ],
)
def test_a_row_is_held_against_what_the_provider_took(status: str, taken: list[str], found: str) -> None:
    verdict = judge([A], pages=[Page("ntf_1", A, status)], taken=[Taken(A, word) for word in taken])
    assert " ".join(name for name in ("lost", "doubled", "wrong") if getattr(verdict, name)) == found
    assert verdict.is_clean is (found == "")


def test_a_person_without_a_row_a_row_too_many_and_a_message_of_nobody_are_found() -> None:
    pages = [Page("ntf_1", A, "delivered"), Page("ntf_2", B, "delivered"), Page("ntf_3", B, "sent")]
    verdict = judge([A, B, C], pages=pages, taken=[Taken(A, "delivered"), Taken(B, "delivered"), Taken("+1", "sent")])
    assert [line.partition(":")[0] for line in verdict.lost] == [C]
    assert [line.partition(":")[0] for line in verdict.doubled] == [B]
    assert [line.partition(":")[0] for line in verdict.wrong] == ["+1"]
