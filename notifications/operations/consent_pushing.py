"""Makes the requests to providers' consent APIs that are due, and keeps what they answered.

The provider does not ask which of two changes is the newer one, so the ledger is asked under the number's lock right
before each request, and once more after it. No lock is held while the provider is called.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from members.consent.ledger import events_of, lock_numbers
from members.consent.standing import ConsentAct, Event
from notifications.core.states import NotificationStatus
from notifications.models import ConsentPush, ProviderBlock, Sender
from notifications.operations.blocks import block_cleared, block_learned
from notifications.providers.base import Credentials
from notifications.providers.consents import ConsentChange, NotTaken, Taken
from notifications.providers.registry import CONSENT_APIS
from notifications.queries.senders import senders_with_secrets
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

State, Wish = ConsentPush.State, ConsentPush.Wish
#: Tries of one request, the first included, and the pauses between them: about ten hours in all.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 360))
MOST_TRIES = len(PAUSES) + 1
#: A process that dies in a call leaves the request to whoever comes after this.
_LEASE = timedelta(minutes=1)
#: Twilio gives up after three seconds itself.
_LONGEST_CALL = 5.0
_AT_ONCE = 20
_STILL_GOING = [
    status.value
    for status in (
        NotificationStatus.QUEUED,
        NotificationStatus.HELD,
        NotificationStatus.SENDING,
        NotificationStatus.UNCONFIRMED,
    )
]
_MEANWHILE = "A newer word of the person came in between."


@dataclass(frozen=True, slots=True)
class _Call:
    """One request that may be made now."""

    push: ConsentPush
    sender: Sender


def push_due(*, clock: Callable[[], datetime], most: int = _AT_ONCE) -> int:
    """Make the requests that are due, oldest first; how many were made. For the worker."""
    now = clock()
    with platform_scope():
        waiting = ConsentPush.objects.filter(state=State.WAITING)
        gone = waiting.filter(answer__isnull=False, due_at__gt=now).exclude(answer__status__in=_STILL_GOING)
        ids = list(gone.values_list("pk", flat=True)[:most])
        ConsentPush.objects.filter(pk__in=ids, state=State.WAITING).update(due_at=now, answer=None)
        due = list(waiting.filter(due_at__lte=now).order_by("due_at").values_list("pk", flat=True)[:most])
    for pk in due:
        push_now(pk, at=clock())
    return len(due)


def is_push_due(*, now: datetime) -> bool:
    """Whether a request is due, or the confirmation that one waits for has gone; needs the platform's scope."""
    waiting = ConsentPush.objects.filter(state=State.WAITING)
    gone = Q(answer__isnull=False) & ~Q(answer__status__in=_STILL_GOING)
    return waiting.filter(Q(due_at__lte=now) | gone).exists()


def push_now(push_id: int, *, at: datetime) -> None:
    """Make one request, unless it is made already, taken, or overtaken; keep the answer and what follows from it."""
    with platform_scope():
        call = _claimed(push_id, at=at)
    if call is None:
        return
    answer = _asked(call)
    with platform_scope():
        _keep(call, answer, at=at)


def _claimed(push_id: int, *, at: datetime) -> _Call | None:
    push = ConsentPush.objects.filter(pk=push_id).first()
    if push is None:
        return None
    lock_numbers([push.number], exclusively=False)
    # Whoever moves the time is the one who calls; the number's lock is shared.
    mine = ConsentPush.objects.filter(pk=push_id, state=State.WAITING, due_at__lte=at)
    if not mine.update(tries=F("tries") + 1, due_at=at + _LEASE):
        return None
    if _newer_word(push):
        _end(push, State.OUTDATED, code="", says=_MEANWHILE, at=at)
        return None
    found = list(Sender.objects.filter(pk__in=[push.sender_id]).values_list("public_id", flat=True))
    sender = senders_with_secrets(found).get(found[0]) if found else None
    if sender is None:
        says = "The sender, or the secret of its account, is gone: a platform admin looks at it."
        _end(push, State.REFUSED, code="", says=says, at=at)
        return None
    push.refresh_from_db()
    return _Call(push, sender)


