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
