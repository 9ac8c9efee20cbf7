"""A server starts when somebody needs it, stops with the last who did, and opens to nobody without a password."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from imes.database.roles import Roles
from imes.embedded.holding import Address, Hold, claim, connect, hold, release
from imes.embedded.pidfile import postmaster
from imes.embedded.server import Server

ROLES = Roles("imes")
# Holds a server, says that it does, and lets go when its input ends.
HOLDER = """
import sys
from pathlib import Path
from imes.database.roles import Roles
from imes.embedded.holding import hold
hold(Path(sys.argv[1]), roles=Roles("imes"))
print("held", flush=True)
sys.stdin.read()
"""


def log_in(address: Address, *, user: str, password: str) -> str:
    with psycopg.connect(host=address.host, user=user, password=password, dbname="imes") as connection:
        row = connection.execute("SELECT current_user").fetchone()
        assert row is not None
        return str(row[0])


def holder(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_both_logins_work_with_their_passwords_and_with_no_other(home: Path) -> None:
    address = hold(home, roles=ROLES)
    assert log_in(address, user="imes_app", password=address.passwords.app) == "imes_app"
    assert log_in(address, user="imes_owner", password=address.passwords.owner) == "imes_owner"
    for user, password in (("imes_app", address.passwords.owner), ("postgres", "postgres")):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            log_in(address, user=user, password=password)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host=address.host, user="postgres", dbname="imes")
    assert release(home)


def test_it_listens_on_no_network_address(home: Path) -> None:
    with connect(hold(home, roles=ROLES)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    assert release(home)


def test_rows_and_passwords_outlive_a_restart(home: Path) -> None:
    first = hold(home, roles=ROLES)
    with connect(first) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert release(home)
    assert not Server(home).answers
    second = hold(home, roles=ROLES)
    assert second.passwords == first.passwords
    with connect(second) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert release(home)


def test_many_that_start_at_once_share_one_server_and_the_last_stops_it(home: Path) -> None:
    processes = [holder(home) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
    server = Server(home)
    number = postmaster(server.places)
    for process in processes[:-1]:
        let_go(process)
        assert server.answers
        assert postmaster(server.places) == number
    let_go(processes[-1])
    assert not server.answers
    assert postmaster(server.places) is None


def test_a_killed_user_is_not_waited_for(home: Path) -> None:
    process = holder(home)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.kill()
    process.communicate()
    server = Server(home)
    assert server.answers
    hold(home, roles=ROLES)
    assert release(home)
    assert not server.answers


def test_a_claim_is_given_up_once(home: Path) -> None:
    server = Server(home, settings={"fsync": "off"})
    home.mkdir(mode=0o700)
    held: Hold = claim(server)
    assert server.start()
    assert not server.start()
    assert held.release()
    assert not held.release()


def test_a_path_too_long_for_a_socket_still_works(folder: Path) -> None:
    home = folder / ("long, and with a comma " * 5) / "postgres"
    address = hold(home, roles=ROLES)
    assert str(address.host).startswith("/tmp/imes-postgres-")  # noqa: S108
    assert log_in(address, user="imes_app", password=address.passwords.app) == "imes_app"
    assert release(home)
