"""What every provider promises when it is asked what became of a message: found, surely not there, or no answer."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from notifications.providers.base import ProviderDidNotAnswer, Snapshot
from tests.contracts.contract import BEN, BODY, HARBOR_SENDER, SOON, TOKEN, TWILIO, Contract, twilio_message
from tests.contracts.scripted import Hang, Reply, Reset, ScriptedServer

FIRED = datetime(2026, 11, 20, 18, 0, 5, 400_000, tzinfo=UTC)


def fetch(server: ScriptedServer, *, timeout: timedelta = SOON, contract: Contract = TWILIO) -> Snapshot | None:
    return contract.provider.fetch("SM1", credentials=contract.credentials(server.url), timeout=timeout)


def find(server: ScriptedServer, *, limit: int = 200, contract: Contract = TWILIO) -> list[Snapshot]:
    credentials = contract.credentials(server.url)
    return contract.provider.find(to=BEN, after=FIRED, credentials=credentials, timeout=SOON, limit=limit)


def page(*created: str | None, next_page: str | None = None) -> Reply:
    messages = [
        twilio_message(f"SM{index}", "queued", date_created=f"Fri, 20 Nov 2026 {at} +0000" if at else None)
        for index, at in enumerate(created)
    ]
    return Reply(200, json.dumps({"messages": messages, "next_page_uri": next_page, "page": 0, "page_size": 50}))


def test_a_message_is_shown_as_the_provider_sees_it_now(server: ScriptedServer) -> None:
    message = twilio_message("SM1", "undelivered", error_code=30003, date_sent="Fri, 20 Nov 2026 18:00:07 +0000")
    server.plays(Reply(200, json.dumps(message)))
    found = fetch(server)
    assert found is not None
    assert (found.provider_message_id, found.status_word, found.error_code) == ("SM1", "undelivered", "30003")
    assert (found.to, found.sender, found.body) == (BEN, HARBOR_SENDER, BODY)
    assert found.created_at == datetime(2026, 11, 20, 18, 0, 5, tzinfo=UTC)
    assert found.sent_at == datetime(2026, 11, 20, 18, 0, 7, tzinfo=UTC)
    assert BODY not in repr(found)
    assert BEN not in repr(found)


def test_only_the_providers_own_word_means_that_a_message_does_not_exist(server: ScriptedServer) -> None:
    server.plays(
        TWILIO.refused(404, 20404, "The requested resource was not found"), Reply(404, "<p>?</p>", "text/html")
    )
    assert fetch(server) is None
    with pytest.raises(ProviderDidNotAnswer) as refused:
        fetch(server)
    assert (refused.value.http_status, refused.value.code) == (404, None)


@pytest.mark.parametrize(
    "play",
    [Reset(), Reply(503, "{}"), Reply(200, "<p>", "text/html"), Reply(200, "{}"), Reply(200, '{"messages": [{}]}')],
    ids=repr,
)
def test_no_answer_is_never_taken_for_nothing_there(server: ScriptedServer, play: Reply | Reset) -> None:
    server.plays(play, play)
    with pytest.raises(ProviderDidNotAnswer):
        fetch(server)
    with pytest.raises(ProviderDidNotAnswer):
        find(server)


def test_asking_has_a_timeout_too(server: ScriptedServer) -> None:
    server.plays(Hang())
    with pytest.raises(ProviderDidNotAnswer, match="TimeoutError"):
        fetch(server, timeout=timedelta(seconds=0.2))


def test_messages_made_since_then_are_found_by_number_and_older_ones_left_out(server: ScriptedServer) -> None:
    server.plays(page("18:00:06", "18:00:05", None, "18:00:04"))
    assert [snapshot.provider_message_id for snapshot in find(server)] == ["SM0", "SM1", "SM2"]
    [seen] = server.seen
    assert seen.query["To"] == [BEN]
    assert "DateSent>" not in seen.query, "a queued message has no date sent and would be missed"


def test_nothing_found_is_an_empty_list(server: ScriptedServer) -> None:
    server.plays(page())
    assert find(server) == []


def test_further_pages_are_read_from_the_same_server(server: ScriptedServer) -> None:
    server.plays(page("18:00:06", next_page="/2010-04-01/Accounts/AC/Messages.json?Page=1"), page("18:00:05"))
    assert len(find(server)) == 2
    assert server.seen[1].query == {"Page": ["1"]}


def test_a_list_that_is_not_complete_is_no_answer(server: ScriptedServer) -> None:
    server.plays(page(*["18:00:06"] * 3), page(*["18:00:06"] * 3))
    assert len(find(server, limit=3)) == 3
    with pytest.raises(ProviderDidNotAnswer, match="more than 2"):
        find(server, limit=2)


def test_what_went_wrong_is_told_without_secrets(server: ScriptedServer) -> None:
    server.plays(TWILIO.refused(401, 20003, f"Authenticate {TOKEN} {BEN}"))
    with pytest.raises(ProviderDidNotAnswer) as refused:
        find(server)
    assert (refused.value.http_status, refused.value.code) == (401, "20003")
    assert TOKEN not in str(refused.value)
    assert BEN not in str(refused.value)
