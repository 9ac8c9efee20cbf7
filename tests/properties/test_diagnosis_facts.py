"""Whatever may be stored, the diagnosis answers: no check raises, each code is documented, a cause has its remedy."""

import dataclasses
import json
import types
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from imes.kernel.phone_defects import PhoneDefect
from notifications.core.dispatch_reasons import DispatchReason
from notifications.core.limit_facts import AllowanceFact, HoursFact, QuotaFact, ScheduleFact
from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus
from notifications.diagnosis.catalogue import ENTRIES, Code
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Proof, Section, Verdict
from notifications.diagnosis.redaction import Audience, redacted
from notifications.diagnosis.rendering import as_json, as_text
from notifications.diagnosis.report import report
from notifications.diagnosis.saved import load, save

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
#: Words that really stand in these columns, so that the branches are met, beside anything else.
WORDS = {
    "reason": [*(one.value for one in Reason), *(one.value for one in DispatchReason), "", "TWILIO-30003"],
    "outcome": ["in_flight", "accepted", "refused", "not_processed", "never_left", "unknown", "absent"],
    "word": ["", "queued", "sent", "delivered", "undelivered", "failed", "canceled", "odd"],
    "fault_code": ["", "21610", "30003", "30007", "20429", "99999"],
    "fault_text": ["", "the 'To' number +12065550142 is not valid"],
    "reason_text": ["", "Ana acknowledged it; it was for +12065550142"],
    "exception_class": ["", "ConnectionRefusedError", "ValueError"],
    "provider": ["twilio", "azure"],
    "verdict": ["go", "hold", "block"],
    "number": ["", "+12065550142", "(860) 555-8312"],
    "line_type": ["mobile", "landline", "voip", "toll_free", "unknown"],
    "standing": ["trial", "active", "payment_due", "past_due", "suspended", "cancelled"],
    "zone": ["UTC", "America/New_York", "Nowhere/Land"],
    "registration": ["not_needed", "pending", "verified", "failed"],
}
INSTANTS = st.integers(-100_000, 1000).map(lambda seconds: NOW + timedelta(seconds=seconds))
REASONS = st.sampled_from([one.value for one in Reason])
DEFECTS = st.lists(st.sampled_from([*(one.value for one in PhoneDefect), "new"]), max_size=3).map(tuple)


def _of(hint: Any, name: str) -> st.SearchStrategy[Any]:
    origin, parts = get_origin(hint), get_args(hint)
    if hint is str and name in WORDS:
        return st.sampled_from(WORDS[name])
    if name in {"defects", "number_defects"}:
        return DEFECTS
    if name == "shut":
        return st.lists(REASONS, max_size=3).map(tuple)
    if origin in (Union, types.UnionType):
        inner = [part for part in parts if part is not type(None)]
        return st.none() | _of(inner[0], name)
    if origin is tuple and parts[-1] is Ellipsis:
        return st.lists(_of(parts[0], name), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*(_of(part, name) for part in parts))
    if origin is not None:  # Literal
        return st.sampled_from(parts)
    if hint is datetime:
        return INSTANTS
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    if hint in LIMITS:
        return st.sampled_from(LIMITS[hint])
    if dataclasses.is_dataclass(hint):
        return _built(hint)  # type: ignore[arg-type]
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.sampled_from(["", "Ana", "sms"]),
        int: st.integers(0, 600),
        bool: st.booleans(),
    }
    return plain[hint]


