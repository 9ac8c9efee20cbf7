"""A code proves a number once, within its time and tries, and never more often than the limits allow."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from members.consent.choices import choose
from members.consent.code_limits import BETWEEN_SENDS, MOST_A_MEMBER, MOST_A_NUMBER, MOST_AN_ADDRESS
from members.consent.codes import (
    MOST_TRIES,
    VALID_FOR,
    CodeRefusal,
    CodeRefused,
    CodeSent,
    CodeToText,
    ask_for_code,
    digits_to_text,
    end_codes,
    enter_code,
    take_text,
    try_code,
)
from members.consent.ledger import lock_numbers
from members.consent.standing import StandingState
from members.models import ConsentEvent, Member, NumberCode
from members.queries import standing_of, suppressions_of
from notifications.models import Notification, ProviderBlock, Sender
from tenants.models import AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, SENDER_NUMBER, Cast, add_member
from tests.consenting import login_of, wording
from tests.members.invited import texted_code, texts, wrong
from tests.members.stories import MINUTE, NOW, stops

Ledger = Callable[[], list[ConsentEvent]]
HOUR = timedelta(hours=1)
Asked = CodeSent | CodeToText | CodeRefused


def asks(member: Member, *, at: object = NOW, number: str = BEN_NUMBER, ip: str = "192.0.2.7") -> Asked:
    with tenant_scope(member.tenant_id):
        user = login_of(member)
        return ask_for_code(tenant=member.tenant, member=member, number=number, user=user, ip=ip, at=at)  # type: ignore[arg-type]


def sent(member: Member, *, at: object = NOW, number: str = BEN_NUMBER, ip: str = "192.0.2.7") -> NumberCode:
    asked = asks(member, at=at, number=number, ip=ip)
    assert isinstance(asked, CodeSent)
    return asked.code


def enters(code: NumberCode, digits: str, *, at: object = NOW) -> NumberCode | CodeRefused:
    return try_code(code, digits=digits, at=at)  # type: ignore[arg-type]


def ticks(member: Member, *, at: object = NOW, channel: str = "sms") -> ConsentEvent:
    with tenant_scope(member.tenant_id):
        return choose(
            is_ticked=True,
            tenant=member.tenant,
            member=member,
            number=member.phones.get().number,
            channel=channel,  # type: ignore[arg-type]
            disclosure=wording(channel=channel),
            source="invite",
            ip="192.0.2.7",
            user_agent="a browser",
            evidence={},
            actor=login_of(member),
            at=at,  # type: ignore[arg-type]
        )


def state(member: Member, *, at: object = NOW) -> StandingState:
    with tenant_scope(member.tenant_id):
        found = standing_of(member, channel="sms", at=at)  # type: ignore[arg-type]
    assert found is not None
    return found.state


def test_the_right_digits_prove_the_number_once(cast: Cast, ledger: Ledger) -> None:
    ticks(cast.ben)
    assert state(cast.ben) is StandingState.PENDING
    code = sent(cast.ben)
    digits = texted_code(BEN_NUMBER)
    refused = enters(code, wrong(digits))
    assert (refused, state(cast.ben)) == (CodeRefused(CodeRefusal.WRONG, tries_left=4), StandingState.PENDING)
    proved = enters(code, f" {digits[:3]}-{digits[3:]} ")
    assert isinstance(proved, NumberCode)
    assert state(cast.ben) is StandingState.OPTED_IN
    assert [line.act for line in ledger()] == ["grant", "prove"]
    assert ledger()[-1].evidence_ref == code.public_id
    with tenant_scope(cast.harbor.pk):
        assert cast.ben.phones.get().proved_at == NOW
        assert AuditEntry.objects.filter(code="number.proved", subject_id=ledger()[-1].public_id).count() == 1
    assert enters(code, digits) == CodeRefused(CodeRefusal.SPENT)
    assert [line.act for line in ledger()] == ["grant", "prove"]


def test_leading_zeros_belong_to_the_code(cast: Cast) -> None:
    for minute in range(400):
        with tenant_scope(cast.harbor.pk):
            NumberCode.objects.all().delete()
        code = sent(cast.ben, at=NOW + minute * MINUTE)
        digits = texted_code(BEN_NUMBER)
        assert len(digits) == 6
        if digits.startswith("0"):
            break
    at = NOW + minute * MINUTE
    assert enters(code, digits[1:], at=at) == CodeRefused(CodeRefusal.NOT_SIX_DIGITS, tries_left=MOST_TRIES)
    assert isinstance(enters(code, digits, at=at), NumberCode)


def test_after_five_wrong_tries_the_right_digits_come_too_late(cast: Cast) -> None:
    code = sent(cast.ben)
    digits = texted_code(BEN_NUMBER)
    answers = [enters(code, wrong(digits)) for _ in range(MOST_TRIES)]
    assert [answer.tries_left for answer in answers if isinstance(answer, CodeRefused)] == [4, 3, 2, 1, 0]
    assert answers[-1] == CodeRefused(CodeRefusal.SPENT)
    assert enters(code, digits) == CodeRefused(CodeRefusal.SPENT)


def test_what_is_no_code_costs_no_try(cast: Cast) -> None:
    code = sent(cast.ben)
    for _ in range(MOST_TRIES + 1):
        assert enters(code, "48219") == CodeRefused(CodeRefusal.NOT_SIX_DIGITS, tries_left=MOST_TRIES)
    assert isinstance(enters(code, texted_code(BEN_NUMBER)), NumberCode)


def test_a_code_is_good_for_fifteen_minutes(cast: Cast) -> None:
    code = sent(cast.ben)
    digits = texted_code(BEN_NUMBER)
    assert enters(code, digits, at=NOW + VALID_FOR) == CodeRefused(CodeRefusal.EXPIRED)
    assert isinstance(enters(code, digits, at=NOW + VALID_FOR - timedelta(seconds=1)), NumberCode)


def test_the_text_ends_with_its_code(cast: Cast) -> None:
    code = sent(cast.ben)
    (row,) = texts(BEN_NUMBER)
    assert row.expires_at == code.expires_at == NOW + VALID_FOR


def test_a_try_is_never_counted_in_a_transaction_that_could_take_it_back(cast: Cast) -> None:
    code = sent(cast.ben)
    digits = texted_code(BEN_NUMBER)
    with tenant_scope(cast.harbor.pk), pytest.raises(RuntimeError, match="durable"):
        try_code(code, digits=wrong(digits), at=NOW)
    enters(code, wrong(digits))
    with tenant_scope(cast.harbor.pk):
        assert NumberCode.objects.get(pk=code.pk).tries == 1


def test_a_new_code_ends_the_one_before_and_its_text(cast: Cast) -> None:
    first = sent(cast.ben)
    digits = texted_code(BEN_NUMBER)
    second = sent(cast.ben, at=NOW + MINUTE)
    assert enters(first, digits, at=NOW + MINUTE) == CodeRefused(CodeRefusal.SPENT)
    before, after = texts(BEN_NUMBER)
    assert (before.status, before.sealed_body, after.status) == ("expired", "", "queued")
    assert isinstance(enters(second, texted_code(BEN_NUMBER), at=NOW + MINUTE), NumberCode)
    assert texts(BEN_NUMBER, purpose="verification_code")[-1].status == "expired"


def test_the_code_of_one_number_or_member_proves_no_other(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        dana = add_member(cast.harbor, name="Dana", number="+12065550143")
    bens = sent(cast.ben)
    danas = sent(dana, number="+12065550143", at=NOW + MINUTE)
    bens_digits, danas_digits = texted_code(BEN_NUMBER), texted_code("+12065550143")
    if bens_digits != danas_digits:
        assert isinstance(enters(danas, bens_digits, at=NOW + MINUTE), CodeRefused)
    assert isinstance(enters(danas, danas_digits, at=NOW + MINUTE), NumberCode)
    with tenant_scope(cast.harbor.pk):
        assert cast.ben.phones.get().proved_at is None
    assert isinstance(enters(bens, bens_digits, at=NOW + MINUTE), NumberCode)


def test_between_two_codes_for_a_number_lies_a_minute_whoever_asks(cast: Cast) -> None:
    with tenant_scope(cast.ridge.pk):
        rosa = add_member(cast.ridge, name="Rosa", number=BEN_NUMBER)
    sent(cast.ben)
    soon = NOW + BETWEEN_SENDS - timedelta(seconds=1)
    for member in (cast.ben, rosa):
        assert asks(member, at=soon) == CodeRefused(CodeRefusal.TOO_SOON, NOW + BETWEEN_SENDS)
    assert isinstance(asks(rosa, at=NOW + BETWEEN_SENDS), CodeSent)


def test_a_number_gets_so_many_codes_an_hour_from_all_tenants_together(cast: Cast) -> None:
    with tenant_scope(cast.ridge.pk):
        rosa = add_member(cast.ridge, name="Rosa", number=BEN_NUMBER)
    most, _ = MOST_A_NUMBER
    for turn in range(most):
        sent(rosa if turn % 2 else cast.ben, at=NOW + turn * MINUTE, ip=f"192.0.2.{turn}")
    assert asks(cast.ben, at=NOW + most * MINUTE) == CodeRefused(CodeRefusal.TOO_MANY, NOW + HOUR)
    assert isinstance(asks(cast.ben, at=NOW + HOUR), CodeSent)


def test_one_address_gets_so_many_codes_an_hour_over_all_numbers(cast: Cast) -> None:
    most, _ = MOST_AN_ADDRESS
    with tenant_scope(cast.harbor.pk):
        people = [add_member(cast.harbor, name=f"P{n}", number=f"+120655502{n:02}") for n in range(most + 1)]
    for place, member in enumerate(people[:most]):
        sent(member, number=f"+120655502{place:02}", at=NOW)
    last = people[-1]
    asked = asks(last, number=f"+120655502{most}")
    assert asked == CodeRefused(CodeRefusal.TOO_MANY, NOW + HOUR)
    assert isinstance(asks(last, number=f"+120655502{most}", ip="192.0.2.8"), CodeSent)


def test_one_member_gets_so_many_codes_an_hour_from_whatever_address(cast: Cast) -> None:
    most, _ = MOST_A_MEMBER
    for turn in range(most):
        sent(cast.ben, number=f"+120655502{turn:02}", ip=f"192.0.2.{turn}")
    assert asks(cast.ben, ip="192.0.2.99") == CodeRefused(CodeRefusal.TOO_MANY, NOW + HOUR)


def test_a_suppressed_number_is_texted_nothing_and_proved_by_a_text_from_it(cast: Cast, ledger: Ledger) -> None:
    stops(at=NOW - HOUR)
    ticks(cast.ben)
    asked = asks(cast.ben)
    assert isinstance(asked, CodeToText)
    assert (asked.to, asked.digits) == (SENDER_NUMBER, digits_to_text(asked.code))
    assert texts(BEN_NUMBER) == []
    assert enters(asked.code, asked.digits) == CodeRefused(CodeRefusal.SPENT)
    with platform_scope():
        assert take_text(BEN_NUMBER, digits=wrong(asked.digits), at=NOW) is None
        assert take_text("+12065550143", digits=asked.digits, at=NOW) is None
        assert take_text(BEN_NUMBER, digits="STOP", at=NOW) is None
        assert take_text(BEN_NUMBER, digits=f" {asked.digits[:3]} {asked.digits[3:]}.", at=NOW) is not None
        assert take_text(BEN_NUMBER, digits=asked.digits, at=NOW) is None
        assert set(suppressions_of([BEN_NUMBER])) == {BEN_NUMBER}, "the opt-out elsewhere stays"
    assert state(cast.ben) is StandingState.OPTED_IN
    assert [(line.act, line.source) for line in ledger()][-1] == ("prove", "handset")


def test_a_text_proves_nothing_after_its_time(cast: Cast) -> None:
    stops(at=NOW - HOUR)
    asked = asks(cast.ben)
    assert isinstance(asked, CodeToText)
    with platform_scope():
        assert take_text(BEN_NUMBER, digits=asked.digits, at=NOW + VALID_FOR) is None
        assert take_text(BEN_NUMBER, digits=asked.digits, at=NOW + VALID_FOR - MINUTE) is not None


def test_a_number_that_the_provider_blocks_is_proved_by_a_text_from_it_too(cast: Cast) -> None:
    with platform_scope():
        sender = Sender.objects.get(pk=cast.sender.pk)
        block = ProviderBlock.objects.create(
            provider="twilio",
            sender=sender,
            sender_address=sender.address,
            number=BEN_NUMBER,
            since=NOW,
            source=ProviderBlock.Source.REFUSED,
        )
    assert isinstance(asks(cast.ben), CodeToText)
    with platform_scope():
        ProviderBlock.objects.filter(pk=block.pk).update(state=ProviderBlock.State.CLEARED)
    assert isinstance(asks(cast.ben, at=NOW + MINUTE), CodeSent)


def test_without_a_number_to_text_a_suppressed_one_cannot_be_proved(cast: Cast) -> None:
    stops(at=NOW - HOUR)
    with platform_scope():
        Sender.objects.update(is_active=False)
    assert asks(cast.ben) == CodeRefused(CodeRefusal.NO_SENDER)
    with platform_scope():
        Sender.objects.update(is_active=True)
    assert isinstance(asks(cast.ben), CodeToText)


def test_a_stop_after_the_tick_is_not_undone_by_the_proof(cast: Cast) -> None:
    ticks(cast.ben)
    code = sent(cast.ben)
    digits = texted_code(BEN_NUMBER)
    stops(at=NOW + timedelta(seconds=1))
    assert isinstance(enters(code, digits, at=NOW + MINUTE), NumberCode)
    assert state(cast.ben, at=NOW + MINUTE) is StandingState.OPTED_OUT
    assert texts(BEN_NUMBER, purpose="consent_confirmation") == []


def test_the_end_of_a_number_ends_its_codes(cast: Cast) -> None:
    code = sent(cast.ben)
    digits = texted_code(BEN_NUMBER)
    with platform_scope():
        lock_numbers([BEN_NUMBER], exclusively=True)
    with tenant_scope(cast.harbor.pk):
        end_codes(cast.ben, number=BEN_NUMBER, at=NOW)
    assert enters(code, digits) == CodeRefused(CodeRefusal.SPENT)
    assert [row.status for row in texts(BEN_NUMBER)] == ["expired"]


def test_one_confirmation_follows_the_proof_where_texts_were_agreed_to(cast: Cast) -> None:
    ticks(cast.ben)
    ticks(cast.ben, channel="voice")
    code = sent(cast.ben)
    assert texts(BEN_NUMBER, purpose="consent_confirmation") == []
    enters(code, texted_code(BEN_NUMBER))
    assert len(texts(BEN_NUMBER, purpose="consent_confirmation")) == 1
    ticks(cast.ben, at=NOW + MINUTE)
    assert len(texts(BEN_NUMBER, purpose="consent_confirmation")) == 1


def test_calls_alone_are_confirmed_by_no_text(cast: Cast) -> None:
    ticks(cast.ben, channel="voice")
    enters(sent(cast.ben), texted_code(BEN_NUMBER))
    assert texts(BEN_NUMBER, purpose="consent_confirmation") == []


def test_a_code_is_kept_as_a_keyed_digest_alone(cast: Cast) -> None:
    code = sent(cast.ben)
    digits = texted_code(BEN_NUMBER)
    with tenant_scope(cast.harbor.pk):
        row = NumberCode.objects.get(pk=code.pk)
        assert digits not in str(vars(row))
        assert len(bytes(row.digest)) == 32
        assert digits not in Notification.objects.get(number_code=row).body


def test_enter_code_itself_takes_part_in_the_transaction_around_it(cast: Cast) -> None:
    code = sent(cast.ben)
    with tenant_scope(cast.harbor.pk):
        assert isinstance(enter_code(code, digits=texted_code(BEN_NUMBER), at=NOW), NumberCode)
