"""One value has one byte string, and a digest needs its salt."""

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest

from imes.kernel.canonical import HasNoCanonicalForm, canonical, salted_digest


class Channel(StrEnum):
    SMS = "sms"


def test_the_form_is_sorted_tight_utf8_with_instants_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    data = {
        "b": [1, True, None, "ü"],
        "a": datetime(2025, 11, 3, 14, tzinfo=east),
        "c": {"d": Decimal("1.50"), "e": date(2025, 11, 3), "f": UUID(int=1), "g": Channel.SMS},
    }
    assert (
        canonical(data)
        == (
            '{"a":"2025-11-03T12:00:00.000000Z","b":[1,true,null,"ü"],'
            '"c":{"d":"1.50","e":"2025-11-03","f":"00000000-0000-0000-0000-000000000001","g":"sms"}}'
        ).encode()
    )


def test_the_same_instant_and_the_same_mapping_have_one_form() -> None:
    instant = datetime(2025, 11, 3, 12, tzinfo=UTC)
    assert canonical({"a": instant, "b": (1,)}) == canonical(
        {"b": [1], "a": instant.astimezone(timezone(timedelta(hours=-5)))}
    )


@pytest.mark.parametrize(
    "data",
    [datetime(2025, 11, 3, tzinfo=UTC).replace(tzinfo=None), {1: 2}, {1, 2}, b"x", float("nan"), float("inf"), ...],
    ids=repr,
)
def test_what_has_no_single_form_is_refused(data: object) -> None:
    with pytest.raises(HasNoCanonicalForm):
        canonical({"value": data})


def test_a_digest_is_that_of_salt_and_form_and_changes_with_either() -> None:
    salt, other = b"s" * 16, b"t" * 16
    assert salted_digest({"a": 1}, salt=salt) == hashlib.sha256(salt + b'{"a":1}').digest()
    assert salted_digest({"a": 1}, salt=salt) != salted_digest({"a": 1}, salt=other)
    assert salted_digest({"a": 1}, salt=salt) != salted_digest({"a": 2}, salt=salt)
    with pytest.raises(ValueError, match="16 bytes"):
        salted_digest({"a": 1}, salt=b"short")