#: A handful of each is enough to meet every branch, and drawing their fields one by one costs minutes.
LIMITS: dict[Any, list[Any]] = {
    QuotaFact: [
        QuotaFact(limit, taken, limit, taken, segments, calls, taken, resets_on)
        for limit, taken, segments, calls, resets_on in [
            (None, 0, 1, None, "2026-12-01"),
            (500, 499, 2, 100, "2026-12-01"),
            (500, 450, 1, 0, "2026-12-01"),
            (500, 500, 1, 500, "no date"),
        ]
    ],
    AllowanceFact: [
        AllowanceFact("Ana", "blank", None, 0, True),
        AllowanceFact("Ana", "number", 0, 0, True),
        AllowanceFact("Ana", "number", 5, 5, True),
        AllowanceFact("", "unlimited", None, 9, False),
    ],
    ScheduleFact: [
        ScheduleFact(True, "no_schedule", "UTC", "Fri 14:30", "", None),
        ScheduleFact(True, "window", "America/New_York", "Fri 09:30", "Mon-Fri 09:00-17:00", None),
        ScheduleFact(False, "outside", "Nowhere/Land", "Fri 06:30", "Mon-Fri 09:00-17:00", NOW + timedelta(hours=3)),
        ScheduleFact(False, "time_off", "UTC", "Fri 14:30", "time off", None),
        ScheduleFact(False, "exception", "UTC", "Fri 14:30", "not on 20 November", NOW + timedelta(days=1)),
    ],
    HoursFact: [
        HoursFact("urgent_exempt", True, "07:00-21:00", ("UTC",), ("Fri 14:30",), None),
        HoursFact("tenant", True, "07:00-21:00", (), (), None),
        HoursFact("direct_messages", False, "07:00-21:00", ("UTC", "Asia/Tokyo"), ("14:30", "23:30"), None),
        HoursFact("flow", False, "08:00-09:00", ("UTC",), ("Fri 14:30",), NOW + timedelta(hours=18)),
    ],
}


@cache
def _built(cls: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{field.name: _of(hints[field.name], field.name) for field in dataclasses.fields(cls)})


FACTS: st.SearchStrategy[Facts] = _built(Facts).map(lambda facts: dataclasses.replace(facts, asked_at=NOW))


@settings(max_examples=100, deadline=None)
@given(FACTS)
def test_every_generated_row_gets_a_report_that_is_documented(facts: Facts) -> None:
    found = report(facts)
    codes = [one.code for one in found.findings]
    assert len(set(codes)) == len(codes)
    for one in found.findings:
        assert one.verdict in ENTRIES[Code(one.code)].verdicts, (one.code, one.verdict)
        assert one.says
        if one.verdict is Verdict.STOPPED:
            assert one.remedy is not None
            assert one.remedy.text
            assert one.proof is not Proof.NONE
    assert {Section(ENTRIES[Code(code)].section) for code in codes} >= {Section.LOG, Section.PROVIDER, Section.PERSON}
    json.dumps(as_json(found))
    assert facts.row.public_id in as_text(found) or not facts.row.public_id


@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_what_reached_its_person_is_never_stopped_and_what_we_ended_always_has_a_cause(facts: Facts) -> None:
    found = report(facts)
    if facts.row.status in {NotificationStatus.DELIVERED, NotificationStatus.ACKNOWLEDGED, NotificationStatus.MERGED}:
        assert found.cause is None
        assert [one.code for one in found.findings if one.verdict is Verdict.STOPPED] == []
    if facts.row.status in {
        NotificationStatus.SKIPPED,
        NotificationStatus.FAILED,
        NotificationStatus.EXPIRED,
        NotificationStatus.CANCELLED,
        NotificationStatus.QUOTA_EXCEEDED,
    }:
        assert found.cause is not None


@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_saved_facts_are_the_same_when_they_are_loaded(facts: Facts) -> None:
    assert load(json.loads(json.dumps(save(facts)))) == facts


@settings(max_examples=60, deadline=None)
@given(FACTS, st.sampled_from(list(Audience)))
def test_each_audience_gets_a_report_and_the_outside_no_full_number(facts: Facts, audience: Audience) -> None:
    found = report(redacted(facts, audience))
    if audience is Audience.OUTSIDE:
        numbers = {facts.row.number, facts.now.number if facts.now else ""} - {"", None}
        said = as_json(found)
        for finding in said["findings"]:
            for number in numbers:
                assert number not in finding["says"]
