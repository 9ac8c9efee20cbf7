"""Which accounts can run the server, and which get nowhere near it; real accounts, so most of it needs root."""

import os
import pwd
import shutil
import socket
from pathlib import Path

import psycopg
import pytest

from imes.database.roles import Roles
from imes.embedded import folders
from imes.embedded.account import NOBODY, PRIVATE_GROUPS, Account, candidates
from imes.embedded.binaries import find_binaries
from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.folders import make_own_folder
from imes.embedded.holding import connect, hold, release
from imes.embedded.server import Server
from tests.embedded.conftest import REFUSED, as_account, needs_root

ROLES = Roles("imes")
# Known to every Linux, and neither root nor nobody.
DAEMON = pwd.getpwnam("daemon")


def reach(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(path))


@needs_root
def test_other_accounts_cannot_reach_the_socket_nor_read_the_data(home: Path) -> None:
    address = hold(home, roles=ROLES)
    places = Server(home).places
    reach(places.socket)
    for uid, gid in ((DAEMON.pw_uid, DAEMON.pw_gid), (NOBODY, NOBODY)):
        assert as_account(uid, gid, lambda: reach(places.socket)) == REFUSED
        assert as_account(uid, gid, lambda: os.listdir(places.data)) == REFUSED
        assert as_account(uid, gid, (home / "passwords.json").read_text) == REFUSED
    assert address.host == str(places.socket_folder)
    assert release(home)


@needs_root
def test_even_the_servers_own_account_needs_a_password(home: Path) -> None:
    address = hold(home, roles=ROLES)
    owner = Server(home).places.data.stat()
    if owner.st_uid == 0:
        pytest.skip("the server runs in a user namespace here, as an account that nobody else can take")

    def log_in(password: str | None) -> None:
        psycopg.connect(host=address.host, user="postgres", password=password, dbname="postgres").close()

    def fail_to_log_in() -> None:
        for password in (None, "", "postgres"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                log_in(password)

    assert as_account(owner.st_uid, owner.st_gid, fail_to_log_in) == 0
    assert as_account(owner.st_uid, owner.st_gid, lambda: log_in(address.passwords.superuser)) == 0
    assert release(home)


@needs_root
def test_an_ordinary_account_runs_its_own(folder: Path) -> None:
    home = folder / "ordinary" / "postgres"
    home.parent.mkdir(mode=0o700)
    os.chown(home.parent, DAEMON.pw_uid, DAEMON.pw_gid)
    account = Account(DAEMON.pw_uid, DAEMON.pw_gid, become=True)
    if not account.reaches(program=find_binaries().program("postgres"), folder=home.parent):
        pytest.skip("this checkout lies in a folder that only root may enter")

    def use() -> None:
        with connect(hold(home, roles=ROLES)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert release(home)

    assert as_account(account.uid, account.gid, use) == 0
    assert {path.stat().st_uid for path in (home, home / "data", home / "passwords.json")} == {account.uid}
    # Root takes the data over as its owner, so that the owner can go on afterwards.
    with connect(hold(home, roles=ROLES)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert release(home)
    assert as_account(account.uid, account.gid, use) == 0


@needs_root
def test_another_accounts_home_is_refused_in_one_line(home: Path) -> None:
    home.mkdir(mode=0o700)

    def start() -> None:
        with pytest.raises(EmbeddedPostgresError, match="belongs to the account with id 0"):
            Server(home).start()

    home.parent.chmod(0o777)
    assert as_account(DAEMON.pw_uid, DAEMON.pw_gid, start) == 0


@needs_root
def test_a_checkout_that_only_root_may_enter_works_and_stays_closed(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with connect(hold(closed / "postgres", roles=ROLES)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert release(closed / "postgres")
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_without_user_namespaces_programs_and_data_move_to_where_the_server_can_reach_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, reachable = folder / "closed", folder / "reachable"
    closed.mkdir(mode=0o700)
    reachable.mkdir(mode=0o755)
    # The programs, too, lie where the server's account cannot go.
    binaries = find_binaries()
    for tree in binaries.tree:
        shutil.copytree(tree, closed / tree.name)
    monkeypatch.setenv("IMES_PG_BIN", str(closed / binaries.folder.relative_to(binaries.tree[0].parent)))
    monkeypatch.setattr(folders, "ELSEWHERE", (reachable,))
    monkeypatch.setattr(folders, "candidates", lambda **home: list(candidates(**home))[:2])
    home = closed / "postgres"
    for _ in range(2):
        with connect(hold(home, roles=ROLES)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert release(home)
    places = Server(home).places
    assert places.data.is_relative_to(reachable)
    assert places.root.stat().st_gid in PRIVATE_GROUPS
    assert as_account(NOBODY, NOBODY, lambda: os.listdir(places.data)) == REFUSED
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_a_folder_that_somebody_else_put_in_the_sockets_place_is_refused(folder: Path) -> None:
    squatted = folder / "guard"
    squatted.mkdir()
    os.chown(squatted, DAEMON.pw_uid, DAEMON.pw_gid)
    with pytest.raises(EmbeddedPostgresError, match=f"belongs to the account with id {DAEMON.pw_uid}"):
        make_own_folder(squatted, owner=0)
    link = folder / "link"
    link.symlink_to(folder)
    with pytest.raises(EmbeddedPostgresError, match="have it removed"):
        make_own_folder(link, owner=0)
    squatted.rmdir()
    make_own_folder(squatted, owner=0)
    make_own_folder(squatted, owner=0)
    assert squatted.stat().st_mode & 0o777 == 0o700
