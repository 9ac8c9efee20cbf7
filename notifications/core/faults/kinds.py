"""The words in which a fault is classified: its kind, whose it is to mend, and where it showed."""

from enum import StrEnum


class FaultKind(StrEnum):
    """What sort of trouble it is; the values are the categories of the catalogue files."""

    INVALID_NUMBER = "invalid_number"
    NOT_MOBILE = "not_mobile"
    OPTED_OUT = "opted_out"
    UNREACHABLE = "unreachable"
    CARRIER_BLOCKED = "carrier_blocked"
    CONTENT_FILTERED = "content_filtered"
    CALL_FAILED = "call_failed"
    QUIET_HOURS = "quiet_hours"
    GEO_PERMISSION = "geo_permission"
    SENDER_MISCONFIGURED = "sender_misconfigured"
    REGISTRATION_A2P = "registration_a2p"
    ACCOUNT_SUSPENDED = "account_suspended"
    AUTH = "auth"
    RATE_LIMITED = "rate_limited"
    QUEUE_OVERFLOW = "queue_overflow"
    REQUEST_INVALID = "request_invalid"
    WEBHOOK = "webhook"
    PROVIDER_FAULT = "provider_fault"
    OUR_ERROR = "our_error"
    UNKNOWN = "unknown"


class Whose(StrEnum):
    """Who has to act, or, for provider and carrier, whom we wait for."""

    MEMBER = "member"
    TENANT_ADMIN = "tenant_admin"
    PLATFORM_ADMIN = "platform_admin"
    PROVIDER = "provider"
    CARRIER = "carrier"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """Where it showed: in the answer to our request, in a later receipt, at our webhook, or elsewhere."""

    API = "api"
    ASYNC = "async"
    WEBHOOK = "webhook"
    ALERT = "alert"
    CONFIG = "config"
    UNKNOWN = "unknown"
