"""Whatever an earlier run left behind, the next start works or says in one line what to do."""

import os
import signal
import subprocess
from pathlib import Path
from select import select

import pytest

from imes.database.roles import Roles
from imes.embedded.account import Account
from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.holding import connect, hold, release
from imes.embedded.pidfile import postmaster
from imes.embedded.server import Server

ROLES = Roles("imes")


def kill_and_wait(number: int) -> None:
    gone = os.pidfd_open(number)
    os.kill(number, signal.SIGKILL)
    assert select([gone], [], [], 10)[0]
    os.close(gone)


def test_a_killed_server_starts_again_with_what_was_committed(home: Path) -> None:
    with connect(hold(home, roles=ROLES)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    number = postmaster(Server(home).places)
    assert number is not None
    kill_and_wait(number)
    with connect(hold(home, roles=ROLES)) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert postmaster(Server(home).places) != number
    assert release(home)


def test_a_stale_note_that_names_a_living_stranger_neither_stops_us_nor_harms_the_stranger(home: Path) -> None:
    server = Server(home)
    server.start()
    places = server.places
    note = places.pid_file.read_text().splitlines()
    assert server.stop()
    # The stranger runs as the server's own account: PostgreSQL itself forgives only those of other accounts.
    owner = places.data.stat()
    account = Account(owner.st_uid, owner.st_gid, become=os.geteuid() == 0)
    options = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.become else {}
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **options)  # type: ignore[call-overload]
    try:
        for stale in (places.pid_file, places.socket_note):
            stale.write_text("\n".join([str(stranger.pid), *note[1:]]) + "\n")
            os.chown(stale, owner.st_uid, owner.st_gid)
        assert not server.answers
        assert not server.stop()
        assert server.start()
        assert postmaster(places) != stranger.pid
        assert server.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_is_done_again(home: Path) -> None:
    (home / "data.new" / "base").mkdir(parents=True)
    home.chmod(0o700)
    server = Server(home)
    assert server.start()
    assert server.answers
    assert not (home / "data.new").exists()


@pytest.mark.parametrize("version", ["13", "99"])
def test_data_of_another_major_version_is_refused_with_the_remedy(home: Path, version: str) -> None:
    server = Server(home)
    server.start()
    server.stop()
    note = server.places.data / "PG_VERSION"
    ours = note.read_text()
    note.write_text(f"{version}\n")
    with pytest.raises(EmbeddedPostgresError, match=f"is PostgreSQL {version}'s.*IMES_PG_BIN") as refusal:
        server.start()
    assert "\n" not in str(refusal.value)
    note.write_text(ours)
    assert server.start()


def test_lost_passwords_are_named_and_the_data_is_left_alone(home: Path) -> None:
    server = Server(home)
    server.start()
    server.stop()
    kept = (home / "passwords.json").rename(home / "elsewhere-for-now")
    with pytest.raises(EmbeddedPostgresError, match="put the file back"):
        server.start()
    kept.rename(home / "passwords.json")
    assert server.start()


def test_a_running_server_is_not_removed(home: Path) -> None:
    server = Server(home)
    server.start()
    with pytest.raises(EmbeddedPostgresError, match="stop it first"):
        server.remove()
    assert server.answers
    server.stop()
    server.remove()
    assert not home.exists()
