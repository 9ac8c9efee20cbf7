"""One fault: everything the portal says and decides about a provider's error code."""

from dataclasses import dataclass

from notifications.core.faults.kinds import FaultKind, Stage, Whose


@dataclass(frozen=True, slots=True)
class Fault:
    """A code in plain words, with what may be done about it.

    `failover_allowed` says that another provider may lawfully and usefully be tried on the same channel.
    `ambiguous` says that the message may have gone out all the same: ask the provider before anything is sent again.
    """

    provider: str
    code: str | None
    kind: FaultKind
    retryable: bool
    failover_allowed: bool
    whose: Whose
    stage: Stage
    says: str
    remedy: str
    link: str | None
    known: bool
    ambiguous: bool = False
    http_status: int | None = None

    @property
    def label(self) -> str:
        """The short name that people search for: `twilio 30003`, `twilio HTTP 503`, `twilio`."""
        if self.code is not None:
            return f"{self.provider} {self.code}"
        return self.provider if self.http_status is None else f"{self.provider} HTTP {self.http_status}"

    @property
    def moves_breaker(self) -> bool:
        """Whether it counts against the route: only the provider's own trouble does, and only on the way out.

        A thousand bad numbers, or a carrier that refuses, never open the breaker of a healthy route.
        """
        return self.whose is Whose.PROVIDER and self.stage in {Stage.API, Stage.ASYNC}
