"""One request or several: whose a double on the phone is, which way it came to be, and who may read what of it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifications.core.states import Channel, NotificationStatus
from notifications.diagnosis.facts import Facts, ReceiptFact, SiblingFact
from notifications.diagnosis.facts_duplicates import DuplicatesFact, FiringFact, RecordFact, RequestFact
from notifications.diagnosis.finding import Finding, Verdict, Who
from notifications.diagnosis.redaction import Audience, redacted
from notifications.diagnosis.rendering import as_json
from notifications.diagnosis.report import report
from notifications.diagnosis.saved import load, save
from tests.notifications.diagnosis.made import ATTEMPT, HEALTHY, NUMBER, SENDER, by_code, row

AT = ATTEMPT.committed_at
FIRING = FiringFact("alt_1", AT, 4, "Pump down", "hook", "", "trg_1", False, "192.0.2.7")
OWN = RequestFact(
    "ntf_1", 1, "att_1", Channel.SMS, "twilio", SENDER, AT, "accepted", "SM1", "delivered",
    member_ref="mbr_ben", who="Ben", step=1, place=1, round=1, firing=FIRING,
)  # fmt: skip


def other(*, after: float = 3, **changes: Any) -> RequestFact:
    """Another row's request with the same text, some seconds after the row's own."""
    values = {"row_ref": "ntf_2", "row_pk": 2, "attempt_ref": "att_2", "provider_message_id": "SM2", **changes}
    return replace(OWN, committed_at=AT + timedelta(seconds=after), **values)


def fired(**changes: Any) -> FiringFact:
    """Another firing, three seconds later."""
    values = {"alert_ref": "alt_2", "at": AT + timedelta(seconds=3), "request_ref": "trg_2", **changes}
    return replace(FIRING, **values)


def beside(*copies: RequestFact, own: RequestFact = OWN, **changes: Any) -> Facts:
    return replace(HEALTHY, duplicates=DuplicatesFact(own, copies, **changes))


def doubled(*copies: RequestFact, own: RequestFact = OWN) -> Finding:
    """The finding about several requests, which stands in the place of the one about one."""
    found = by_code(beside(*copies, own=own))
    assert "DUPLICATE-1" not in found
    return found["DUPLICATE-2"]


@pytest.mark.row(87, 89)
def test_one_request_and_one_id_prove_that_a_second_copy_is_not_ours() -> None:
    found = by_code(beside())["DUPLICATE-1"]
    assert found.verdict is Verdict.CLEAR
    assert "one alert, one notification, one request to Twilio and one ID of it (SM1)" in found.says
    assert "made by the carrier, and is not ours" in found.says
    shown = {one.name: one for one in found.evidence}
    assert shown["Request 1 to Twilio"].value == "ntf_1, accepted, delivered, SM1"
    assert (shown["Request 1 to Twilio"].at, shown["Request 1 to Twilio"].ref) == (AT, "att_1")
    assert "trg_1 from 192.0.2.7" in shown["Firing of Pump down"].value
    assert found.remedy is not None
    assert found.remedy.who is Who.PERSON
    assert "roaming" in found.remedy.text
    assert "suspect a disruption" in found.remedy.text


@pytest.mark.row(89)
def test_what_the_provider_knew_when_it_was_asked_is_part_of_the_proof() -> None:
    asked = replace(
        ATTEMPT,
        asked_at=AT + timedelta(seconds=65),
        asked_times=1,
        receipts=(ReceiptFact("delivered", "", "asked", AT + timedelta(seconds=65), times=2),),
    )
    found = by_code(replace(beside(), attempts=(asked,)))["DUPLICATE-1"]
    assert "which knew it when it was asked at 14:21:05 UTC" in found.says
    assert any("one word told twice and no second message" in one.value for one in found.evidence)
    unasked = by_code(beside())["DUPLICATE-1"]
    assert "asked" not in unasked.says


def test_as_long_as_the_outcome_is_unknown_nobody_says_how_many_there_are() -> None:
    lost = replace(ATTEMPT, outcome="unknown", provider_message_id="", word="", receipts=())
    facts = row(replace(beside(), attempts=(lost,)), status=NotificationStatus.UNCONFIRMED)
    assert by_code(facts)["DUPLICATE-1"].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("outcome", ["refused", "not_processed", "never_left"])
def test_what_never_went_cannot_come_twice(outcome: str) -> None:
    first = replace(ATTEMPT, outcome=outcome, provider_message_id="", word="", receipts=(), ordinal=1)
    alone = replace(beside(), attempts=(first,))
    assert by_code(alone)["DUPLICATE-1"].verdict is Verdict.NOT_APPLICABLE
    second = replace(ATTEMPT, ordinal=2, public_id="att_2")
    assert by_code(replace(beside(), attempts=(first, second)))["DUPLICATE-1"].verdict is Verdict.CLEAR
    turned_away = beside(other(outcome=outcome, firing=fired()))
    assert by_code(turned_away)["DUPLICATE-1"].verdict is Verdict.CLEAR


def test_a_merged_row_is_no_double_and_names_its_carrier() -> None:
    into = SiblingFact(9, "ntf_9", "delivered", "sms", "Ben")
    merged = row(replace(beside(), attempts=()), status=NotificationStatus.MERGED, merged_into=into)
    found = by_code(merged)["DUPLICATE-1"]
    assert found.verdict is Verdict.NOT_APPLICABLE
    assert "went out inside ntf_9" in found.says
    unsent = by_code(merged)["PROVIDER-1"]
    assert (unsent.verdict, "nothing left" in unsent.says) == (Verdict.CLEAR, False)
    assert "left inside ntf_9" in unsent.says


def test_a_page_for_several_alerts_does_not_claim_one() -> None:
    found = by_code(row(beside(), carries=12))["DUPLICATE-1"]
    assert found.verdict is Verdict.CLEAR
    assert found.says.startswith("There were 13 alerts, and for all of them one notification, one request to Twilio")


@pytest.mark.row(86, 87)
def test_a_flow_that_was_fired_twice_names_both_requests_and_asks_for_a_key() -> None:
    found = doubled(other(firing=fired()))
    assert (found.verdict, found.rows) == (Verdict.NOTABLE, (86, 87))
    assert f"The portal made 2 requests with this text to {NUMBER} within 3 s" in found.says
    for words in (
        "fired twice, 3 s apart",
        "webhook request trg_1 from 192.0.2.7 without an Idempotency-Key opened alt_1",
        "trg_2 from 192.0.2.7 without an Idempotency-Key opened alt_2",
    ):
        assert words in found.says
    assert [(one.name, one.ref) for one in found.evidence] == [
        ("Firing of Pump down", "trg_1"),
        ("Firing of Pump down", "trg_2"),
        ("Request 1 to Twilio", "att_1"),
        ("Request 2 to Twilio", "att_2"),
    ]
    assert found.remedy is not None
    assert "sends an Idempotency-Key with every event" in found.remedy.text
    assert found.remedy.link_name == "admin:notifications_flow_change"


@pytest.mark.parametrize(
    ("copy", "own", "says", "remedy"),
    [
        (
            other(firing=fired(has_key=True)),
            replace(OWN, firing=replace(FIRING, has_key=True)),
            "trg_2 from 192.0.2.7 with an Idempotency-Key opened alt_2",
            "gave each request an Idempotency-Key of its own",
        ),
        (
            other(firing=fired(source="command", request_ref="", by="Ana")),
            OWN,
            "Ana by manage.py fire_flow opened alt_2",
            "Ask whoever fired it by hand",
        ),
        (
            other(firing=fired(flow_pk=5, flow_name="Pump low")),
            OWN,
            "Two flows with the same text fired: Pump down (alt_1",
            "decides which of the two flows pages",
        ),
        (other(step=2), OWN, "Steps 1 and 2 of the same alert both paged Ben (ntf_2)", "out of one of the steps"),
        (
            other(member_ref="mbr_dana", who="Dana"),
            OWN,
            "Dana has the same number, and the same alert paged both",
            "a number of their own",
        ),
        (other(round=2, after=300), OWN, "Rounds 1 and 2 of the same alert both paged", "repeat less often"),
        (other(), OWN, "One step of one alert wrote more than one message", "a platform admin finds out why"),
        (other(resend_of="ntf_1", sent_by="Ana", after=300), OWN, "sent again by hand by Ana (ntf_2)", "Nothing needs"),
        (
            other(firing=None, sent_by="Ana"),
            replace(OWN, firing=None, sent_by="Ana"),
            "more than once by hand by Ana (ntf_2)",
            "Nothing needs to be mended",
        ),
    ],
)  # fmt: skip
@pytest.mark.row(86)
def test_each_way_to_a_double_is_told_with_its_own_remedy(
    copy: RequestFact, own: RequestFact, says: str, remedy: str
) -> None:
    found = doubled(copy, own=own)
    assert says in found.says
    assert found.remedy is not None
    assert remedy in found.remedy.text


def test_the_same_event_minutes_later_and_another_channel_are_no_doubles() -> None:
    later = other(after=180, firing=fired())
    call = other(channel=Channel.VOICE, row_ref="ntf_3", row_pk=3, attempt_ref="att_3")
    found = by_code(beside(later, call))["DUPLICATE-1"]
    assert found.verdict is Verdict.CLEAR
    assert [(one.value, one.ref) for one in found.evidence if one.name == "Also sent, no double"] == [
        ("by voice", "ntf_3")
    ]


@pytest.mark.row(87)
def test_an_attempt_that_was_made_once_more_is_told_with_why() -> None:
    lost = replace(ATTEMPT, outcome="absent", provider_message_id="", word="", receipts=(), asked_times=3)
    second = replace(ATTEMPT, ordinal=2, public_id="att_2", committed_at=AT + timedelta(seconds=61))
    found = by_code(replace(beside(), attempts=(lost, second)))["DUPLICATE-2"]
    assert "2 requests" in found.says
    assert "asked 3 times, did not know attempt 1, so it was sent once more (RESEND-1)" in found.says
    assert [one.ref for one in found.evidence if one.source == "attempt"] == ["att_1", "att_2"]


def lately(*numbers: str) -> tuple[RecordFact, ...]:
    return tuple(
        RecordFact(f"att_{place}", number, "twilio", SENDER, f"SM{place}", AT, "delivered")
        for place, number in enumerate(numbers, 10)
    )


@pytest.mark.row(88, 90)
def test_several_phones_that_got_texts_twice_are_records_for_a_support_case() -> None:
    copy, since = other(firing=fired()), AT - timedelta(days=3)
    facts = beside(copy, lately=lately(NUMBER, NUMBER, "+12065550155", "+12065550155"), lately_since=since)
    found = by_code(facts)["DUPLICATE-3"]
    assert "2 phones of this tenant were sent the same text twice within seconds, by Twilio" in found.says
    assert [one.ref for one in found.evidence] == ["att_10", "att_11", "att_12", "att_13"]
    assert found.remedy is not None
    assert "opens a case" in found.remedy.text
    alone = beside(copy, lately=lately(NUMBER, NUMBER), lately_since=since)
    assert "DUPLICATE-3" not in by_code(alone)


@pytest.mark.row(88, 90)
def test_the_bundle_carries_every_id_of_the_provider_and_no_number_or_name() -> None:
    copy = other(firing=fired(by="Ana"), sent_by="Ana")
    facts = beside(copy, lately=lately("+12065550155", "+12065550155"), lately_since=AT)
    for audience in (Audience.TENANT, Audience.OUTSIDE):
        said = report(redacted(facts, audience)).bundle
        for ref in ("att_1", "SM1", "att_2", "SM2", "ntf_2", "att_10", "SM10", "SM11"):
            assert ref in said
        for hidden in (NUMBER, "+12065550155", "Ana", "Ben", "192.0.2.7", "Pump"):
            assert hidden not in said


def test_what_a_reader_may_not_see_is_taken_out() -> None:
    dana = other(member_ref="mbr_dana", who="Dana", row_ref="ntf_5")
    facts = beside(other(firing=fired(by="Ana")), dana, lately=lately("+12065550155", NUMBER), lately_since=AT)
    member = json.dumps(as_json(report(redacted(facts, Audience.MEMBER))))
    assert "ntf_2" in member
    for hidden in ("Dana", "ntf_5", "192.0.2.7", "Ana", "DUPLICATE-3"):
        assert hidden not in member
    outside = json.dumps(as_json(report(redacted(facts, Audience.OUTSIDE))))
    for hidden in ("Dana", "192.0.2.7", '"Ana', "Pump down", NUMBER, "+12065550155"):
        assert hidden not in outside
    tenant = json.dumps(as_json(report(redacted(facts, Audience.TENANT))))
    assert "Dana" in tenant
    assert "192.0.2.7" in tenant


def test_facts_of_doubles_are_the_same_when_they_are_loaded() -> None:
    facts = beside(other(firing=fired()), lately=lately(NUMBER, NUMBER), lately_since=AT)
    assert load(json.loads(json.dumps(save(facts)))) == facts
