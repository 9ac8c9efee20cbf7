"""The queue in a folder: what is sent arrives once and whole, and a spoilt message does not end a worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection

from imes import broker


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    broker.use()
    folder = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")}
    with Connection("filesystem://", transport_options={**folder, "polling_interval": 0.01}) as connection:
        yield connection


def test_messages_arrive_once_in_order_and_leave_nothing_behind(connection: Connection, tmp_path: Path) -> None:
    with connection.SimpleQueue("urgent") as queue:
        for number in range(3):
            queue.put({"number": number})
        found = [queue.get(timeout=10) for _ in range(3)]
        assert [message.payload["number"] for message in found] == [0, 1, 2]
        for message in found:
            message.ack()
        with pytest.raises(queue.Empty):
            queue.get(timeout=0.05)
    assert not [file for file in tmp_path.iterdir() if ".msg" in file.name]


def test_a_message_that_is_being_written_is_not_taken_and_a_spoilt_one_is_dropped(
    connection: Connection, tmp_path: Path
) -> None:
    with connection.SimpleQueue("urgent") as queue:
        (tmp_path / ".0001_x.urgent.msg.1.draft").write_text("")
        (tmp_path / "0002_x.urgent.msg").write_text("")
        queue.put({"number": 7})
        assert queue.get(timeout=10).payload == {"number": 7}
    assert (tmp_path / ".0001_x.urgent.msg.1.draft").exists()


def test_each_queue_gets_its_own(connection: Connection) -> None:
    with connection.SimpleQueue("urgent") as urgent, connection.SimpleQueue("bulk") as bulk:
        bulk.put({"for": "bulk"})
        urgent.put({"for": "urgent"})
        assert urgent.get(timeout=10).payload == {"for": "urgent"}
        assert bulk.get(timeout=10).payload == {"for": "bulk"}
