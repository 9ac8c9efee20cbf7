"""The consent cases of replies, one by one."""

import pytest

from members.consent.keywords import ReadBy, Reading, ReplyKind, provider_keyword, read_reply


def read(text: str, opt_out_type: str | None = None) -> Reading:
    return read_reply(text, opt_out_type=opt_out_type)


def gist(reading: Reading) -> tuple[ReplyKind, str | None, bool, bool, ReadBy]:
    """What follows from a reading: the kind, the code, whether it opts out, whether a person looks, and why."""
    return reading.kind, reading.code, reading.opts_out, reading.review, reading.read_by


STOPPED_BY_KEYWORD = (ReplyKind.STOP, None, True, False, ReadBy.KEYWORD)


@pytest.mark.case("K1")
@pytest.mark.parametrize("text", ["STOP", "stop", " Stop ", "STOP\n", "\u200bSTOP", "ＳＴＯＰ"])
def test_stop_opts_out(text: str) -> None:
    assert gist(read(text)) == STOPPED_BY_KEYWORD


@pytest.mark.case("K2")
@pytest.mark.parametrize("text", ["Stop.", "STOP!!!", '"stop"', "“stop”", "(stop)", "stop,", "STOP 🛑"])
def test_stop_within_punctuation_opts_out(text: str) -> None:
    assert gist(read(text)) == STOPPED_BY_KEYWORD


@pytest.mark.parametrize(
    "text", ["S.T.O.P", "S.T.O.P.", "S T O P", "s-t-o-p", "s_t_o_p", "S/T/O/P!", "ｓ．ｔ．ｏ．ｐ", "ST OP"]
)
def test_stop_letter_by_letter_opts_out_and_the_provider_has_not_answered(text: str) -> None:
    assert gist(read(text)) == STOPPED_BY_KEYWORD
    assert not provider_keyword(text)


@pytest.mark.parametrize("text", ["S.T.A.R.T", "s t a r t", "H E L P", "y-e-s", "st art", "s t o", "s t o p 5"])
def test_other_words_letter_by_letter_are_not_read(text: str) -> None:
    assert read(text).kind is ReplyKind.NONE


@pytest.mark.case("K3")
@pytest.mark.parametrize(
    "text", ["QUIT", "END", "REVOKE", "CANCEL", "UNSUBSCRIBE", "STOPALL", "OPTOUT", "quit", "End."]
)
def test_every_word_of_revocation_opts_out(text: str) -> None:
    assert gist(read(text)) == STOPPED_BY_KEYWORD


@pytest.mark.case("K4")
@pytest.mark.parametrize("text", ["opt out", "OPT-OUT", "Opt  Out", "stop all", "STOP-ALL", "opt\u2011out"])
def test_words_that_only_we_know_opt_out_and_the_provider_has_not_answered(text: str) -> None:
    assert gist(read(text)) == STOPPED_BY_KEYWORD
    assert not provider_keyword(text)


@pytest.mark.case("K5")
@pytest.mark.parametrize(
    "text",
    [
        "please stop",
        "stop texting me",
        "STOP PLEASE",
        "take me off this list",
        "no more texts",
        "leave me alone",
        "wrong number, stop",
        "Don’t text me again!",
        "Can you stop sending me these messages",
    ],
)
def test_a_plain_wish_to_stop_opts_out_as_free_text(text: str) -> None:
    assert gist(read(text)) == (ReplyKind.STOP, None, True, True, ReadBy.FREE_TEXT)
    assert not provider_keyword(text)


@pytest.mark.case("K7")
@pytest.mark.parametrize(
    "text",
    ["ALTO", "PARAR", "PARE", "BASTA", "CANCELAR", "no más", "no mas", "ARRET", "ARRÊT", "arre\u0302t", "DESABONNER"],
)
def test_spanish_and_french_words_opt_out_with_and_without_their_accents(text: str) -> None:
    assert gist(read(text)) == STOPPED_BY_KEYWORD


@pytest.mark.case("K7")
def test_a_spanish_wish_to_be_left_alone_opts_out() -> None:
    assert gist(read("dejen de escribirme")) == (ReplyKind.STOP, None, True, True, ReadBy.FREE_TEXT)


@pytest.mark.parametrize(
    "text",
    ["stpo", "sotp", "stopp", "unsubcribe", "unsubscibe", "cancle", "qiut", "revok", "STOOOOP", "st0p", "opt otu"],
)
def test_a_slip_of_the_fingers_is_forgiven_towards_stop(text: str) -> None:
    assert read(text).opts_out
    assert not provider_keyword(text)


