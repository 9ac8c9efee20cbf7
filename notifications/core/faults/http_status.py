"""What a refusal means when the provider gave no code of its own: the HTTP status, or silence, decides."""

from http import HTTPStatus

from notifications.core.faults.fault import Fault
from notifications.core.faults.kinds import FaultKind, Stage, Whose
from notifications.core.faults.remedies import NO_ANSWER, NOT_REACHED, OF_KIND

_NO_ACCESS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}
_UNCERTAIN = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
}  # without the provider's own word, nobody says that the message was not processed


def http_fault(provider: str, http_status: int | None) -> Fault:
    """The fault of an answer without a code; `None` means that no answer came after the request left."""
    if http_status is None:
        return _fault(provider, None, FaultKind.PROVIDER_FAULT, "No answer came after the request had left.", NO_ANSWER)
    kind = _kind(http_status)
    return _fault(provider, http_status, kind, f"{provider} answered HTTP {http_status} without a code.", OF_KIND[kind])


def unreachable_fault(provider: str) -> Fault:
    """The fault of a request that never left, because no connection to the provider could be made."""
    says = "No connection to the provider could be made; nothing was sent."
    return _fault(provider, None, FaultKind.PROVIDER_FAULT, says, NOT_REACHED, ambiguous=False)


def at_its_end(http_status: int | None) -> bool:
    """Whether the status says that the provider itself failed."""
    return http_status is not None and http_status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _kind(http_status: int) -> FaultKind:
    if http_status in _NO_ACCESS:
        return FaultKind.AUTH
    if http_status == HTTPStatus.TOO_MANY_REQUESTS:
        return FaultKind.RATE_LIMITED
    if at_its_end(http_status) or http_status == HTTPStatus.REQUEST_TIMEOUT:
        return FaultKind.PROVIDER_FAULT
    return FaultKind.REQUEST_INVALID


def _fault(
    provider: str, http_status: int | None, kind: FaultKind, says: str, remedy: str, *, ambiguous: bool | None = None
) -> Fault:
    theirs = kind is FaultKind.PROVIDER_FAULT
    unsure = http_status is None or at_its_end(http_status) or http_status in _UNCERTAIN
    return Fault(
        provider=provider,
        code=None,
        kind=kind,
        retryable=theirs or kind is FaultKind.RATE_LIMITED,
        failover_allowed=kind is not FaultKind.REQUEST_INVALID,
        whose=Whose.PROVIDER if theirs else Whose.PLATFORM_ADMIN,
        stage=Stage.API,
        says=says,
        remedy=remedy,
        link=None,
        known=http_status is None,
        ambiguous=unsure if ambiguous is None else ambiguous,
        http_status=http_status,
    )
