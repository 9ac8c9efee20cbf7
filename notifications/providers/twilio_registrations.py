"""What Twilio has registered with carriers for one sender: the brand and campaign of a service, or a verification.

Over Twilio's own SDK: `GET messaging.twilio.com/v1/Services/{MG}/Compliance/Usa2p`, `/v1/a2p/BrandRegistrations/{BN}`
and `/v1/Tollfree/Verifications`. The three name their errors in three ways; here they are one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from notifications.providers.base import Credentials, ProviderDidNotAnswer
from notifications.providers.trace import Redactor
from notifications.providers.twilio_answers import refusal
from notifications.providers.twilio_session import session_of

State = Literal["pending", "verified", "failed"]
_STATES: dict[str, State] = {
    # of a campaign
    "VERIFIED": "verified",
    "IN_PROGRESS": "pending",
    # of a brand
    "APPROVED": "verified",
    "DELETION_PENDING": "failed",
    "DELETION_FAILED": "failed",
    # of a toll-free verification
    "TWILIO_APPROVED": "verified",
    "PENDING_REVIEW": "pending",
    "TWILIO_REJECTED": "failed",
    # of several
    "PENDING": "pending",
    "IN_REVIEW": "pending",
    "FAILED": "failed",
    "SUSPENDED": "failed",
}
_ORDER: tuple[State, ...] = ("verified", "pending", "failed")


@dataclass(frozen=True, slots=True)
class FetchedError:
    """One thing that Twilio wants corrected."""

    code: str
    field: str
    says: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """The registration as Twilio shows it now; `ref` is its SID, empty where there is none."""

    state: State
    kind: Literal["a2p", "toll_free"]
    ref: str
    since: datetime | None
    errors: tuple[FetchedError, ...] = ()


class NotFetchable(ValueError):
    """Twilio shows no registration for this kind of sender."""


def fetch_registration(address: str, *, is_toll_free: bool, credentials: Credentials, timeout: timedelta) -> Fetched:
    """Ask Twilio how this sender is registered.

    :raises NotFetchable: for a number that is not toll-free: its campaign belongs to its Messaging Service.
    :raises ProviderDidNotAnswer: when that cannot be known now.
    """
    is_service = address.startswith("MG")
    if not is_service and not is_toll_free:
        raise NotFetchable(
            "Twilio registers a local number through its Messaging Service: fetch it for the sender of that service "
            "(MG...), or enter the state by hand."
        )
    session = session_of(credentials)
    with session.transport.calling(timeout=timeout) as call:
        try:
            return _of_service(session.client, address) if is_service else _of_number(session.client, address)
        except Exception as error:
            redactor = Redactor(numbers=(address,), secrets=(credentials.auth_token,))
            if call.response is not None and call.response.status >= 300:  # noqa: PLR2004 - redirects and refusals
                code, says = refusal(call.response, redactor=redactor)
                raise ProviderDidNotAnswer(says, http_status=call.response.status, code=code) from error
            cause = error.__cause__ or error
            raise ProviderDidNotAnswer(f"{type(cause).__name__}: {redactor.text(str(cause))}") from error


def _of_service(client: Any, address: str) -> Fetched:
    campaigns = client.messaging.v1.services(address).us_app_to_person.list(limit=20)
    if not campaigns:
        none = FetchedError("", "", "No campaign is registered for this Messaging Service.")
        return Fetched("failed", "a2p", "", None, (none,))
    campaign = max(campaigns, key=lambda one: _instant(one.date_created) or datetime.min.replace(tzinfo=UTC))
    state, unknown = _state(campaign.campaign_status)
    errors = [*unknown, *_listed(campaign.errors)]
    since = _instant(campaign.date_updated)
    if campaign.brand_registration_sid:
        brand = client.messaging.v1.brand_registrations(campaign.brand_registration_sid).fetch()
        of_brand, unknown = _state(brand.status)
        if _ORDER.index(of_brand) > _ORDER.index(state):
            state, since = of_brand, _instant(brand.date_updated)
        if of_brand != "verified":
            errors += [*unknown, *(_listed(brand.errors) or _said("", brand.failure_reason))]
    return Fetched(state, "a2p", campaign.sid or "", since, tuple(errors))


def _of_number(client: Any, address: str) -> Fetched:
    numbers = client.incoming_phone_numbers.list(phone_number=address, limit=1)
    if not numbers:
        raise ProviderDidNotAnswer("the account has no such number")
    found = client.messaging.v1.tollfree_verifications.list(tollfree_phone_number_sid=numbers[0].sid, limit=20)
    if not found:
        none = FetchedError("", "", "No verification was submitted for this toll-free number.")
        return Fetched("failed", "toll_free", "", None, (none,))
    newest = max(found, key=lambda one: _instant(one.date_created) or datetime.min.replace(tzinfo=UTC))
    state, unknown = _state(newest.status)
    reasons = [
        FetchedError(str(one.get("code") or ""), "", str(one.get("reason") or ""))
        for one in newest.rejection_reasons or []
        if isinstance(one, dict)
    ]
    errors = reasons or _said(newest.error_code, newest.rejection_reason)
    return Fetched(state, "toll_free", newest.sid or "", _instant(newest.date_updated), (*unknown, *errors))


def _state(word: object) -> tuple[State, list[FetchedError]]:
    """What the word means; one that is not in Twilio's specification proves nothing, and is shown."""
    text = str(word or "").upper()
    if text in _STATES:
        return _STATES[text], []
    return "pending", [
        FetchedError("", "status", f"Twilio calls it {text[:40] or 'nothing'}, which is not known here.")
    ]


def _listed(errors: Iterable[Any] | None) -> list[FetchedError]:
    found = []
    for error in errors or ():
        if isinstance(error, dict):
            code = error.get("error_code") or error.get("code") or ""
            fields = error.get("fields")
            shown = ", ".join(map(str, fields)) if isinstance(fields, list) else str(fields or "")
            found.append(FetchedError(str(code), shown[:120], str(error.get("description") or "")[:400]))
    return found


def _said(code: object, says: object) -> list[FetchedError]:
    return [FetchedError(str(code or ""), "", str(says or "")[:400])] if code or says else []


def _instant(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
