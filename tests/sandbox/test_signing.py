"""The sandbox's signatures against Twilio's published vectors."""

import pytest

from notifications.sandbox.twilio.signing import signature

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
ONE_CALLER = {**CALL, "From": "+12349013030", "Caller": "+12349013030"}
OTHER_CALLER = {**CALL, "From": "+14158675310", "Caller": "+14158675310"}
REPEATED = {"Sid": "CA123", "SidAccount": "AC123", "Digits": ["5678", "1234", "1234"]}


@pytest.mark.parametrize(
    ("url", "params", "expected"),
    [
        (URL, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, ONE_CALLER, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
        ("https://example.com/myapp.php?foo=1&bar=2", OTHER_CALLER, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        (URL, REPEATED, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        (URL.replace(".com", ".com:443"), CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL.replace("https", "http").replace(".com", ".com:80"), CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (URL.replace("https", "http").replace(".com", ".com:1234"), CALL, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_a_signature_is_the_published_one(url: str, params: dict[str, str | list[str]], expected: str) -> None:
    assert signature(url, params=params, token="12345") == expected


def test_the_fragment_is_not_signed_and_everything_else_is() -> None:
    plain = signature(URL, params=CALL, token="12345")
    assert signature(URL + "#rc=2&rp=all", params=CALL, token="12345") == plain
    assert signature(URL + "&x=1", params=CALL, token="12345") != plain
    assert signature(URL, params={**CALL, "Digits": "1235"}, token="12345") != plain
    assert signature(URL, params=CALL, token="12346") != plain
