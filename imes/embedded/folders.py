"""Which account runs the server, and folders it can reach: decided once per start, under the start lock."""

import hashlib
import os
from pathlib import Path

from imes.embedded.account import Account, candidates, copy_programs, open_to, ordinary
from imes.embedded.binaries import Binaries
from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.places import Places

# Where root keeps what an unprivileged account must reach when the checkout itself is closed to it; survives a reboot.
ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - the folder is checked for its owner before it is used


def make_home(home: Path) -> Places:
    """Make the home folder when there is none, readable to its owner alone, and return the places in it.

    :raises EmbeddedPostgresError: when it belongs to another account.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"{home} cannot be made ({error.strerror}): make it, or set DATABASE_URL."
        ) from error
    owner = home.stat().st_uid
    if os.geteuid() not in (0, owner):
        raise EmbeddedPostgresError(
            f"{home} belongs to the account with id {owner}: run as that one, or set DATABASE_URL."
        )
    return Places.of(home)


def settle(
    places: Places, binaries: Binaries, *, accounts: list[Account] | None = None
) -> tuple[Places, Binaries, Account]:
    """Return where the server lives, with which programs, and as whom; the folders exist and are closed to others.

    :raises EmbeddedPostgresError: when no account can run it, or a folder is another's.
    """
    status = places.home.stat()
    if os.geteuid() != 0:
        _open_folders(places, ordinary(), owner=status.st_uid)
        return places, binaries, ordinary()
    tried = candidates(owner=status.st_uid, gid=places.root.stat().st_gid) if accounts is None else iter(accounts)
    first: Account | None = None
    for account in tried:
        first = first or account
        if _usable(places, binaries, account, owner=status.st_uid):
            return places, binaries, account
    if first is None or not first.become:
        raise EmbeddedPostgresError("No account can run PostgreSQL here: run as an ordinary user, or set DATABASE_URL.")
    places = _move_out(places)
    binaries = copy_programs(binaries, places.root)
    if not _usable(places, binaries, first, owner=status.st_uid):
        raise EmbeddedPostgresError(
            f"Root may not run PostgreSQL, and account {first.uid} cannot reach {places.root}: "
            "run as an ordinary user, or set DATABASE_URL."
        )
    return places, binaries, first


def _usable(places: Places, binaries: Binaries, account: Account, *, owner: int) -> bool:
    try:
        _open_folders(places, account, owner=owner)
        account.adopt(places.data)
        account.adopt(places.run)
    except OSError:
        return False  # a container without these ids
    return account.reaches(program=binaries.program("postgres"), folder=places.run) and account.reaches(
        program=binaries.program("initdb"), folder=places.socket_folder
    )


def _open_folders(places: Places, account: Account, *, owner: int) -> None:
    if places.guard != places.root:
        make_own_folder(places.guard, owner=owner)
        open_to(places.guard, account)
    open_to(places.root, account)
    account.make_folder(places.run)
    account.make_folder(places.socket_folder)


def make_own_folder(folder: Path, *, owner: int) -> None:
    """Make a folder in a place where others may write, or take the one that is there when it is `owner`'s.

    :raises EmbeddedPostgresError: when something of another account lies in its place.
    """
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    except FileExistsError:
        status = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or status.st_uid != owner:
            raise EmbeddedPostgresError(
                f"{folder} belongs to the account with id {status.st_uid}, not to {owner}: have it removed, "
                "or set DATABASE_URL."
            ) from None


def _move_out(places: Places) -> Places:
    """Return the places with the server's own files in a folder that other accounts can reach."""
    if places.root != places.home:
        return places
    name = f"imes-{hashlib.sha256(os.fsencode(places.home)).hexdigest()[:16]}"
    parent = next(folder for folder in ELSEWHERE if folder.is_dir() and os.access(folder, os.W_OK))
    make_own_folder(parent / name, owner=places.home.stat().st_uid)
    if places.data.exists() and not (parent / name / "data").exists():
        raise EmbeddedPostgresError(
            f"{places.data} cannot be reached by an unprivileged account any more: move it to "
            f"{parent / name / 'data'}, or open its parent folders."
        )
    (places.home / "elsewhere").write_text(f"{parent / name}\n")
    return Places.of(places.home)
