"""What a STOP does, in whichever words: the opt-out first, then the one answer, then the provider's own list."""

from datetime import timedelta

from members.consent.handset import HandsetMethod, opt_out_from_handset
from members.consent.keywords import ReadBy
from notifications.models import Notification
from notifications.operations import answers
from notifications.operations.consent_push import push_opt_out_after_answer
from notifications.operations.inbound_case import Case

_METHODS: dict[ReadBy, HandsetMethod] = {ReadBy.FREE_TEXT: "free text", ReadBy.PROVIDER: "provider"}


def stop(case: Case) -> str:
    """Opt the number out, everywhere and now; the word of what followed.

    One confirmation goes, by the provider where it understood the text, else by us within five minutes, and before the
    provider is told: it would block our own confirmation otherwise.
    """
    text = case.text
    before = case.is_suppressed
    event = opt_out_from_handset(
        number=text.number,
        at=case.at,
        received_at=text.received_at,
        raw_text=text.body,
        method=_METHODS.get(case.reading.read_by, "keyword"),
        provider=text.account.provider,
        provider_message_id=text.provider_message_id,
        sender_address=text.to_address,
        tenant_id=case.tenant_id,
        member_id=case.member.pk if case.member else None,
    )
    if case.answered_by_provider:
        case.block_heard(is_blocked=True)
    if event is None or before:
        return "opted_out_again"
    if case.answered_by_provider:
        return "opted_out"
    if case.is_late:
        _say_how_late(case)
        _tell_provider(case, answer=None)
        return "opted_out_late"
    _tell_provider(case, answer=case.answer(answers.opted_out(sender=case.sender)))
    return "opted_out"


def _tell_provider(case: Case, *, answer: Notification | None) -> None:
    if case.sender is not None:
        push_opt_out_after_answer(
            number=case.text.number,
            sender=case.sender,
            said_at=case.text.received_at,
            answer=answer,
            tenant_id=case.tenant_id,
            at=case.at,
        )


def _say_how_late(case: Case) -> None:
    minutes = (case.at - case.text.received_at) // timedelta(minutes=1)
    late = f" Taken in {minutes} minutes after it came, so no confirmation was sent."
    limit = case.row._meta.get_field("because").max_length or 0
    case.row.because = case.reading.because[: limit - len(late)] + late