@pytest.mark.parametrize(
    "text", ["shop", "step", "spot", "slop", "top", "quiet", "quite", "cancer", "revoked", "en", "edn"]
)
def test_a_word_of_its_own_and_a_short_one_are_no_slip(text: str) -> None:
    assert read(text).kind is ReplyKind.NONE


@pytest.mark.parametrize("text", ["STRAT", "statr", "hlep", "hepl", "unstpo", "ackk", "akc", "infoo", "starrrt"])
def test_no_slip_is_forgiven_towards_start_help_or_an_acknowledgement(text: str) -> None:
    assert read(text).kind in {ReplyKind.NONE, ReplyKind.STOP}


@pytest.mark.case("K9")
@pytest.mark.parametrize(
    "text",
    [
        "stop by the boiler room at 5",
        "the pump won't stop",
        "end of shift 6pm",
        "cancel the 9am meeting",
        "stopped",
        "don't stop",
        "Liked “Reply STOP to end”",
    ],
)
def test_a_sentence_about_work_is_not_an_opt_out(text: str) -> None:
    assert read(text).kind is ReplyKind.NONE
    assert read("stop").opts_out


@pytest.mark.case("K10")
@pytest.mark.parametrize("text", ["START", "Unstop", "start!"])
def test_start_is_read(text: str) -> None:
    assert read(text).kind is ReplyKind.START
    assert read("please start the pump").kind is ReplyKind.NONE


def test_yes_is_its_own_kind_for_the_caller_to_decide() -> None:
    assert read("YES").kind is ReplyKind.YES


@pytest.mark.case("K12")
@pytest.mark.parametrize("text", ["HELP", "info", "help?"])
def test_help_is_read_and_changes_nothing(text: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.opts_out) == (ReplyKind.HELP, False)


@pytest.mark.case("K14")
def test_a_long_story_with_stop_in_it_is_no_keyword() -> None:
    assert read("a" * 800 + " stop " + "a" * 800).kind is ReplyKind.NONE
    assert read("").kind is ReplyKind.NONE


@pytest.mark.case("K15")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", None),
        ("ACK", None),
        ("ack.", None),
        ("1️⃣", None),
        ("１", None),
        ("ack 4821", "4821"),
        ("1 4821", "4821"),
        ("4821", "4821"),
        ("#4821", "4821"),
        ("ACK #123456", "123456"),
        ("ack4821", "4821"),
        ("1 #4821", "4821"),
        ("1234", "1234"),
        ("123456", "123456"),
        ("1 234", "234"),
        ("١", None),
        ("۱", None),
        ("१ ४८२१", "4821"),
        ("٤٨٢١", "4821"),
        ("４８２１", "4821"),
        ("１ ４８２１", "4821"),
    ],
)
def test_an_acknowledgement_is_read_with_its_code_and_is_never_consent(text: str, code: str | None) -> None:
    assert gist(read(text)) == (ReplyKind.ACK, code, False, False, ReadBy.KEYWORD)


@pytest.mark.parametrize(
    "text", ["2", "12", "1 2", "48210001", "1482100", "1 4821000", "٢", "1 2 345", "ack me", "1 or 2"]
)
def test_other_digits_acknowledge_nothing(text: str) -> None:
    assert read(text).kind is ReplyKind.NONE


@pytest.mark.parametrize(
    ("text", "opt_out_type", "kind", "because"),
    [
        ("halt mal", "STOP", ReplyKind.STOP, ReadBy.PROVIDER),
        ("START", "STOP", ReplyKind.STOP, ReadBy.PROVIDER),
        ("STOP", "START", ReplyKind.STOP, ReadBy.KEYWORD),
        ("please stop", "HELP", ReplyKind.STOP, ReadBy.FREE_TEXT),
        ("begin", "START", ReplyKind.NONE, ReadBy.NOTHING),
        ("START", "HELP", ReplyKind.HELP, ReadBy.PROVIDER),
        ("START", "START", ReplyKind.START, ReadBy.KEYWORD),
        ("1", "", ReplyKind.ACK, ReadBy.KEYWORD),
    ],
)
def test_the_providers_reading_wins_towards_suppression_only(
    text: str, opt_out_type: str, kind: ReplyKind, because: ReadBy
) -> None:
    reading = read(text, opt_out_type)
    assert (reading.kind, reading.read_by) == (kind, because)


@pytest.mark.parametrize("text", ["STOP", " stop\n", "Yes", "CANCEL", "info", "optout"])
def test_exactly_a_keyword_is_answered_by_the_provider(text: str) -> None:
    assert provider_keyword(text)
    assert not provider_keyword(text + ".")
