"""What was begun on a number before it left a member is over when the number comes back."""

from members.consent.codes import CodeRefusal, CodeRefused, CodeSent, ask_for_code, try_code
from members.consent.record_checks import RecordRefusal, RecordRefused
from members.consent.standing import StandingState
from members.models import ConsentEvent, Phone
from members.operations.phones import change_number
from notifications.models import Notification
from tenants.scope import tenant_scope
from tests.cast import BEN_NUMBER, Cast
from tests.consenting import login_of
from tests.members.invited import texted_code, texts
from tests.members.recording_stories import approves, recorded, second_admin, state_of
from tests.members.stories import MINUTE, NOW

ELSEWHERE = "+12065550171"


def becomes(cast: Cast, number: str, *, minutes: int) -> None:
    """Ana changes Ben's number."""
    with tenant_scope(cast.harbor.pk):
        phone = Phone.objects.select_related("tenant", "member").get(member=cast.ben)
        before, phone.number = phone.number, number
        change_number(phone, before=before, actor=cast.ana, at=NOW + minutes * MINUTE)


def test_a_record_from_before_the_loss_is_not_approved_after_the_return(cast: Cast) -> None:
    row = recorded(cast.ben, by=cast.ana)
    becomes(cast, ELSEWHERE, minutes=2)
    becomes(cast, BEN_NUMBER, minutes=3)
    refused = approves(row, by=second_admin(cast.harbor), at=NOW + 4 * MINUTE)
    assert isinstance(refused, RecordRefused)
    assert refused.why is RecordRefusal.NOT_LATER
    assert state_of(cast.ben, at=NOW + 5 * MINUTE) is StandingState.STALE
    with tenant_scope(cast.harbor.pk):
        assert not ConsentEvent.objects.filter(act="grant").exists()
        assert not Notification.objects.exists()


def test_a_code_from_before_the_loss_is_neither_sent_nor_taken_after_it(cast: Cast) -> None:
    with tenant_scope(cast.harbor.pk):
        asked = ask_for_code(
            tenant=cast.harbor, member=cast.ben, number=BEN_NUMBER, user=login_of(cast.ben), ip="", at=NOW
        )
    assert isinstance(asked, CodeSent)
    digits = texted_code(BEN_NUMBER)
    becomes(cast, ELSEWHERE, minutes=1)
    assert [row.status for row in texts(BEN_NUMBER)] == ["expired"]
    becomes(cast, BEN_NUMBER, minutes=2)
    assert try_code(asked.code, digits=digits, at=NOW + 3 * MINUTE) == CodeRefused(CodeRefusal.SPENT)
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.get(member=cast.ben).proved_at is None
