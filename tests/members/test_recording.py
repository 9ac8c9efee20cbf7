"""A consent that somebody writes down: what it takes to be recorded, and what the second person's word does."""

from typing import Any

import pytest

from members.consent.disclosure import VERSIONS
from members.consent.record_checks import RecordRefusal, RecordRefused
from members.consent.recording import Approved, refuse_record, withdraw_record
from members.consent.standing import StandingState
from members.models import ConsentRecord, Member, Number, Phone, Suppression
from notifications.models import Notification
from tenants.models import AuditEntry, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.consenting import agree, login_of
from tests.members.recording_stories import (
    JPEG,
    PDF,
    approves,
    document,
    entry,
    lines,
    recorded,
    records,
    second_admin,
    state_of,
)
from tests.members.stories import MINUTE, NOW, leaves_unticked, starts, stops, ticks

OTHER = "+12065550171"


@pytest.fixture
def dora(cast: Cast) -> User:
    return second_admin(cast.harbor)


def codes() -> list[str]:
    with platform_scope():
        return list(
            AuditEntry.objects.filter(code__startswith="consent.").order_by("id").values_list("code", flat=True)
        )


def why(answer: object) -> RecordRefusal | None:
    return answer.why if isinstance(answer, RecordRefused) else None


def test_a_member_who_never_agreed_is_recorded_from_a_paper_form_and_counts_once_approved(
    cast: Cast, dora: User
) -> None:
    row = recorded(cast.ben, by=cast.ana)
    assert (row.state, row.disclosure_version, row.member_id) == ("pending", VERSIONS["sms"], cast.ben.pk)
    assert "from Harbor" in row.disclosure_text
    assert (state_of(cast.ben), lines()) == (StandingState.NONE, [])
    found = approves(row, by=dora)
    assert isinstance(found, Approved)
    assert found.standings["sms"].state is StandingState.OPTED_IN
    assert state_of(cast.ben) is StandingState.OPTED_IN
    assert state_of(cast.ben, channel="voice") is StandingState.NONE
    (line,) = lines()
    assert (line.source, line.evidence_ref, line.effective_at) == ("recorded", row.public_id, NOW)
    assert (line.actor_id, line.recorded_at) == (dora.pk, NOW + 2 * MINUTE)
    assert (line.disclosure_version, line.disclosure_text) == (row.disclosure_version, row.disclosure_text)
    assert line.detail.data["evidence_sha256"] == document().sha256.hex()
    assert codes() == ["consent.recorded", "consent.approved"]
    with tenant_scope(cast.harbor.pk):
        assert Notification.objects.get().purpose == "consent_confirmation"


def test_both_channels_are_recorded_on_words_that_speak_of_both(cast: Cast, dora: User) -> None:
    both = ("sms", "voice")
    refused = records(cast.ben, by=cast.ana, told=entry(channels=both))
    assert why(refused) is RecordRefusal.WORDING
    assert isinstance(refused, RecordRefused)
    assert "says nothing of voice calls" in refused.says
    row = recorded(cast.ben, by=cast.ana, told=entry(channels=both, wording_version=" + ".join(VERSIONS.values())))
    approves(row, by=dora)
    assert [line.channel for line in lines()] == ["sms", "voice"]
    assert state_of(cast.ben, channel="voice") is StandingState.OPTED_IN


def test_words_of_another_form_are_kept_as_they_were_pasted(cast: Cast, dora: User) -> None:
    told = entry(wording_version="Gate form 2026", wording_text="  Text me when the pump is down.\n")
    row = recorded(cast.ben, by=cast.ana, told=told)
    approves(row, by=dora)
    (line,) = lines()
    assert (line.disclosure_version, line.disclosure_text) == ("Gate form 2026", "Text me when the pump is down.")


