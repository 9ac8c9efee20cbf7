"""Decides about one request that names a webhook that exists, fires its flow or does not, and keeps the request.

Everything happens in one transaction of the tenant: an alert without its request, or a request answered as accepted
without its alert, cannot exist.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from notifications.core.answers import Refusal, TriggerCode
from notifications.flows.may_fire import refusal as may_not_fire
from notifications.flows.open_alert import open_alert
from notifications.hooks.body import MOST_BYTES, read_body
from notifications.models import Alert, Hook, Notification, Trigger

SAME_KEY_FOR = timedelta(hours=24)
WINDOW = timedelta(minutes=1)
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What came, before it is believed: `body` has at most one byte more than is allowed; None: of unknown length."""

    body: bytes | None
    content_type: str
    idempotency_key: str
    remote_address: str | None


@dataclass(frozen=True, slots=True)
class Fired:
    """The alert that this request opened, or that the same request opened before."""

    alert: str
    pages: int
    replayed: bool


def receive(request: Request, *, hook: Hook, at: datetime) -> Fired | Refusal:
    """Fire the hook's flow once for each event, and keep what was asked and answered; needs the tenant's scope."""
    with transaction.atomic():
        refusal = _too_many(hook, at=at) or may_not_fire(hook.flow, at=at)
        payload = refusal or _payload(request)
        if isinstance(payload, Refusal):
            _keep(request, hook=hook, at=at, refusal=payload)
            return payload
        if request.idempotency_key:
            _lock_key(hook, request.idempotency_key)
            earlier = _earlier(hook, key=request.idempotency_key, at=at)
            if earlier is not None:
                return _again(request, hook=hook, earlier=earlier, at=at)
        return _fire(request, hook=hook, payload=payload, at=at)


def _payload(request: Request) -> dict[str, Any] | Refusal:
    if request.body is None:
        return Refusal(TriggerCode.NO_LENGTH)
    if len(request.body) > MOST_BYTES:
        return Refusal(TriggerCode.TOO_LARGE)
    key = request.idempotency_key
    if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        return Refusal(TriggerCode.BAD_KEY)
    return read_body(request.body, content_type=request.content_type)


def _too_many(hook: Hook, *, at: datetime) -> Refusal | None:
    """A fixed window of a minute, counted on the rows themselves; two requests at once may both be the last."""
    start = at.replace(second=0, microsecond=0)
    rows = Trigger.objects.filter(tenant_id=hook.tenant_id, at__gte=start, hook=hook)
    if rows.count() < settings.HOOK_REQUESTS_PER_MINUTE:
        return None
    return Refusal(TriggerCode.TOO_MANY, retry_after=max(1, round((start + WINDOW - at).total_seconds())))


def _lock_key(hook: Hook, key: str) -> None:
    """Have two requests with one key wait for each other until the transaction ends."""
    digest = hashlib.sha256(f"trigger:{hook.pk}:{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])


def _earlier(hook: Hook, *, key: str, at: datetime) -> Trigger | None:
    rows = Trigger.objects.filter(
        hook=hook, idempotency_key=key, at__gt=at - SAME_KEY_FOR, code=TriggerCode.FIRED.value
    )
    return rows.select_related("alert").order_by("-at").first()


def _again(request: Request, *, hook: Hook, earlier: Trigger, at: datetime) -> Fired | Refusal:
    alert = earlier.alert
    if bytes(earlier.body_digest or b"") != _digest(request) or alert is None:
        reused = Refusal(TriggerCode.KEY_REUSED)
        _keep(request, hook=hook, at=at, refusal=reused)
        return reused
    _row(request, hook=hook, at=at, code=TriggerCode.REPLAYED, alert=alert)
    return Fired(alert.public_id, _pages(alert), replayed=True)


def _fire(request: Request, *, hook: Hook, payload: dict[str, Any], at: datetime) -> Fired:
    trigger = _row(request, hook=hook, at=at, code=TriggerCode.FIRED)
    alert = open_alert(hook.flow, payload=payload, source=Alert.Source.HOOK, trigger=trigger, actor=None, at=at)
    return Fired(alert.public_id, _pages(alert), replayed=False)


def _pages(alert: Alert) -> int:
    """The pages that the firing itself wrote; later steps write theirs later."""
    return Notification.objects.filter(alert=alert, created_at=alert.opened_at).count()


def _keep(request: Request, *, hook: Hook, at: datetime, refusal: Refusal) -> None:
    # A flood is kept up to twice what is allowed, so that it cannot fill the table.
    if refusal.code is TriggerCode.TOO_MANY:
        start = at.replace(second=0, microsecond=0)
        rows = Trigger.objects.filter(tenant_id=hook.tenant_id, at__gte=start, hook=hook)
        kept = rows.filter(code=TriggerCode.TOO_MANY.value).count()
        if kept >= settings.HOOK_REQUESTS_PER_MINUTE:
            return
        if kept == settings.HOOK_REQUESTS_PER_MINUTE - 1:
            refusal = replace(refusal, detail="Further ones in this minute are refused and not listed.")
    _row(request, hook=hook, at=at, code=refusal.code, says=refusal.says)


def _row(
    request: Request, *, hook: Hook, at: datetime, code: TriggerCode, says: str = "", alert: Alert | None = None
) -> Trigger:
    key = request.idempotency_key
    return Trigger.objects.create(
        tenant_id=hook.tenant_id,
        hook=hook,
        flow=hook.flow,
        at=at,
        is_accepted=code in (TriggerCode.FIRED, TriggerCode.REPLAYED),
        http_status=code.http_status,
        code=code.value,
        says=(says or code.says)[:400],
        idempotency_key="" if code is TriggerCode.BAD_KEY else key,
        body_digest=_digest(request),
        remote_address=request.remote_address,
        alert=alert,
    )


def _digest(request: Request) -> bytes | None:
    return None if request.body is None else hashlib.sha256(request.body).digest()
