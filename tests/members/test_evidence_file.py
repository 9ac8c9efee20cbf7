"""A file of evidence is genuine exactly when every part of it is as it was signed, by a key that is known."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imes.kernel.signing import NotASigningKey, keyring, public_keys
from members.consent.evidence_file import as_json, embedded, signed, signed_page, verdict

SEED = "dGhlIHRlc3RzIHNpZ24gc2VhbHMgd2l0aCB0aGlzISE="
OTHER = "bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3IG5lIS4="
KEYS = keyring([SEED])
RECORD: dict[str, Any] = {
    "kind": "imes-consent-evidence",
    "version": 1,
    "number": "+12065550142",
    "prepared": {"at": "2026-11-20T18:00:00.000000Z", "by": {"name": "Ana", "email": "ana@harbor.example"}},
    "says": ["Every line.", "Times are UTC."],
    "lines": [
        {
            "id": "cns_0000000000000001",
            "act": "grant",
            "wording": {"text": "I agree </script> & <b>so</b> on \u2028 ...", "version": "sms-1", "sha256": "00"},
            "details": {"ip": "192.0.2.7", "raw_text": None, "is_ticked": True, "tries": 0},
        }
    ],
    "suppression": None,
}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """The document with one field that says something else."""
    other = copy.deepcopy(document)
    at = other
    for step in path[:-1]:
        at = at[step]
    was = at[path[-1]]
    at[path[-1]] = (not was) if isinstance(was, bool) else (was + 1 if isinstance(was, int) else f"{was or ''}x")
    return other


DOCUMENT = signed(RECORD, keys=KEYS)
PAGE = signed_page(f"<!doctype html><p>He agreed.</p>{embedded(DOCUMENT)}", keys=KEYS)


@pytest.mark.parametrize("data", [as_json(DOCUMENT), PAGE], ids=["JSON", "page"])
def test_what_was_signed_is_genuine_and_says_by_which_key(data: bytes) -> None:
    found = verdict(data, keys=KEYS.public)
    assert found.is_genuine
    assert KEYS.public[0].key_id in found.says
    assert found.record == RECORD


def test_the_same_content_in_another_layout_is_as_genuine() -> None:
    assert verdict(json.dumps(DOCUMENT, indent=2).encode(), keys=KEYS.public).is_genuine


@pytest.mark.parametrize("path", list(leaves(DOCUMENT)), ids=lambda path: ".".join(map(str, path)))
def test_no_field_can_be_changed(path: tuple[Any, ...]) -> None:
    assert not verdict(as_json(changed(DOCUMENT, path)), keys=KEYS.public).is_genuine


def test_nothing_can_be_left_out_put_in_or_moved() -> None:
    for name in RECORD:
        short = copy.deepcopy(DOCUMENT)
        del short["record"][name]
        assert not verdict(as_json(short), keys=KEYS.public).is_genuine
    more = copy.deepcopy(DOCUMENT)
    more["record"]["lines"].append(more["record"]["lines"][0])
    assert not verdict(as_json(more), keys=KEYS.public).is_genuine
    assert not verdict(as_json({**DOCUMENT, "note": "unsigned"}), keys=KEYS.public).is_genuine
    turned = copy.deepcopy(DOCUMENT)
    turned["record"]["says"].reverse()
    assert not verdict(as_json(turned), keys=KEYS.public).is_genuine


@pytest.mark.parametrize("data", [as_json(DOCUMENT), PAGE], ids=["JSON", "page"])
def test_no_byte_can_be_changed_cut_or_added_in_between(data: bytes) -> None:
    for place in range(len(data.rstrip())):
        for other in (data[place] ^ 1, data[place] ^ 32):
            altered = data[:place] + bytes([other]) + data[place + 1 :]
            found = verdict(altered, keys=KEYS.public)
            assert not found.is_genuine, (place, data[max(0, place - 20) : place + 20])
    for place in range(1, len(data), 37):
        assert not verdict(data[:place], keys=KEYS.public).is_genuine


def test_a_page_with_something_behind_its_signature_is_refused() -> None:
    assert not verdict(PAGE + b"<p>And more.</p>", keys=KEYS.public).is_genuine
    assert not verdict(PAGE + PAGE, keys=KEYS.public).is_genuine


def test_a_name_that_stands_twice_is_refused() -> None:
    """Readers would disagree which of the two counts."""
    text = as_json(DOCUMENT).decode()
    doubled = text.replace('"version":1', '"version":2,"version":1')
    assert doubled != text
    assert json.loads(doubled) == json.loads(text)
    assert not verdict(doubled.encode(), keys=KEYS.public).is_genuine


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"<html>", b"\xff", b"null", b"[" * 100_000, b'{"record":NaN}'])
def test_what_is_no_evidence_at_all_is_refused(data: bytes) -> None:
    assert not verdict(data, keys=KEYS.public).is_genuine


def test_a_strange_key_verifies_nothing_and_an_old_one_still_does() -> None:
    assert not verdict(as_json(DOCUMENT), keys=keyring([OTHER]).public).is_genuine
    assert not verdict(as_json(DOCUMENT), keys=()).is_genuine
    assert verdict(as_json(DOCUMENT), keys=keyring([OTHER, SEED]).public).is_genuine
    # Signed anew by somebody else, under the name of the key that is known.
    forged = signed(RECORD, keys=keyring([OTHER]))
    forged["signature"]["key_id"] = KEYS.public[0].key_id
    assert "INVALID" in verdict(as_json(forged), keys=KEYS.public).says


def test_words_in_a_record_cannot_break_out_of_the_page() -> None:
    text = embedded(DOCUMENT)
    assert text.count("</script>") == 1
    assert "<b>" not in text


def test_public_keys_come_back_from_their_pem() -> None:
    both = keyring([SEED, OTHER])
    found = public_keys("".join(key.pem for key in both.public))
    assert [key.key_id for key in found] == [key.key_id for key in both.public]
    for text in ("", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        with pytest.raises(NotASigningKey):
            public_keys(text)


@pytest.mark.parametrize("seed", ["", "x", "AAAA", SEED[:-4], SEED + "AAAA", "ü" * 43])
def test_a_seed_of_another_length_is_refused_and_never_repeated(seed: str) -> None:
    with pytest.raises(NotASigningKey) as refused:
        keyring([SEED, seed])
    assert "key 2" in str(refused.value)
    assert not seed or seed not in str(refused.value)
    assert SEED not in repr(KEYS)


def test_openssl_agrees(tmp_path: Path) -> None:
    import shutil
    import subprocess

    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    (tmp_path / "key.pem").write_text(KEYS.public[0].pem)
    (tmp_path / "record").write_bytes(as_json(DOCUMENT["record"]))
    (tmp_path / "signature").write_bytes(bytes.fromhex(DOCUMENT["signature"]["value"]))
    arguments = ["-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "record", "-sigfile", "signature"]
    done = subprocess.run(["openssl", "pkeyutl", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verified Successfully" in done.stdout + done.stderr