@pytest.mark.case("R3")
@pytest.mark.parametrize(
    ("minutes", "is_taken"), [(-60, False), (-1, False), (0, False), (1, True)], ids=["hour", "minute", "same", "later"]
)
@pytest.mark.parametrize("was_lifted", [False, True], ids=["stands", "lifted by START"])
def test_an_act_that_is_not_later_than_the_stop_is_refused_with_its_time(
    cast: Cast, dora: User, minutes: int, is_taken: bool, was_lifted: bool
) -> None:
    agree(cast.ben, tenant=cast.harbor, at=NOW - 120 * MINUTE)
    stops(at=NOW)
    if was_lifted:
        starts(at=NOW + MINUTE)
    answer = records(cast.ben, by=cast.ana, at=NOW + 5 * MINUTE, told=entry(acted_at=NOW + minutes * MINUTE))
    if is_taken:
        assert isinstance(answer, ConsentRecord)
        return
    assert isinstance(answer, RecordRefused)
    assert (answer.why, answer.field) == (RecordRefusal.NOT_LATER, "acted_at")
    assert "onsent must be later than 20 Nov 2026, 18:00:00 UTC" in answer.says
    assert state_of(cast.ben) is (StandingState.OPTED_IN if was_lifted else StandingState.OPTED_OUT)


def test_an_opt_out_in_another_tenant_binds_only_when_it_counts_everywhere(cast: Cast, dora: User) -> None:
    with tenant_scope(cast.ridge.pk):
        rita = add_member(cast.ridge, name="Rita too", number=BEN_NUMBER)
    leaves_unticked(rita, tenant=cast.ridge, at=NOW + MINUTE)
    assert isinstance(records(cast.ben, by=cast.ana, at=NOW + 5 * MINUTE), ConsentRecord)


def test_a_box_left_unticked_later_than_the_act_has_the_last_word(cast: Cast, dora: User) -> None:
    leaves_unticked(cast.ben, tenant=cast.harbor, at=NOW + MINUTE)
    refused = records(cast.ben, by=cast.ana, at=NOW + 5 * MINUTE)
    assert isinstance(refused, RecordRefused)
    assert "when they left the box unticked" in refused.says
    later = entry(acted_at=NOW + 2 * MINUTE)
    approves(recorded(cast.ben, by=cast.ana, at=NOW + 5 * MINUTE, told=later), by=dora, at=NOW + 6 * MINUTE)
    assert state_of(cast.ben) is StandingState.OPTED_IN


@pytest.mark.case("R7")
@pytest.mark.parametrize(
    ("changes", "expected", "field"),
    [
        ({"document": None}, RecordRefusal.NO_EVIDENCE, "document"),
        ({"document": None, "url": "  "}, RecordRefusal.NO_EVIDENCE, "document"),
        ({"document": None, "url": "http://forms.example/ben"}, RecordRefusal.BAD_URL, "url"),
        ({"document": None, "url": "https://"}, RecordRefusal.BAD_URL, "url"),
        ({"document": None, "url": "javascript:alert(1)"}, RecordRefusal.BAD_URL, "url"),
        ({"statement": ""}, RecordRefusal.NO_STATEMENT, "statement"),
        ({"statement": " \n\t\u00a0\u200b"}, RecordRefusal.NO_STATEMENT, "statement"),
        ({"statement": "..."}, RecordRefusal.NO_STATEMENT, "statement"),
        ({"wording_version": ""}, RecordRefusal.WORDING, "wording_version"),
        ({"wording_version": "sms-1999-z"}, RecordRefusal.WORDING, "wording_text"),
        ({"wording_version": "Gate form", "wording_text": " \u200b "}, RecordRefusal.WORDING, "wording_text"),
        ({"wording_text": "Other words under our name"}, RecordRefusal.WORDING, "wording_version"),
        ({"channels": ()}, RecordRefusal.NO_CHANNEL, "channels"),
        ({"channels": ("email",)}, RecordRefusal.NO_CHANNEL, "channels"),
        ({"method": "telepathy"}, RecordRefusal.NO_METHOD, "method"),
        ({"acted_at": NOW + 60 * MINUTE}, RecordRefusal.IN_FUTURE, "acted_at"),
    ],
)
def test_what_shows_nothing_is_refused_at_its_field_and_the_whole_is_taken(
    cast: Cast, changes: dict[str, Any], expected: RecordRefusal, field: str
) -> None:
    stops(at=NOW - 60 * MINUTE)
    answer = records(cast.ben, by=cast.ana, told=entry(**changes))
    assert isinstance(answer, RecordRefused)
    assert (answer.why, answer.field) == (expected, field)
    with platform_scope():
        assert not ConsentRecord.objects.exists()
    by_url = entry(document=None, url="https://forms.example/answers/ben-2026")
    assert isinstance(records(cast.ben, by=cast.ana, told=by_url), ConsentRecord)


