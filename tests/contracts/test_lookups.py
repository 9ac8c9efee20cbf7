"""Every look-up of line types keeps the same promises: the real client of the portal against the sandbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from notifications.providers.base import Credentials
from notifications.providers.lookups import LineFound, NoLineAnswer
from notifications.providers.registry import LOOKUP_APIS
from notifications.sandbox import defaults
from notifications.sandbox.behaviours import BY_NAME
from tests.contracts.contract import SOON
from tests.contracts.scripted import Hang, Reply, Reset, ScriptedServer
from tests.sandbox.process import RunningSandbox

PHONE = "+12065550142"
BRIEFLY = timedelta(seconds=0.5)


@dataclass(frozen=True)
class Side:
    """One provider's side of the table; `says` makes its answer for one word or code in the place of a type."""

    name: str
    account_id: str
    secret: str

    def look_up(
        self, base_url: str, number: str = PHONE, *, timeout: timedelta = SOON, secret: str = ""
    ) -> LineFound | NoLineAnswer:
        credentials = Credentials(self.account_id, secret or self.secret, base_url)
        return LOOKUP_APIS[self.name].look_up(number, credentials=credentials, timeout=timeout)


SIDES = (Side(name="twilio", account_id=defaults.TWILIO_ACCOUNT_SID, secret=defaults.TWILIO_AUTH_TOKEN),)


def answer(word: str = "null", *, code: str = "null", number: str = PHONE) -> Reply:
    return Reply(
        200,
        f'{{"phone_number": "{number}", "valid": true, '
        f'"line_type_intelligence": {{"type": {word}, "error_code": {code}, "carrier_name": null}}}}',
    )


def test_the_table_names_every_look_up() -> None:
    assert {side.name for side in SIDES} == set(LOOKUP_APIS)


@pytest.fixture(params=SIDES, ids=lambda side: side.name)
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.param
    return found


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (PHONE, LineFound("mobile", "unknown", "mobile")),
        (BY_NAME["landline"].example, LineFound("landline", "unknown", "landline")),
        (BY_NAME["line_voip"].example, LineFound("voip", "unknown", "nonFixedVoip")),
        (BY_NAME["line_fixed_voip"].example, LineFound("voip", "unknown", "fixedVoip")),
        (BY_NAME["line_pager"].example, LineFound("unknown", "no", "pager")),
        (BY_NAME["line_unknown"].example, LineFound("unknown", "unknown", "no type, code 60600")),
        (BY_NAME["lookup_missing"].example, LineFound("unknown", "unknown", "no such number, code 20404")),
        ("+18885550142", LineFound("toll_free", "unknown", "tollFree")),
    ],
)
def test_each_line_is_told_in_our_words_with_the_provider_s_own(
    side: Side, sandbox: RunningSandbox, number: str, found: LineFound
) -> None:
    assert side.look_up(sandbox.url, number) == found


@pytest.mark.parametrize(
    ("word", "line_type", "sms"),
    [
        ("personal", "unknown", "unknown"),
        ("sharedCost", "unknown", "unknown"),
        ("premium", "unknown", "no"),
        ("uan", "unknown", "no"),
        ("voicemail", "unknown", "no"),
        ("unknown", "unknown", "unknown"),
        ("satellite", "unknown", "unknown"),
    ],
)
def test_a_word_that_is_none_of_ours_is_kept_and_guesses_nothing(
    side: Side, server: ScriptedServer, word: str, line_type: Any, sms: Any
) -> None:
    server.plays(answer(f'"{word}"'))
    assert side.look_up(server.url) == LineFound(line_type, sms, word)
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("GET", f"/v2/PhoneNumbers/{PHONE}")
    assert seen.query == {"Fields": ["line_type_intelligence"]}


@pytest.mark.parametrize(
    ("number", "status", "concerns"),
    [(BY_NAME["lookup_throttled"].example, 429, "account"), (BY_NAME["lookup_down"].example, 503, "number")],
)
def test_trouble_says_whom_it_concerns(
    side: Side, sandbox: RunningSandbox, number: str, status: int, concerns: str
) -> None:
    found = side.look_up(sandbox.url, number)
    assert isinstance(found, NoLineAnswer)
    assert (found.http_status, found.concerns) == (status, concerns)
    assert isinstance(side.look_up(sandbox.url), LineFound)
    assert sandbox.get("/lookups") == [PHONE]


def test_a_wrong_secret_concerns_the_account(side: Side, sandbox: RunningSandbox) -> None:
    found = side.look_up(sandbox.url, secret="wrong")
    assert isinstance(found, NoLineAnswer)
    assert (found.http_status, found.concerns) == (401, "account")


@pytest.mark.parametrize(
    ("code", "concerns"), [("60606", "account"), ("60611", "account"), ("60699", "account"), ("60608", "number")]
)
def test_a_code_in_the_place_of_a_type_may_be_no_answer(
    side: Side, server: ScriptedServer, code: str, concerns: str
) -> None:
    server.plays(answer(code=code), answer(code="60601"))
    found = side.look_up(server.url)
    assert isinstance(found, NoLineAnswer)
    assert (found.code, found.concerns) == (code, concerns)
    # A country without coverage is an answer about the number, and is not asked for again.
    assert side.look_up(server.url) == LineFound("unknown", "unknown", "no type, code 60601")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, "<html>all is well</html>", content_type="text/html"),
        Reply(200, "{}"),
        answer('"mobile"', number="+12065550143"),
        Reply(404, "<html>nothing here</html>", content_type="text/html"),
        Reply(503, "busy"),
        Hang(),
        Reset(),
    ],
    ids=["page", "empty", "another-number", "page-404", "503", "hang", "reset"],
)
def test_what_proves_nothing_is_no_answer(side: Side, server: ScriptedServer, reply: Any) -> None:
    server.plays(reply)
    found = side.look_up(server.url, timeout=BRIEFLY)
    assert isinstance(found, NoLineAnswer)
    assert PHONE not in repr(found)
    assert side.secret not in repr(found)


def test_neither_the_number_nor_the_secret_is_in_what_is_kept(side: Side, server: ScriptedServer) -> None:
    server.plays(Reply(403, f'{{"code": 20008, "message": "{PHONE} with {side.secret}"}}'))
    found = side.look_up(server.url)
    assert isinstance(found, NoLineAnswer)
    assert (found.http_status, found.code, found.concerns) == (403, "20008", "account")
    assert PHONE not in repr(found)
    assert side.secret not in repr(found)