def _asked(call: _Call) -> Taken | NotTaken:
    push, account = call.push, call.sender.account
    api = CONSENT_APIS.get(push.provider)
    if api is None:
        return NotTaken(None, "This provider has no consent API.", may_try_again=False)
    base_url = {"twilio": settings.TWILIO_BASE_URL, "azure": settings.AZURE_BASE_URL}.get(push.provider)
    change = ConsentChange(
        number=push.number,
        sender=push.sender_address,
        wish=push.wish,  # type: ignore[arg-type]  # a choice of the model's
        said_at=push.said_at,
        source=push.source,  # type: ignore[arg-type]
        reference=hashlib.sha256(f"{push.public_id}:{push.tries}".encode()).hexdigest()[:32],
    )
    credentials = Credentials(account.account_id, account.secret, base_url)
    timeout = timedelta(seconds=min(settings.PROVIDER_TIMEOUT, _LONGEST_CALL))
    return api.change(change, credentials=credentials, timeout=timeout)


def _keep(call: _Call, answer: Taken | NotTaken, *, at: datetime) -> None:
    push = call.push
    lock_numbers([push.number], exclusively=True)
    if not ConsentPush.objects.filter(pk=push.pk, state=State.WAITING).exists():
        # A newer request took its place while this one was on its way, and comes after it.
        return
    if isinstance(answer, Taken):
        _taken(call, at=at)
        return
    again = answer.may_try_again and push.tries < MOST_TRIES
    code, says = (answer.code or "")[:16], answer.says[:200]
    if again:
        due_at = at + max(PAUSES[push.tries - 1], answer.retry_after or timedelta(0))
        ConsentPush.objects.filter(pk=push.pk).update(due_at=due_at, code=code, says=says, answered_at=at)
    else:
        _end(push, State.REFUSED, code=code, says=says, at=at)
    still = ProviderBlock.objects.filter(
        number=push.number,
        provider=push.provider,
        sender_address=push.sender_address,
        state=ProviderBlock.State.ACTIVE,
    )
    if push.wish == Wish.OPT_IN:
        still.update(says=f"Still blocked: {says}"[:200])


def _taken(call: _Call, *, at: datetime) -> None:
    push = call.push
    if (newer := _newer_word(push)) is not None:
        _end(push, State.OUTDATED, code="0", says=_MEANWHILE, at=at)
        if push.wish == Wish.OPT_IN:
            # The provider may have lifted what the person has just asked for: put it back.
            _again(push, newer, at=at)
        return
    _end(push, State.TAKEN, code="0", says="The provider took it.", at=at)
    door = block_cleared if push.wish == Wish.OPT_IN else block_learned
    door(
        number=push.number,
        provider=push.provider,
        sender=call.sender,
        sender_address=push.sender_address,
        source=ProviderBlock.Source.CONSENT_API,
        heard_at=at,
        at=at,
        says="The provider's consent API took it.",
        tenant_id=push.for_tenant_id,
        actor=push.actor,
    )


def _again(push: ConsentPush, newer: Event, *, at: datetime) -> None:
    ConsentPush.objects.create(
        number=push.number,
        provider=push.provider,
        sender_id=push.sender_id,
        sender_address=push.sender_address,
        wish=Wish.OPT_OUT,
        source="opt-out-message",
        said_at=newer.effective_at,
        for_tenant_id=push.for_tenant_id,
        created_at=at,
        due_at=at,
    )


def _end(push: ConsentPush, state: ConsentPush.State, *, code: str, says: str, at: datetime) -> None:
    ConsentPush.objects.filter(pk=push.pk).update(state=state, code=code, says=says, answered_at=at)


def _newer_word(push: ConsentPush) -> Event | None:
    """What the person said since that says the opposite; an opt-out at the same instant counts as the newer one."""
    events = events_of([push.number])[push.number]
    if push.wish == Wish.OPT_IN:
        found = [
            event
            for event in events
            if event.act is ConsentAct.REVOKE and event.effective_at >= push.said_at and _silences(event, push)
        ]
    else:
        ways_back = (ConsentAct.RESTORE, ConsentAct.GRANT)
        found = [event for event in events if event.act in ways_back and event.effective_at > push.said_at]
    return max(found, key=lambda event: event.effective_at, default=None)


def _silences(event: Event, push: ConsentPush) -> bool:
    """Whether an opt-out binds the texts of the tenant that asked."""
    if event.reach == "platform":
        return True
    return event.tenant_id == push.for_tenant_id and event.channel in ("sms", "any")