@pytest.mark.case("R6")
def test_evidence_of_another_number_or_person_is_refused(cast: Cast, dora: User) -> None:
    with tenant_scope(cast.harbor.pk):
        ida = add_member(cast.harbor, name="Ida", number=OTHER)
        with platform_scope():
            Number.objects.get_or_create(e164="+12065550199")
        Phone.objects.create(tenant=cast.harbor, member=cast.ben, number="+12065550199")
    url = "https://forms.example/answers/1"
    refused = records(cast.ben, by=cast.ana, told=entry(number=OTHER))
    assert isinstance(refused, RecordRefused)
    assert (refused.why, refused.field) == (RecordRefusal.OTHER_NUMBER, "number")
    row = recorded(ida, by=cast.ana, told=entry(number=OTHER, url=url))
    for state in ("pending", "approved"):
        by_file, by_url = (
            records(cast.ben, by=cast.ana),
            records(cast.ben, by=cast.ana, told=entry(document=None, url=url)),
        )
        assert why(by_file) is why(by_url) is RecordRefusal.EVIDENCE_OF_OTHER
        assert isinstance(by_file, RecordRefused)
        assert "This evidence is of Ida" in by_file.says
        if state == "pending":
            approves(row, by=dora)
    own = entry(document=document(JPEG, "ben.jpg"))
    approves(recorded(cast.ben, by=cast.ana, told=own), by=dora)
    again = entry(number="+12065550199", document=document(JPEG, "other name.jpg"))
    assert why(records(cast.ben, by=cast.ana, told=again)) is RecordRefusal.EVIDENCE_OF_OTHER
    # An old form does not show a new act.
    newer = entry(document=document(JPEG), acted_at=NOW + MINUTE)
    assert why(records(cast.ben, by=cast.ana, told=newer)) is RecordRefusal.EVIDENCE_OF_OTHER
    fresh = entry(number="+12065550199", document=document(PDF + b"% another form"))
    assert isinstance(records(cast.ben, by=cast.ana, told=fresh), ConsentRecord)


def test_evidence_that_was_withdrawn_serves_the_person_it_is_of(cast: Cast, dora: User) -> None:
    with tenant_scope(cast.harbor.pk):
        ida = add_member(cast.harbor, name="Ida", number=OTHER)
    mistaken = recorded(ida, by=cast.ana, told=entry(number=OTHER))
    with tenant_scope(cast.harbor.pk):
        assert isinstance(withdraw_record(mistaken, actor=dora, at=NOW + MINUTE), RecordRefused)
        assert isinstance(withdraw_record(mistaken, actor=cast.ana, at=NOW + MINUTE), ConsentRecord)
    assert isinstance(records(cast.ben, by=cast.ana), ConsentRecord)


def test_one_record_waits_for_a_number_at_a_time(cast: Cast, dora: User) -> None:
    recorded(cast.ben, by=cast.ana)
    refused = records(cast.ben, by=dora, told=entry(document=document(JPEG)))
    assert why(refused) is RecordRefusal.PENDING_EXISTS


def test_who_has_left_is_not_recorded_and_neither_does_a_viewer_record(cast: Cast) -> None:
    for nobody in (cast.vic, cast.cleo, cast.sam):
        assert why(records(cast.ben, by=nobody)) is RecordRefusal.NO_RIGHT
    with tenant_scope(cast.harbor.pk):
        Member.objects.update(is_active=False)
        cast.ben.refresh_from_db()
    assert why(records(cast.ben, by=cast.ana)) is RecordRefusal.MEMBER_INACTIVE


@pytest.mark.case("R8")
def test_who_recorded_it_does_not_approve_it_and_a_second_person_does(cast: Cast, dora: User) -> None:
    with tenant_scope(cast.harbor.pk):
        login = login_of(cast.ben)
    stops(at=NOW - MINUTE)
    row = recorded(cast.ben, by=cast.ana)
    expected = {
        cast.ana: RecordRefusal.SAME_PERSON,
        login: RecordRefusal.OWN_LOGIN,
        cast.vic: RecordRefusal.NO_RIGHT,
        cast.cleo: RecordRefusal.NO_RIGHT,
        cast.sam: RecordRefusal.NO_RIGHT,
        cast.pat: RecordRefusal.NO_RIGHT,
    }
    for user, reason in expected.items():
        assert why(approves(row, by=user)) is reason
    assert state_of(cast.ben) is StandingState.OPTED_OUT
    assert isinstance(approves(row, by=dora), Approved)
    assert why(approves(row, by=dora)) is RecordRefusal.DECIDED
    assert len(lines()) == 1


