"""The file that evidence leaves in: signed JSON, or one printable page that carries it; and whether a file is genuine.

Needs no database and no Django: whoever has a file and the public key can check it. Source of the signature: RFC 8032.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from imes.kernel.canonical import canonical
from imes.kernel.signing import Keyring, PublicKey

KIND = "imes-consent-evidence"
ALGORITHM = "Ed25519"
_SIGNATURE = frozenset({"algorithm", "key_id", "value"})
_DOCUMENT = frozenset({"record", "signature"})
#: The record inside a page, and the signature over everything before it, which ends the page.
_OPENS = '<script type="application/json" id="signed-record">'
_RECORD = re.compile(re.escape(_OPENS).encode() + rb"(?P<json>[^<]*)</script>")
_PAGE_END = re.compile(rb"<!-- Ed25519 (?P<key_id>[0-9a-f]{16}) (?P<value>[0-9a-f]{128}) -->\n?\Z")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a file is as it was signed, in one sentence; `record` is what it says, where that can be trusted."""

    is_genuine: bool
    says: str
    key_id: str = ""
    record: Mapping[str, Any] | None = None


class _NotEvidence(ValueError):
    """The file is not of the form that evidence has."""


def signed(record: Mapping[str, Any], *, keys: Keyring) -> dict[str, Any]:
    """The record with a signature over its canonical form."""
    signature = keys.sign(canonical(record))
    return {
        "record": record,
        "signature": {"algorithm": ALGORITHM, "key_id": signature.key_id, "value": signature.value.hex()},
    }


def as_json(document: Mapping[str, Any]) -> bytes:
    """The document as a file: its canonical form."""
    return canonical(document)


def embedded(document: Mapping[str, Any]) -> str:
    """The document as an element of a page; nothing in it can end the element."""
    text = canonical(document).decode("utf-8", "replace")
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f"{_OPENS}{text}</script>"


def signed_page(page: str, *, keys: Keyring) -> bytes:
    """The page with a signature over every byte of it, so that what is printed is as safe as what it carries."""
    body = page.rstrip().encode() + b"\n"
    signature = keys.sign(body)
    return body + f"<!-- {ALGORITHM} {signature.key_id} {signature.value.hex()} -->\n".encode()


def verdict(data: bytes, *, keys: Iterable[PublicKey]) -> Verdict:
    """Say whether a file, JSON or page, is byte for byte what one of these keys signed."""
    known = {key.key_id: key for key in keys}
    try:
        return _of_page(data, known) if data.lstrip()[:1] == b"<" else _of_json(data, known)
    except (_NotEvidence, ValueError, RecursionError) as refused:
        says = str(refused) if isinstance(refused, _NotEvidence) else "it cannot be read"
        return Verdict(False, f"INVALID: {says}.")


def _of_json(data: bytes, known: Mapping[str, PublicKey]) -> Verdict:
    document = _read(data)
    signature = document["signature"]
    return _judged(canonical(document["record"]), signature["key_id"], signature["value"], known, document["record"])


def _of_page(data: bytes, known: Mapping[str, PublicKey]) -> Verdict:
    end = _PAGE_END.search(data)
    if end is None:
        raise _NotEvidence("the page does not end with its signature")
    key_id, value = end["key_id"].decode(), end["value"].decode()
    outer = _judged(data[: end.start()], key_id, value, known, None)
    if not outer.is_genuine:
        return outer
    carried = _RECORD.findall(data)
    if len(carried) != 1:
        raise _NotEvidence("the page does not carry one record")
    return _of_json(carried[0], known)


def _judged(
    text: bytes, key_id: str, value: str, known: Mapping[str, PublicKey], record: Mapping[str, Any] | None
) -> Verdict:
    key = known.get(key_id)
    if key is None:
        names = ", ".join(known) or "none"
        return Verdict(
            False, f"NOT VERIFIED: it names key {key_id}, which is not among the keys here ({names}).", key_id
        )
    if not key.verifies(text, signature=bytes.fromhex(value)):
        return Verdict(False, f"INVALID: it was altered after key {key_id} signed it, or that key never did.", key_id)
    return Verdict(True, f"VALID: it is exactly what key {key_id} signed.", key_id, record)


def _read(data: bytes) -> dict[str, Any]:
    """The document, if it is one and nothing stands in it twice or unsigned."""
    document = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse_constant)
    if not isinstance(document, dict) or set(document) != _DOCUMENT:
        raise _NotEvidence("it is not a record with its signature, and nothing else")
    record, signature = document["record"], document["signature"]
    if not isinstance(record, dict) or record.get("kind") != KIND:
        raise _NotEvidence("its record is not consent evidence")
    if not isinstance(signature, dict) or set(signature) != _SIGNATURE or signature["algorithm"] != ALGORITHM:
        raise _NotEvidence("its signature has another form")
    key_id, value = signature["key_id"], signature["value"]
    if not isinstance(key_id, str) or not re.fullmatch(r"[0-9a-f]{16}", key_id):
        raise _NotEvidence("its signature has another form")
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{128}", value):
        raise _NotEvidence("its signature has another form")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotEvidence("a name stands in it twice")
    return found


def _refuse_constant(word: str) -> None:
    raise _NotEvidence(f"{word} has no place in it")
