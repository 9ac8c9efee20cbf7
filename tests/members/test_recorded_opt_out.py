"""An opt-out that a person said in words: it counts from when it was received, and a delay is on record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from members.consent.recorded_opt_out import (
    HeardBy,
    OptOutRecorded,
    OptOutRefused,
    business_days,
    record_opt_out,
)
from members.consent.standing import StandingState
from members.models import ConsentEvent, Suppression
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.consenting import agree
from tests.members.recording_stories import lines, state_of
from tests.members.stories import MINUTE, NOW

# 2026-11-20 is a Friday.
FRIDAY = NOW


def says_stop(cast: Cast, **changes: Any) -> OptOutRecorded | OptOutRefused:
    told: dict[str, Any] = {
        "number": BEN_NUMBER,
        "member": cast.ben,
        "channel": "any",
        "reach": "platform",
        "heard_at": NOW,
        "heard_by": HeardBy.EMAIL,
        "words": "Stop texting me.",
        "actor": cast.sam,
        "at": NOW + MINUTE,
        **changes,
    }
    return record_opt_out(**told)


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_what_support_records_stops_the_number_in_every_tenant_on_both_channels(cast: Cast, channel: str) -> None:
    with tenant_scope(cast.ridge.pk):
        rita = add_member(cast.ridge, name="Rita too", number=BEN_NUMBER)
    for member, tenant in ((cast.ben, cast.harbor), (rita, cast.ridge)):
        agree(member, tenant=tenant, at=NOW - 60 * MINUTE, channel=channel)
        assert state_of(member, channel=channel) is StandingState.OPTED_IN
    found = says_stop(cast)
    assert isinstance(found, OptOutRecorded)
    assert state_of(cast.ben, channel=channel) is state_of(rita, channel=channel) is StandingState.OPTED_OUT
    (line,) = lines("revoke")
    assert (line.reach, line.source, line.method, line.actor_id) == ("platform", "support", "e-mail", cast.sam.pk)
    assert (line.effective_at, line.recorded_at) == (NOW, NOW + MINUTE)
    assert line.detail.data["raw_text"] == "Stop texting me."
    with tenant_scope(cast.harbor.pk):
        assert not ConsentEvent.objects.filter(act="revoke").exists(), "whose words they were is nobody's to read"
        assert Suppression.objects.get().source == "support"
    with platform_scope():
        assert AuditEntry.objects.get(code="consent.opt_out_recorded").actor_id == cast.sam.pk


@pytest.mark.parametrize(
    ("stops", "sms", "voice"),
    [
        ("any", StandingState.OPTED_OUT, StandingState.OPTED_OUT),
        ("sms", StandingState.OPTED_OUT, StandingState.OPTED_IN),
        ("voice", StandingState.OPTED_IN, StandingState.OPTED_OUT),
    ],
)
def test_what_an_admin_records_binds_the_number_in_their_tenant(
    cast: Cast, stops: str, sms: StandingState, voice: StandingState
) -> None:
    with tenant_scope(cast.ridge.pk):
        rita = add_member(cast.ridge, name="Rita too", number=BEN_NUMBER)
    agree(rita, tenant=cast.ridge, at=NOW - 60 * MINUTE)
    for channel in ("sms", "voice"):
        agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE, channel=channel)
    with tenant_scope(cast.harbor.pk):
        found = says_stop(cast, reach="tenant", channel=stops, actor=cast.ana)
    assert isinstance(found, OptOutRecorded)
    assert (state_of(cast.ben), state_of(cast.ben, channel="voice")) == (sms, voice)
    assert state_of(rita) is StandingState.OPTED_IN
    with platform_scope():
        assert not Suppression.objects.exists()


@pytest.mark.case("O16")
@pytest.mark.parametrize(
    ("heard", "recorded", "days", "is_late"),
    [
        (FRIDAY, FRIDAY + timedelta(hours=3), 0, False),
        (FRIDAY, FRIDAY + timedelta(days=1), 0, False),  # Saturday
        (FRIDAY, FRIDAY + timedelta(days=3), 1, False),  # Monday
        (FRIDAY, FRIDAY + timedelta(days=4), 2, True),
        (FRIDAY, FRIDAY + timedelta(days=14), 10, True),
        (FRIDAY, FRIDAY + timedelta(days=17), 11, True),
    ],
)
def test_the_clock_starts_when_the_words_came_in_and_a_delay_is_on_record(
    cast: Cast, heard: datetime, recorded: datetime, days: int, is_late: bool
) -> None:
    agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    assert business_days(heard, recorded) == days
    found = says_stop(cast, heard_at=heard, at=recorded)
    assert isinstance(found, OptOutRecorded)
    assert (found.delay, found.is_late) == (days, is_late)
    assert found.event.effective_at == heard
    (line,) = lines("revoke")
    assert (line.detail.data["delay_business_days"], line.detail.data["is_late"]) == (days, is_late)
    assert state_of(cast.ben, at=recorded) is StandingState.OPTED_OUT


def test_what_they_agreed_to_after_their_words_came_in_still_counts_and_is_told(cast: Cast) -> None:
    agree(cast.ben, tenant=cast.harbor, at=NOW + 10 * MINUTE)
    found = says_stop(cast, at=NOW + 60 * MINUTE)
    assert isinstance(found, OptOutRecorded)
    assert found.standings["sms"].state is StandingState.OPTED_IN
    again = says_stop(cast, heard_at=NOW + 30 * MINUTE, at=NOW + 60 * MINUTE)
    assert isinstance(again, OptOutRecorded)
    assert again.standings["sms"].state is StandingState.OPTED_OUT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": " \u200b\n"}, "words"),
        ({"heard_at": NOW + 5 * MINUTE}, "heard_at"),
        ({"member": None, "number": "206-555-0142"}, "number"),
    ],
)
def test_what_shows_nothing_is_refused_at_its_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    refused = says_stop(cast, **changes)
    assert isinstance(refused, OptOutRefused)
    assert refused.field == field
    assert lines("revoke") == []
    assert isinstance(says_stop(cast, member=None), OptOutRecorded)


def test_business_days_are_those_of_the_reader() -> None:
    monday = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    assert business_days(monday, monday + 2 * MINUTE) == 1
    assert business_days(monday, monday) == 0
