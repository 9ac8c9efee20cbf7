"""Asks the provider what kind of line a number is, and keeps the answer.

A look-up is paid for. By itself the portal asks only with LINE_LOOKUPS on, once for a number whoever has it; otherwise
somebody asks for it. No transaction is open and no row is locked while the worker waits for the provider.
"""

import logging
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from members.lines import LineWord
from members.operations.lines import Asked, learn_line
from members.operations.lines_due import Due, claim_lines, known_word, put_off, put_off_all
from notifications.core.clock_type import Clock
from notifications.providers.base import Credentials
from notifications.providers.lookups import LineFound, NoLineAnswer
from notifications.providers.registry import LOOKUP_APIS
from notifications.queries.accounts import asking_account
from tenants.models import User
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

#: Numbers of one round, and the time it may take; the task is ended after 45 s.
_AT_ONCE, _ROUND_SECONDS = 20, 25.0
_LONGEST_CALL = 5.0
#: A process that dies while it asks leaves its numbers to whoever comes after this.
_LEASE = timedelta(minutes=2)
#: When a number is asked about again whose answer did not come, and when all are, where it is the account's trouble.
NUMBER_WAITS, ACCOUNT_WAITS = timedelta(hours=1), timedelta(minutes=10)
#: So many numbers in a row without an answer: the provider is down, and not a number odd.
_DOWN_FROM = 3
#: Somebody waits for the page meanwhile.
_ASKED_AT_A_TIME, _PATIENCE_SECONDS = 8, 15.0
_NOT_ASKED = NoLineAnswer("account", None, "It was not asked about and not paid for: the ones before it met trouble.")
_NO_ACCOUNT = NoLineAnswer("account", None, "No account at Twilio can be used: a platform admin enters one.")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one number that somebody asked about."""

    number: str
    answer: LineFound | NoLineAnswer


def fresh_from(at: datetime) -> datetime:
    """What was looked up after this instant is known, and not paid for again."""
    return at - timedelta(days=settings.LINE_LOOKUP_DAYS)


def look_up_due(*, clock: Clock) -> int:
    """Look up the lines that are waiting for it, a few at a time; how many were asked about. For the worker."""
    if not settings.LINE_LOOKUPS:
        return 0
    now = clock()
    with platform_scope():
        claimed = claim_lines(now=now, until=now + _LEASE, fresh_from=fresh_from(now), most=_AT_ONCE)
    asked, failed = 0, 0
    ends = time.monotonic() + _ROUND_SECONDS
    for place, due in enumerate(claimed):
        if time.monotonic() > ends:
            _release(claimed[place:], until=None)
            break
        if _is_known(due, at=clock()):
            continue
        answer, asked = _asked(due.number, tenant_id=due.tenant_id), asked + 1
        if isinstance(answer, LineFound):
            _keep(answer, number=due.number, at=clock())
            failed = 0
            continue
        failed += 1
        _release([due], until=clock() + NUMBER_WAITS)
        if answer.concerns == "account" or failed >= _DOWN_FROM:
            logger.warning("line types are not looked up for a while: %s", answer.says)
            until = clock() + max(ACCOUNT_WAITS, answer.retry_after or timedelta(0))
            mended = [due] if answer.concerns == "account" else []
            _release([*mended, *claimed[place + 1 :]], until=until)
            with platform_scope():
                put_off_all(now=clock(), until=until, fresh_from=fresh_from(now))
            break
    return asked


def look_up_now(numbers: Mapping[str, int], *, actor: User, at: datetime) -> list[Told]:
    """Ask about these numbers at once, each named with the tenant for whom, and keep the answers; in their order.

    For a person who waits for it: many at a time, whatever was known before. The numbers are not locked meanwhile, and
    what could not be asked in time, or after the account met trouble, is told so.
    """
    with platform_scope():
        through = {tenant_id: _credentials(tenant_id) for tenant_id in set(numbers.values())}
    ends, in_trouble = time.monotonic() + _PATIENCE_SECONDS, threading.Event()

    def ask(number: str) -> LineFound | NoLineAnswer:
        if in_trouble.is_set() or time.monotonic() > ends:
            return _NOT_ASKED
        answer = _answer(number, through[numbers[number]])
        if isinstance(answer, NoLineAnswer) and answer.concerns == "account":
            in_trouble.set()
        return answer

    with ThreadPoolExecutor(max_workers=_ASKED_AT_A_TIME) as pool:
        answers = list(pool.map(ask, numbers))
    found = []
    for (number, tenant_id), answer in zip(numbers.items(), answers, strict=True):
        if isinstance(answer, LineFound):
            _keep(answer, number=number, at=at, asked=Asked(tenant_id, actor))
        found.append(Told(number, answer))
    return found


def _is_known(due: Due, *, at: datetime) -> bool:
    """Whether somebody has the answer already; it is kept for the others who have the number."""
    with platform_scope():
        word = known_word(due.number, fresh_from=fresh_from(at))
        if word is None:
            return False
        learn_line(word, number=due.number, at=at)
        return True


def _asked(number: str, *, tenant_id: int) -> LineFound | NoLineAnswer:
    with platform_scope():
        credentials = _credentials(tenant_id)
    return _answer(number, credentials)


def _credentials(tenant_id: int) -> Credentials | None:
    account = asking_account("twilio", tenant_id=tenant_id)
    return Credentials(account.account_id, account.secret, settings.TWILIO_BASE_URL) if account else None


def _answer(number: str, credentials: Credentials | None) -> LineFound | NoLineAnswer:
    if credentials is None:
        return _NO_ACCOUNT
    timeout = timedelta(seconds=min(settings.PROVIDER_TIMEOUT, _LONGEST_CALL))
    return LOOKUP_APIS["twilio"].look_up(number, credentials=credentials, timeout=timeout)


def _keep(found: LineFound, *, number: str, at: datetime, asked: Asked | None = None) -> None:
    word = LineWord(line_type=found.line_type, sms=found.sms, source="lookup", said=found.said, at=at)
    learn_line(word, number=number, at=at, asked=asked)


def _release(due: Iterable[Due], *, until: datetime | None) -> None:
    with platform_scope():
        put_off([each.number for each in due], until=until)
