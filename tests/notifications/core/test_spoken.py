"""What a call says, in three languages, whatever the message holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.core.spoken import MOST_TURNS, Language, Scene, Spoken, apart, language_of
from notifications.core.spoken_words import SENTENCES
from notifications.core.states import Purpose


def told(text: str = "pump 3 is down", *, purpose: Purpose = Purpose.PAGE, **changes: object) -> Spoken:
    given: dict[str, object] = {"tenant_name": "Harbor", "language": Language.EN, "contact": "ana@harbor.example"}
    return Spoken(text=text, purpose=purpose, **(given | changes))  # type: ignore[arg-type]


def words(scene: Scene) -> str:
    return " ".join(scene.says)


def test_it_says_who_calls_first_and_the_alert_twice_and_the_keys_and_whom_to_write_to() -> None:
    first, second = told().first(), told().after_silence(turn=1)
    assert words(first) == "This is Harbor, with an alert for you. pump 3 is down."
    assert first.waits
    keys = "Press 1 to acknowledge. Press 2 to hear it again. Press 9 to stop calls and texts."
    assert words(second) == f"{keys} This is Harbor, with an alert for you. pump 3 is down. {keys}"
    last = told().after_silence(turn=2)
    assert words(last) == "For help, write to ana at harbor dot example. Goodbye."
    assert not last.waits


def test_a_voicemail_hears_no_keys_and_how_to_acknowledge_by_text() -> None:
    scene = told(ack_code="4821", texts_to="+12065550100").to_machine()
    assert not scene.waits
    assert "Press" not in words(scene)
    assert "To acknowledge, text 4, 8, 2, 1 to this number." in words(scene)
    assert "text" not in words(told(ack_code="4821").to_machine()), "a number without texts is not to be texted"


@pytest.mark.parametrize(
    ("purpose", "says", "not_said"),
    [
        (Purpose.DIRECT_MESSAGE, "with a message for you", "Press 1"),
        (Purpose.TEST, "Press 1 to confirm that you hear this.", "acknowledge"),
        (Purpose.PAGE, "Press 1 to acknowledge.", "test"),
    ],
)
def test_each_purpose_says_what_it_is_and_every_one_offers_the_way_out(
    purpose: Purpose, says: str, not_said: str
) -> None:
    said = words(told(purpose=purpose).after_silence(turn=1))
    assert says in said
    assert not_said not in said
    assert "Press 9 to stop calls and texts." in said


def test_each_language_says_everything_and_an_unknown_one_is_english() -> None:
    assert [language_of(word) for word in ("es", "fr", "en", "", "de")] == ["es", "fr", "en", "en", "en"]
    said = {words(told(language=language).after_silence(turn=1)) for language in Language}
    assert len(said) == 3
    assert "Pulse 9 para no recibir" in words(told(language=Language.ES).after_silence(turn=1))
    assert "Appuyez sur 9" in words(told(language=Language.FR).after_silence(turn=1))
    for sentences in SENTENCES.values():
        assert set(sentences.signs) == set(SENTENCES[Language.EN].signs)


def test_what_follows_from_a_key_is_said_and_the_call_ends_where_it_must() -> None:
    one = told(texts_to="+12065550100")
    assert words(one.acknowledged()) == "Acknowledged. Goodbye."
    assert words(one.already(by="Dana O. Jr.")) == "It was acknowledged already, by Dana O. Jr. Goodbye."
    assert words(one.already(by=None)) == "It was acknowledged already. Goodbye."
    stopped = one.stopped()
    assert words(stopped) == (
        "You will get no more calls or texts from this service, from any team. "
        "To come back, text START to 1, 2, 0, 6, 5, 5, 5, 0, 1, 0, 0. Goodbye."
    )
    assert not stopped.waits
    assert words(one.unknown_key(turn=1)).startswith("That key is not known. Press 1")
    assert one.unknown_key(turn=1).waits


def test_somebody_who_keeps_pressing_is_let_go_in_the_end() -> None:
    scene, turn = told().repeated(turn=1), 1
    while scene.waits:
        assert scene.turn == turn + 1
        turn = scene.turn
        scene = told().repeated(turn=turn)
    assert turn == MOST_TURNS
    assert not told().unknown_key(turn=MOST_TURNS).waits


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CPU > 90% & rising 🔥🔥", "CPU more than 90% and rising."),
        ("see https://status.example/x?y=1 now", "see a link now."),
        ("db_1\nis `down`\x07", "db 1. is down."),
        ("20°C in rack #4", "20 degrees C in rack number 4."),
        ("👩‍🚒 help!", "help!"),
        ("", ""),
    ],
)
def test_a_text_is_said_as_a_voice_can_say_it(text: str, said: str) -> None:
    assert "".join(told(text).first().says[1:]) == said


def test_a_code_is_dictated() -> None:
    assert apart("4821") == "4, 8, 2, 1"


@given(st.text(max_size=2000), st.sampled_from(list(Language)))
def test_whatever_the_text_holds_nothing_unspeakable_is_said(text: str, language: Language) -> None:
    said = words(told(text, language=language).to_machine())
    assert not set(said) & set("<>&\x00\n\t")
    assert said.encode("utf-8")
    assert len(said) < 1000


def test_calls_are_placed_through_the_providers_that_can() -> None:
    from notifications.core.spoken import CALLS_THROUGH
    from notifications.providers.registry import VOICE_PROVIDERS

    assert set(VOICE_PROVIDERS) == CALLS_THROUGH


def test_every_language_of_a_member_is_spoken() -> None:
    from members.models.member import LANGUAGES

    assert [word for word, _ in LANGUAGES] == [language.value for language in Language]
