"""Makes, replaces and revokes the secret addresses that fire flows. A token is handed out once and never stored."""

from datetime import datetime

from django.db import transaction

from imes.kernel.ids import secret_token, token_digest
from notifications.models import Flow, Hook
from tenants.audit import Act, record
from tenants.models import User

_HINT = 8


def make_hook(flow: Flow, *, actor: User | None, at: datetime, token: str | None = None) -> tuple[Hook, str]:
    """Write a hook of `flow` and return it with its token, which is not known anywhere else; needs the tenant's scope.

    :param token: only where development needs an address that stays the same.
    """
    secret = token or secret_token("whk")
    with transaction.atomic():
        hook = Hook.objects.create(
            tenant_id=flow.tenant_id,
            flow=flow,
            token_digest=token_digest(secret),
            token_hint=secret[:_HINT],
            created_by=actor,
            created_at=at,
        )
        record(
            Act.HOOK_MADE,
            tenant_id=flow.tenant_id,
            actor=actor,
            subject=hook,
            at=at,
            data={"flow": flow.slug, "hint": hook.token_hint},
        )
    return hook, secret


def revoke_hook(hook: Hook, *, actor: User | None, at: datetime) -> bool:
    """Have the address answer 404 from now on, for good; False when it already did. Needs the tenant's scope."""
    with transaction.atomic():
        if not Hook.objects.filter(pk=hook.pk, revoked_at__isnull=True).update(revoked_at=at):
            return False
        hook.revoked_at = at
        record(
            Act.HOOK_REVOKED,
            tenant_id=hook.tenant_id,
            actor=actor,
            subject=hook,
            at=at,
            data={"hint": hook.token_hint},
        )
    return True


def rotate_hook(hook: Hook, *, actor: User | None, at: datetime) -> tuple[Hook, str]:
    """Revoke `hook` and make another for the same flow, in one transaction; returns the new one and its token."""
    with transaction.atomic():
        revoke_hook(hook, actor=actor, at=at)
        return make_hook(hook.flow, actor=actor, at=at)
