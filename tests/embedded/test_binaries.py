"""Where the programs are looked for, and what is said where there are none."""

from pathlib import Path

import pytest

from imes.embedded.binaries import find_binaries, refuse_foreign_platform
from imes.embedded.errors import EmbeddedPostgresError


def test_the_named_folder_comes_first_and_must_be_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_binaries()
    monkeypatch.setenv("IMES_PG_BIN", str(found.folder))
    assert find_binaries() == found
    monkeypatch.setenv("IMES_PG_BIN", str(tmp_path))
    with pytest.raises(EmbeddedPostgresError, match="does not hold initdb"):
        find_binaries()


@pytest.mark.parametrize(
    ("system", "bits", "libc"), [("darwin", 64, ""), ("win32", 64, ""), ("linux", 32, "glibc"), ("linux", 64, "musl")]
)
def test_elsewhere_than_on_64_bit_linux_with_glibc_one_line_says_to_set_database_url(
    system: str, bits: int, libc: str
) -> None:
    refuse_foreign_platform(system="linux", bits=64, libc="glibc")
    with pytest.raises(EmbeddedPostgresError, match="set DATABASE_URL") as refusal:
        refuse_foreign_platform(system=system, bits=bits, libc=libc)
    assert "\n" not in str(refusal.value)
