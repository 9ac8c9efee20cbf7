"""Whatever is texted to us, the reading holds together, and a wrapper never changes a keyword."""

from hypothesis import example, given
from hypothesis import strategies as st

from members.consent.keywords import ReplyKind, provider_keyword, read_reply

OPT_OUT_TYPES = st.sampled_from([None, "", "STOP", "START", "HELP", "stop", "nonsense"])
KEYWORDS = st.sampled_from(["STOP", "Unsubscribe", "opt out", "QUIT", "START", "help", "1", "ACK 4821", "YES", "ARRÊT"])
WRAPPERS = st.text(alphabet=" .!?\"'“”()\u200b\ufeff\n🙏-", max_size=6)


@given(text=st.text(max_size=1700), opt_out_type=OPT_OUT_TYPES)
@example(text="\ud800 stop", opt_out_type=None)
@example(text="x " * 300 + "stop" + " x" * 300, opt_out_type=None)
def test_any_text_is_read_and_only_stop_opts_out(text: str, opt_out_type: str | None) -> None:
    reading = read_reply(text, opt_out_type=opt_out_type)
    assert reading.opts_out == (reading.kind is ReplyKind.STOP)
    assert reading.code is None or (reading.kind is ReplyKind.ACK and 3 <= len(reading.code) <= 6)


@given(text=st.one_of(st.text(max_size=30), KEYWORDS), opt_out_type=OPT_OUT_TYPES)
def test_the_providers_word_only_ever_adds_to_suppression(text: str, opt_out_type: str | None) -> None:
    alone = read_reply(text, opt_out_type=None)
    joined = read_reply(text, opt_out_type=opt_out_type)
    assert joined.opts_out or not alone.opts_out
    if joined.kind in {ReplyKind.START, ReplyKind.YES}:
        assert alone.kind is joined.kind


@given(keyword=KEYWORDS, before=WRAPPERS, after=WRAPPERS)
def test_case_and_what_surrounds_a_keyword_do_not_change_it(keyword: str, before: str, after: str) -> None:
    plain = read_reply(keyword, opt_out_type=None)
    assert plain.kind is not ReplyKind.NONE
    assert read_reply(before + keyword.swapcase() + after, opt_out_type=None) == plain


@given(text=st.text(max_size=30))
def test_what_the_provider_acts_on_is_never_an_acknowledgement(text: str) -> None:
    if provider_keyword(text):
        assert read_reply(text, opt_out_type=None).kind not in {ReplyKind.ACK, ReplyKind.NONE}


# Upper and lower case look-alikes of the letters of our keywords, as a person who means to be funny would pick them.
LIKE = {"s": "ѕЅſ𝐬Ⓢ", "t": "тΤＴ", "o": "оΟ0о", "p": "рΡｐ", "e": "еΕé", "n": "ոñ", "d": "ԁ", "a": "аΑá", "r": "гʀ"}
PIECES = ["stop", "1", "ack", "4821", "please", "no", "start", "help", "the", "me", "texting", ".", ",", "not"]
BETWEEN = st.text(alphabet="\u200b\u2060\ufe0f\u00ad", max_size=2)
STOPPERS = st.sampled_from(["stop", "end", "quit", "cancel", "revoke", "unsubscribe"])


@given(keyword=STOPPERS, data=st.data())
def test_look_alikes_and_invisible_characters_inside_a_keyword_do_not_change_it(
    keyword: str, data: st.DataObject
) -> None:
    dressed = "".join(
        data.draw(st.sampled_from([letter, *LIKE.get(letter, "").replace("0", "")])) + data.draw(BETWEEN)
        for letter in keyword
    )
    assert read_reply(dressed, opt_out_type=None).kind is ReplyKind.STOP


@given(keyword=st.sampled_from(["stop", "quit", "cancel", "revoke", "unsubscribe"]), data=st.data())
def test_two_neighbours_swapped_opt_out_unless_that_makes_another_word(keyword: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(keyword) - 2))
    slipped = keyword[:place] + keyword[place + 1] + keyword[place] + keyword[place + 2 :]
    assert read_reply(slipped, opt_out_type=None).opts_out


@given(keyword=st.sampled_from(["start", "unstop", "help", "info", "ack"]), data=st.data())
def test_start_help_and_ack_are_never_read_from_a_slip(keyword: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(keyword) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    changed = data.draw(
        st.sampled_from(
            [
                keyword[:place] + letter + keyword[place:],
                keyword[:place] + letter + keyword[place + 1 :],
                keyword[:place] + keyword[place + 1 :],
            ]
        )
    )
    if changed != keyword:
        assert read_reply(changed, opt_out_type=None).kind not in {ReplyKind.START, ReplyKind.HELP, ReplyKind.ACK}


@given(text=st.lists(st.sampled_from(PIECES), max_size=9))
def test_what_opts_out_is_never_an_acknowledgement(text: list[str]) -> None:
    reading = read_reply(" ".join(text), opt_out_type=None)
    assert not (reading.opts_out and (reading.kind is ReplyKind.ACK or reading.code is not None))
