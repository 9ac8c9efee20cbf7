"""Every reply of the corpus (replies.tsv) is read as people who labelled it would: true cases and false ones."""

import json
from collections import Counter
from pathlib import Path

import pytest

from members.consent.keywords import REVIEW_FROM, ReadBy, Reading, read_reply

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("replies.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
HOW = {
    ReadBy.KEYWORD: "keyword", ReadBy.SLIP: "slip", ReadBy.FREE_TEXT: "own words", ReadBy.NOTHING: "kept"
}  # fmt: skip


def label(reading: Reading) -> tuple[str, str]:
    how = "look" if reading.kind.word == "NONE" and reading.review else HOW[reading.read_by]
    return reading.kind.word, "kept" if reading.kind.word == "NONE" and not reading.review else how


@pytest.mark.case("K1", "K2", "K3", "K4", "K5", "K7", "K9", "K10", "K12", "K14", "K15")
def test_every_reply_of_the_corpus_is_read_as_it_is_labelled() -> None:
    wrong = []
    for word, how, text in ROWS:
        found = label(read_reply(json.loads(text), opt_out_type=None))
        if found != (word, how):
            wrong.append(f"{text}: {found} instead of {(word, how)}")
    assert wrong == []


def test_the_corpus_holds_many_true_and_many_false_cases() -> None:
    counted = Counter(word for word, _, _ in ROWS)
    assert counted["STOP"] > 250
    assert counted["NONE"] > 250
    assert len({text for _, _, text in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("word", "how", "text"), ROWS[:: len(ROWS) // 40])
def test_opting_out_review_and_score_go_with_the_class(word: str, how: str, text: str) -> None:
    reading = read_reply(json.loads(text), opt_out_type=None)
    assert reading.opts_out == (word == "STOP")
    assert reading.review == (how in {"own words", "look"})
    assert (reading.score >= REVIEW_FROM) == (word == "STOP" or how == "look")
    assert reading.because.endswith(".")


def test_other_languages_are_read_where_they_are_configured() -> None:
    german = "Bitte keine Nachrichten mehr"
    assert not read_reply(german, opt_out_type=None).opts_out
    assert read_reply(german, opt_out_type=None, languages=frozenset({"de"})).opts_out
    assert not read_reply("basta", opt_out_type=None, languages=frozenset({"de"})).opts_out
    assert read_reply("stop", opt_out_type=None, languages=frozenset({"de"})).opts_out, "English is always read"
