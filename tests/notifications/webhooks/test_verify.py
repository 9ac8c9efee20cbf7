"""Twilio's published signature vectors are believed, and every tampered form of them is not."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from django.http import QueryDict

from notifications.webhooks.verify import SignatureDefect, shared_key_id, signature_defect

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309"
JSON_BODY = b'{"property": "value", "boolean": true}'
JSON_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
SHA256_SETTINGS = {"X-Twilio-Webhooks-Signature-Settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}


def form(caller: str) -> str:
    return FORM.replace("14158675309", caller)


@dataclass(frozen=True)
class Vector:
    name: str
    url: str
    form: str
    signature: str
    body: bytes | None = None
    settings: Mapping[str, str] | None = None


VECTORS = [
    Vector("the first one", URL, FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    Vector("another caller", URL, form("12349013030"), "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
    Vector(
        "another caller, SHA256",
        URL,
        form("12349013030"),
        "Rmm4Vzj+Ky7JGoWXMCsZDZuHDszLr9xvdbvitrDr4/M=",
        settings=SHA256_SETTINGS,
    ),
    Vector(
        "another host",
        URL.replace("mycompany", "example"),
        form("14158675310"),
        "L/OH5YylLD5NRKLltdqwSvS0BnU=",
    ),
    Vector(
        "doubled fields",
        URL,
        "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    ),
    Vector("signed with :443, we know none", URL, FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    Vector(
        "signed without a port, we know :443", URL.replace(".com", ".com:443"), FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    ),
    Vector("http signed with :80", URL.replace("https", "http"), FORM, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    Vector(
        "http and a port of its own",
        URL.replace("https", "http").replace(".com", ".com:1234"),
        FORM,
        "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
    ),
    Vector("JSON", f"{URL}&bodySHA256={JSON_HASH}", "", "a9nBmqA0ju/hNViExpshrM61xv4=", body=JSON_BODY),
]
vectors = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
with_form = pytest.mark.parametrize("vector", [v for v in VECTORS if v.form], ids=lambda vector: vector.name)


def defect(vector: Vector, **changes: object) -> SignatureDefect | None:
    given: dict[str, object] = {
        "url": vector.url,
        "headers": {"X-Twilio-Signature": vector.signature, **(vector.settings or {})},
        "token": TOKEN,
        "params": QueryDict(vector.form),
        "body": vector.body,
    }
    return signature_defect(**(given | changes))  # type: ignore[arg-type]


@vectors
def test_a_published_vector_is_believed(vector: Vector) -> None:
    assert defect(vector) is None


@vectors
def test_a_changed_address_is_not_believed(vector: Vector) -> None:
    assert defect(vector, url=vector.url.replace("foo=1", "foo=2")) is SignatureDefect.SIGNATURE_WRONG
    assert defect(vector, url=vector.url.replace(".php", ".php/")) is SignatureDefect.SIGNATURE_WRONG


@vectors
def test_another_token_is_not_believed(vector: Vector) -> None:
    assert defect(vector, token="12346") is SignatureDefect.SIGNATURE_WRONG


@vectors
def test_a_changed_signature_is_not_believed(vector: Vector) -> None:
    changed = ("A" if vector.signature[0] != "A" else "B") + vector.signature[1:]
    headers = {"X-Twilio-Signature": changed, **(vector.settings or {})}
    assert defect(vector, headers=headers) is SignatureDefect.SIGNATURE_WRONG
    headers = {"X-Twilio-Signature": vector.signature[:-2], **(vector.settings or {})}
    assert defect(vector, headers=headers) is SignatureDefect.SIGNATURE_WRONG


@with_form
def test_a_changed_added_or_dropped_field_is_not_believed(vector: Vector) -> None:
    first, _, rest = vector.form.partition("&")
    for tampered in (f"{first}0&{rest}", f"{vector.form}&MessageStatus=delivered", rest, ""):
        assert defect(vector, params=QueryDict(tampered)) is SignatureDefect.SIGNATURE_WRONG


@vectors
def test_a_missing_or_empty_header_is_said_and_does_not_raise(vector: Vector) -> None:
    assert defect(vector, headers={}) is SignatureDefect.HEADER_MISSING
    assert defect(vector, headers={"X-Twilio-Signature": " "}) is SignatureDefect.HEADER_MISSING
    assert defect(vector) is None


@vectors
def test_without_a_token_of_ours_nothing_is_believed(vector: Vector) -> None:
    forged = base64.b64encode(hmac.new(b"", vector.url.encode(), hashlib.sha1).digest()).decode()
    headers = {"X-Twilio-Signature": forged}
    assert defect(vector, headers=headers, token="", params=None) is SignatureDefect.NO_KEY


def test_the_algorithm_is_the_one_that_the_header_names() -> None:
    vector = next(v for v in VECTORS if v.settings)
    signature = {"X-Twilio-Signature": vector.signature}
    assert defect(vector, headers=signature) is SignatureDefect.SIGNATURE_WRONG
    for named, expected in (("HMAC_SHA256", None), ("HMAC_MD5", SignatureDefect.ALGORITHM_UNKNOWN)):
        headers = signature | {"X-Twilio-Webhooks-Signature-Settings": f"key=k,algorithm={named}"}
        assert defect(vector, headers=headers) is expected


def test_a_changed_json_body_is_not_believed() -> None:
    vector = VECTORS[-1]
    assert defect(vector, body=JSON_BODY + b" ") is SignatureDefect.BODY_HASH_WRONG
    assert defect(vector, body=b"\xff\xfe") is SignatureDefect.BODY_HASH_WRONG
    assert defect(vector) is None


def test_a_json_body_that_the_address_does_not_cover_is_not_believed() -> None:
    signature = base64.b64encode(hmac.new(TOKEN.encode(), URL.encode(), hashlib.sha1).digest()).decode()
    headers = {"X-Twilio-Signature": signature}
    found = signature_defect(url=URL, headers=headers, token=TOKEN, body=JSON_BODY)
    assert found is SignatureDefect.BODY_HASH_MISSING
    assert signature_defect(url=URL, headers=headers, token=TOKEN) is None, "the same address as a GET is fine"


def test_a_plain_dict_of_lists_is_read_like_a_querydict() -> None:
    doubled = next(v for v in VECTORS if v.name == "doubled fields")
    assert defect(doubled, params=dict(QueryDict(doubled.form).lists())) is None
    assert defect(doubled, params=QueryDict(doubled.form).dict()) is SignatureDefect.SIGNATURE_WRONG


def test_headers_are_found_whatever_their_case() -> None:
    vector = VECTORS[0]
    assert defect(vector, headers={"x-twilio-signature": vector.signature}) is None


@pytest.mark.parametrize("url", ["https://h:99999999/x", "https://[::1/x", "", "\ud800"])
def test_an_unreadable_address_is_a_defect_and_not_an_error(url: str) -> None:
    found = signature_defect(url=url, headers={"X-Twilio-Signature": "x"}, token=TOKEN, params={"a": "\ud800"})
    assert found in {SignatureDefect.URL_MALFORMED, SignatureDefect.SIGNATURE_WRONG}


def test_a_signature_that_is_not_ascii_is_wrong_and_not_an_error() -> None:
    assert defect(VECTORS[0], headers={"X-Twilio-Signature": "é" * 28}) is SignatureDefect.SIGNATURE_WRONG


def test_the_shared_key_is_named_by_its_header_only() -> None:
    assert shared_key_id(SHA256_SETTINGS) == "webhooks_sharedkey_1"
    assert shared_key_id({"X-Twilio-Signature": "x"}) is None


@pytest.mark.parametrize("found", list(SignatureDefect))
def test_every_defect_has_its_words(found: SignatureDefect) -> None:
    assert found.says.endswith(".")
    assert TOKEN not in found.says