@pytest.mark.case("R8")
def test_the_platform_approves_where_a_tenant_has_a_single_admin(cast: Cast) -> None:
    row = recorded(cast.ben, by=cast.ana)
    assert why(approves(row, by=cast.ana)) is RecordRefusal.SAME_PERSON
    assert why(approves(row, by=cast.sam)) is RecordRefusal.NO_RIGHT
    assert isinstance(approves(row, by=cast.pat), Approved)
    assert state_of(cast.ben) is StandingState.OPTED_IN


def test_the_platform_approves_where_the_only_other_admin_is_the_member(cast: Cast, dora: User) -> None:
    with tenant_scope(cast.harbor.pk):
        Member.objects.filter(pk=cast.ben.pk).update(user=dora)
    row = recorded(cast.ben, by=cast.ana)
    assert why(approves(row, by=dora)) is RecordRefusal.OWN_LOGIN
    assert isinstance(approves(row, by=cast.pat), Approved)


def test_a_stop_that_came_in_between_is_heard(cast: Cast, dora: User) -> None:
    row = recorded(cast.ben, by=cast.ana)
    stops(at=NOW + MINUTE)
    refused = approves(row, by=dora)
    assert isinstance(refused, RecordRefused)
    assert (refused.why, "18:01:00" in refused.says) == (RecordRefusal.NOT_LATER, True)
    assert state_of(cast.ben) is StandingState.OPTED_OUT
    with platform_scope():
        assert ConsentRecord.objects.get().state == "pending"


def test_a_number_that_changed_in_between_is_not_granted(cast: Cast, dora: User) -> None:
    row = recorded(cast.ben, by=cast.ana)
    with tenant_scope(cast.harbor.pk):
        with platform_scope():
            Number.objects.get_or_create(e164=OTHER)
        Phone.objects.update(number=OTHER)
    assert why(approves(row, by=dora)) is RecordRefusal.OTHER_NUMBER
    with tenant_scope(cast.harbor.pk):
        Phone.objects.update(number=BEN_NUMBER)
    assert isinstance(approves(row, by=dora), Approved)


def test_a_record_is_refused_with_a_reason_and_stays_refused(cast: Cast, dora: User) -> None:
    row = recorded(cast.ben, by=cast.ana)
    with tenant_scope(cast.harbor.pk):
        silent = refuse_record(row, actor=dora, at=NOW + MINUTE, note=" \u200b")
        own = refuse_record(row, actor=cast.ana, at=NOW + MINUTE, note="no")
        assert (why(silent), why(own)) == (RecordRefusal.NO_REASON, RecordRefusal.SAME_PERSON)
        assert isinstance(refuse_record(row, actor=dora, at=NOW + MINUTE, note="It is not signed."), ConsentRecord)
    assert why(approves(row, by=dora)) is RecordRefusal.DECIDED
    assert (state_of(cast.ben), codes()[-1]) == (StandingState.NONE, "consent.refused")


def test_a_recorded_consent_counts_for_this_member_in_this_tenant_alone(cast: Cast, dora: User) -> None:
    with tenant_scope(cast.harbor.pk):
        ida = add_member(cast.harbor, name="Ida", number=BEN_NUMBER)
    with tenant_scope(cast.ridge.pk):
        rita = add_member(cast.ridge, name="Rita too", number=BEN_NUMBER)
    ticks(rita, tenant=cast.ridge, at=NOW - 60 * MINUTE)
    stops(at=NOW - MINUTE)
    approves(recorded(cast.ben, by=cast.ana), by=dora)
    assert state_of(cast.ben) is StandingState.OPTED_IN
    assert state_of(ida) is StandingState.OPTED_OUT
    assert state_of(rita) is StandingState.OPTED_OUT
    with platform_scope():
        assert Suppression.objects.filter(number_id=BEN_NUMBER).exists(), "only START lifts what counts everywhere"
