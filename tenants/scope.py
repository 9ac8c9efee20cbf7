"""Whose rows may be seen right now: opens a scope for one tenant, or for the platform, around one transaction.

Both barriers are opened together: the scope of the managers (django-scopes, fails closed) and row-level security.
It does not decide who deserves which scope; that is for the caller (middleware, worker, command).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django_scopes import get_scope, scope, scopes_disabled
from django_scopes.exceptions import ScopeError

M = TypeVar("M", bound=models.Model)

#: The role every login starts a transaction with: the login itself.
NO_ROLE = "none"


class NoScope(ScopeError):  # type: ignore[misc]
    """A tenant's rows were asked for outside every scope. Open `tenant_scope` or `platform_scope` first."""


@dataclass(frozen=True, slots=True)
class _View:
    """What the policies of tenants/rls.py read: two transaction-local settings, and the role in force."""

    tenant: str
    user: str
    role: str


#: The view of the block that is open, so that the same one inside it costs no round trip.
_in_force: ContextVar[_View | None] = ContextVar("view_in_force", default=None)


@contextmanager
def tenant_scope(tenant_id: int, *, user_id: int | None = None) -> Iterator[None]:
    """Show only one tenant's rows, in one transaction, until the block ends; the scope around it then holds again.

    Costs one round trip, and one more when it is nested in another view.
    """
    with _view(_View(str(tenant_id), _text(user_id), NO_ROLE), managers=scope(tenant=tenant_id)):
        yield


@contextmanager
def platform_scope() -> Iterator[None]:
    """Show every tenant's rows, in one transaction: for dispatch, webhooks, STOP, support and platform pages.

    The transaction takes the platform role; nothing of it outlives the block.
    """
    with _view(_View("", "", settings.DB_ROLES.platform), managers=scopes_disabled()):
        yield


@contextmanager
def user_scope(user_id: int) -> Iterator[None]:
    """Show the memberships of one login, and the tenants they name, before any tenant is chosen."""
    with _view(_View("", str(user_id), NO_ROLE), managers=scopes_disabled()):
        yield


def scoped_tenant_id() -> int | None:
    """Return the tenant whose scope is open, None in a platform scope or a user's.

    :raises NoScope: when none is open.
    """
    state = get_scope()
    if not state.get("_enabled", True):
        return None
    if "tenant" not in state:
        raise NoScope("No tenant scope is open: open tenant_scope() or platform_scope() first.")
    return int(state["tenant"])


class TenantManager(models.Manager[M]):
    """The first barrier: rows of the scope that is open, and an error where none is."""

    def get_queryset(self) -> models.QuerySet[M]:
        tenant_id = scoped_tenant_id()
        rows = super().get_queryset()
        return rows if tenant_id is None else rows.filter(tenant_id=tenant_id)


@contextmanager
def _view(view: _View, *, managers: AbstractContextManager[None]) -> Iterator[None]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        if nested and _in_force.get() == view:
            with managers:
                yield
            return
        before = _change_to(view)
        mark = _in_force.set(view)
        try:
            with managers:
                yield
        finally:
            _in_force.reset(mark)
        # RELEASE SAVEPOINT would keep the inner settings and role, a rollback puts the outer ones back by itself.
        if nested and not connection.needs_rollback:
            _change_to(before)


def _change_to(view: _View) -> _View:
    """Put `view` in force for this transaction and return the one before it, in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.tenant', true), ''), coalesce(current_setting('app.user', true), ''),"
            " current_setting('role'), set_config('app.tenant', %s, true), set_config('app.user', %s, true),"
            " set_config('role', %s, true)",
            [view.tenant, view.user, view.role],
        )
        tenant, user, role, *_ = cursor.fetchone()
    return _View(tenant, user, role)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
