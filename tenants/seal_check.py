"""Whether what was sealed still stands as it was: every seal, every line below it, and every line's side row.

It reads and repairs nothing. What was never sealed it can only count.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any

from imes.kernel.canonical import salted_digest
from imes.kernel.signing import Keyring
from tenants.chains import Chain
from tenants.models import Seal
from tenants.seals import MOST_LINES, NOTHING_BEFORE, line_digest, lines_between, seal_digest

_DIGEST = 32
_NEWEST = 2**63 - 1
#: The first ones say enough; the rest is counted.
MOST_BREACHES = 20
#: An ordinal, and the digest that its seal is known to have had.
Known = Mapping[int, str]


@dataclass(slots=True)
class Outcome:
    """What was found in one chain. `breaches` are sentences, in the order of the lines; each names a line or a seal."""

    chain: str
    seals: int = 0
    sealed: int = 0
    unsealed: int = 0
    erased: int = 0
    first_erased: str = ""
    newest: str = ""
    breaches: list[str] = field(default_factory=list)
    more_breaches: int = 0

    @property
    def is_clean(self) -> bool:
        return not self.breaches

    def broken(self, says: str) -> None:
        if len(self.breaches) < MOST_BREACHES:
            self.breaches.append(says)
        else:
            self.more_breaches += 1


def check(chain: Chain, *, keys: Keyring, known: Known, progress: Callable[[int], None]) -> Outcome:
    """Compute everything anew and name what differs; needs `platform_scope`.

    :param known: seals that were noted elsewhere, and must still be the same.
    :param progress: told how many lines were looked at so far.
    """
    found = Outcome(chain.name)
    before: Seal | None = None
    for seal in Seal.objects.filter(chain=chain.name).order_by("ordinal").iterator(chunk_size=1):
        _check_seal(seal, before, keys=keys, known=known, found=found)
        lines = list(lines_between(chain, after_id=before.last_id if before else None, last_id=seal.last_id))
        _check_lines(seal, lines, found=found)
        _check_side(chain, lines, found=found)
        found.seals, found.sealed = found.seals + 1, found.sealed + len(lines)
        found.newest = f"{chain.name}:{seal.ordinal}:{bytes(seal.digest).hex()}"
        progress(found.sealed)
        before = seal
    last = before.ordinal if before else 0
    for ordinal in sorted(known):
        if ordinal > last:
            found.broken(
                f"Seal {ordinal} is gone: the newest one is {last}. Seals, and what they covered, were removed"
            )
    for lines in _unsealed(chain, after_id=before.last_id if before else None):
        _check_side(chain, lines, found=found)
        found.unsealed += len(lines)
        progress(found.sealed + found.unsealed)
    return found


def _check_seal(seal: Seal, before: Seal | None, *, keys: Keyring, known: Known, found: Outcome) -> None:
    """The seal follows the one before it, says what was signed, and is signed by a key of ours."""
    expected = before.ordinal + 1 if before else 1
    follows = (expected, before.last_id if before else 0, bytes(before.digest) if before else NOTHING_BEFORE)
    digest = bytes(seal.digest)
    key = keys.key(seal.key_id)
    if seal.ordinal != expected:
        found.broken(f"Seal {expected} is gone: seal {seal.ordinal} comes right after {expected - 1}")
    elif (seal.ordinal, seal.after_id, bytes(seal.previous)) != follows:
        found.broken(f"Seal {seal.ordinal} does not follow the seal before it: one of the two was changed")
    if digest != seal_digest(seal):
        found.broken(f"Seal {seal.ordinal} was changed: its digest is not the one of what it says")
    elif key is None:
        found.broken(f"Seal {seal.ordinal} is signed by {seal.key_id}, which is no key of this installation")
    elif not key.verifies(digest, signature=bytes(seal.signature)):
        found.broken(f"Seal {seal.ordinal} was changed: its signature is not the one of its digest")
    if (noted := known.get(seal.ordinal)) is not None and not digest.hex().startswith(noted):
        found.broken(f"Seal {seal.ordinal} is not the one that was noted elsewhere: it was made anew")


def _check_lines(seal: Seal, lines: Sequence[Mapping[str, Any]], *, found: Outcome) -> None:
    joined = bytes(seal.line_digests)
    sealed = [joined[at : at + _DIGEST] for at in range(0, len(joined), _DIGEST)]
    standing = [line_digest(line) for line in lines]
    if sealed != standing:
        found.broken(
            f"{first_difference(sealed, standing, names=[line['public_id'] for line in lines])} (seal {seal.ordinal})"
        )


def first_difference(sealed: Sequence[bytes], standing: Sequence[bytes], *, names: Sequence[str]) -> str:
    """Say of the first line that is not as it was sealed what happened to it. The two sequences differ.

    :param names: the public ids of the lines that stand.
    """
    at = next(at for at, (was, now) in enumerate(zip_longest(sealed, standing)) if was != now)
    after = f"after {names[at - 1]}" if at else "at the beginning of the stretch"
    if at == len(standing):
        return f"{len(sealed) - at} sealed line(s) are missing {after}: they were deleted"
    if standing[at] in sealed[at + 1 :]:
        missing = sealed.index(standing[at], at + 1) - at
        return f"{missing} sealed line(s) are missing before {names[at]}: they were deleted"
    if at == len(sealed) or sealed[at] in standing[at + 1 :]:
        return f"{names[at]} was put in between sealed lines"
    return f"{names[at]} was changed after it was sealed"


def _check_side(chain: Chain, lines: Sequence[Mapping[str, Any]], *, found: Outcome) -> None:
    """Each line's side row is the one that its salted digest was taken over, or was erased."""
    ids = [line["id"] for line in lines]
    side = chain.side._base_manager.filter(**{f"{chain.side_key}__in": ids}).values(chain.side_key, "salt", "data")
    rows = {row[chain.side_key]: row for row in side}
    for line in lines:
        state = side_state(line["digest"], rows.get(line["id"]))
        if state == "changed":
            found.broken(f"The personal data beside {line['public_id']} was changed")
        elif state == "erased":
            found.erased += 1
            found.first_erased = found.first_erased or line["public_id"]


def side_state(digest: bytes, row: Mapping[str, Any] | None) -> str:
    """Whether a side row `matches` its line, was `erased` (gone, or emptied), or `changed`."""
    if row is None:
        return "erased"
    salt = bytes(row["salt"])
    if len(salt) == len(bytes(16)) and salted_digest(row["data"], salt=salt) == bytes(digest):
        return "matches"
    return "changed" if row["data"] else "erased"


def _unsealed(chain: Chain, *, after_id: int | None) -> Iterator[list[dict[str, Any]]]:
    lines = lines_between(chain, after_id=after_id, last_id=_NEWEST).iterator(chunk_size=MOST_LINES)
    while batch := list(islice(lines, MOST_LINES)):
        yield batch
