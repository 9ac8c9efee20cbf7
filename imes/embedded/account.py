"""As whom PostgreSQL's programs run: they refuse root, and an ordinary account may not reach a folder of root's.

It never changes the mode of a folder that is not ours.
"""

import grp
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imes.embedded.binaries import Binaries
from imes.embedded.errors import EmbeddedPostgresError

NOBODY = 65534
# Group ids that neither Debian nor systemd hands out; with one of them as its group, the server's files and its memory
# are closed to every other process that happens to run as nobody.
PRIVATE_GROUPS = range(60578, 61184)


@dataclass(frozen=True, slots=True)
class Account:
    """Who owns the server's files, and how a command becomes that one."""

    uid: int
    gid: int
    become: bool = False
    wrapper: tuple[str, ...] = ()

    def run(self, command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `command` as this account, away from our own environment and current folder."""
        if self.become:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}
        if "LD_LIBRARY_PATH" in os.environ:
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        return subprocess.run(
            [*self.wrapper, *command], check=False, text=True, cwd="/", env=environment, umask=0o077, **options
        )

    def make_folder(self, folder: Path) -> None:
        """Make `folder` readable to this account alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def adopt(self, tree: Path) -> None:
        """Give this account a tree that an earlier run, as another account, left behind."""
        if os.geteuid() != 0 or not tree.exists() or tree.stat().st_uid == self.uid:
            return
        for folder, folders, files in os.walk(tree):
            for name in [*folders, *files]:
                os.chown(Path(folder) / name, self.uid, self.gid, follow_symlinks=False)
        os.chown(tree, self.uid, self.gid)

    def reaches(self, *, program: str, folder: Path) -> bool:
        """Say whether this account can run `program` and enter `folder`."""
        with suppress(OSError):
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            return (
                self.run([program, "--version"], **quiet).returncode == 0
                and self.run(["sh", "-c", 'cd "$0"', str(folder)], **quiet).returncode == 0
            )
        return False


def ordinary() -> Account:
    """Return the account of a process that is not root: itself."""
    return Account(os.geteuid(), os.getegid())


def open_to(guard: Path, account: Account) -> None:
    """Let only `account` (and root) pass through `guard`, a folder that we made."""
    if os.geteuid() == 0 and account.become:
        os.chown(guard, guard.stat().st_uid, account.gid)
        guard.chmod(0o710)
    else:
        guard.chmod(0o700)


def candidates(*, owner: int, gid: int) -> Iterator[Account]:
    """Yield the accounts root can run the server as, best first; `owner` and `gid` are those of the home folder."""
    if owner != 0:
        yield Account(owner, gid, become=True)
        return
    yield Account(NOBODY, _private_group(gid), become=True)
    yield Account(NOBODY, NOBODY, become=True)
    yield Account(0, 0, wrapper=("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"))


def _private_group(gid: int) -> int:
    """Return the group chosen earlier (the home folder's), or the first private one that has no name here."""
    if gid in PRIVATE_GROUPS:
        return gid
    named = {group.gr_gid for group in grp.getgrall()}
    return next((number for number in PRIVATE_GROUPS if number not in named), NOBODY)


def copy_programs(binaries: Binaries, folder: Path) -> Binaries:
    """Copy the programs with their libraries into `folder`, where any account may run them, and return the copy.

    :raises EmbeddedPostgresError: when there is no room for the copy.
    """
    target = folder / f"programs-{binaries.major}"
    if not target.exists():
        draft = folder / f"{target.name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            for tree in binaries.tree:
                shutil.copytree(tree, draft / tree.name, symlinks=True)
        except OSError as error:
            raise EmbeddedPostgresError(
                f"PostgreSQL's programs cannot be copied to {folder} ({error}): make room there, or set DATABASE_URL."
            ) from error
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        draft.rename(target)
    return Binaries(target / binaries.folder.relative_to(binaries.tree[0].parent), binaries.major)
