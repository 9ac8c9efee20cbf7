"""Keeps what is known of a sender's registration: entered by hand, or fetched from the provider; each is audited.

Since when it stands so is kept as long as it does not change: a pending one ages, however often it is looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings

from imes.kernel.vault import VaultCannotOpen, VaultHasNoKey
from notifications.core.registration import RegistrationError
from notifications.dispatch.requests import credentials_of
from notifications.models import Sender
from notifications.providers.base import Credentials, ProviderDidNotAnswer
from notifications.providers.twilio_registrations import Fetched, NotFetchable, fetch_registration
from notifications.queries.sender_state import provider_of
from notifications.queries.senders import senders_with_secrets
from tenants.audit import Act, record
from tenants.models import User
from tenants.scope import platform_scope

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Nothing was changed; `why` is a sentence for the page."""

    why: str


def enter_registration(
    sender: Sender,
    *,
    state: Sender.Registration,
    kind: str,
    ref: str,
    errors: Sequence[RegistrationError],
    since: datetime | None,
    actor: User,
    at: datetime,
) -> None:
    """Keep what somebody read in the provider's console; needs a scope that may write the sender.

    :param since: since when it stands so, where that is known; else it counts from now, if anything changed.
    """
    kept = [{"code": error.code, "field": error.field, "says": error.says} for error in errors]
    _keep(sender, state=state, kind=kind, ref=ref, errors=kept, since=since, source="hand", actor=actor, at=at)


def fetch_from_provider(sender: Sender, *, actor: User | None, at: datetime) -> Fetched | NotFetched:
    """Ask the provider how the sender is registered, and keep the answer; where none comes, nothing is changed."""
    if provider_of(sender) != "twilio":
        return NotFetched("Only Twilio shows this to the portal: enter the state by hand.")
    try:
        fetched = ask_twilio(
            sender,
            ask=lambda credentials, timeout: fetch_registration(
                sender.address, is_toll_free=sender.is_toll_free, credentials=credentials, timeout=timeout
            ),
        )
    except NotFetchable as error:
        return NotFetched(str(error))
    if isinstance(fetched, NotFetched):
        return fetched
    _keep(
        sender,
        state=Sender.Registration(fetched.state),
        kind=fetched.kind,
        ref=fetched.ref,
        errors=[{"code": one.code, "field": one.field, "says": one.says} for one in fetched.errors],
        since=fetched.since,
        source="provider",
        actor=actor,
        at=at,
    )
    return fetched


def ask_twilio(sender: Sender, *, ask: Callable[[Credentials, timedelta], Told]) -> Told | NotFetched:
    """What Twilio tells of this sender with its account's credentials, or the sentence why nothing came."""
    with platform_scope():
        ready = senders_with_secrets([sender.public_id]).get(sender.public_id)
    try:
        if ready is not None:
            return ask(credentials_of(ready), timedelta(seconds=settings.PROVIDER_TIMEOUT))
    except (VaultCannotOpen, VaultHasNoKey):
        pass
    except ProviderDidNotAnswer as error:
        status = f" (HTTP {error.http_status}, code {error.code or 'none'})" if error.http_status else ""
        return NotFetched(f"Twilio gave no answer that says it{status}: {error}. What was known stays as it is.")
    return NotFetched("The secret of this sender's account cannot be read. Enter it again under Provider accounts.")


def _keep(
    sender: Sender,
    *,
    state: Sender.Registration,
    kind: str,
    ref: str,
    errors: list[dict[str, str]],
    since: datetime | None,
    source: str,
    actor: User | None,
    at: datetime,
) -> None:
    before = {"state": sender.registration, "errors": sender.registration_errors}
    if since is not None and since <= at:
        sender.registration_since = since
    elif sender.registration_since is None or sender.registration != state.value:
        sender.registration_since = at
    sender.registration, sender.registration_kind, sender.registration_ref = state.value, kind, ref
    sender.registration_errors, sender.registration_source, sender.registration_checked_at = errors, source, at
    sender.save(
        update_fields=[
            "registration", "registration_kind", "registration_ref", "registration_errors", "registration_since",
            "registration_source", "registration_checked_at",
        ]
    )  # fmt: skip
    about = {"state": state.value, "source": source, "codes": [error["code"] for error in errors], "before": before}
    record(Act.REGISTRATION_CHANGED, tenant_id=sender.tenant_id, actor=actor, subject=sender, at=at, data=about)
