"""Who does what next, in one or two plain sentences: for single codes first, else for the kind of fault."""

from collections.abc import Mapping
from types import MappingProxyType

from notifications.core.faults.azure_remedies import AZURE
from notifications.core.faults.kinds import FaultKind, Whose
from notifications.core.faults.twilio_remedies import TWILIO

NO_ANSWER = (
    "Wait: the portal asks the provider whether it took the message before it sends anything again. "
    "If many rows say this, a platform admin looks at the provider's status page and at our own network."
)
NOT_REACHED = (
    "Wait: the portal tries again. If it lasts, a platform admin checks our outgoing network, DNS and firewall "
    "first, then the provider's status page."
)
OUR_OWN = (
    "A platform admin opens the error on the attempt and mends the portal or its settings; nothing was sent, "
    "so the message can be sent again afterwards."
)

OF_KIND: Mapping[FaultKind, str] = MappingProxyType(
    {
        FaultKind.INVALID_NUMBER: (
            "A tenant admin asks the member for the right number and corrects it on the member's page. "
            "Sending again to this number will fail again."
        ),
        FaultKind.NOT_MOBILE: (
            "A tenant admin asks the member for a mobile number; a landline can still be called by voice."
        ),
        FaultKind.OPTED_OUT: (
            "Only the member can change this: they text START to the sender from their own phone. "
            "Nobody here may send to them until then, by any provider."
        ),
        FaultKind.UNREACHABLE: (
            "Try another of the member's channels or phones now; ask the member whether the phone was on and in "
            "coverage, and whether the number takes text messages."
        ),
        FaultKind.CARRIER_BLOCKED: (
            "A platform admin takes the message id to the provider's support, who can ask the carrier why it blocks; "
            "until then use another channel for this member."
        ),
        FaultKind.CONTENT_FILTERED: (
            "A tenant admin rewords the flow's text: name the organisation, leave out shortened links and "
            "all-capital words, then fires a test."
        ),
        FaultKind.CALL_FAILED: (
            "Let the escalation go on; if it happens to the same member again, ask whether the phone takes calls from "
            "unknown numbers."
        ),
        FaultKind.QUIET_HOURS: (
            "A tenant admin marks the flow as urgent if it is, or accepts that the provider holds it until morning."
        ),
        FaultKind.GEO_PERMISSION: (
            "A platform admin switches on the recipient's country in the provider's geographic permissions, or names "
            "a sender at another provider for that country."
        ),
        FaultKind.SENDER_MISCONFIGURED: (
            "A platform admin checks the sender at the provider: that this account owns it, that it can send on this "
            "channel, and that it may send to the recipient's country."
        ),
        FaultKind.REGISTRATION_A2P: (
            "A platform admin completes the sender's registration (US 10DLC campaign or toll-free verification) at "
            "the provider, and uses a registered sender meanwhile."
        ),
        FaultKind.ACCOUNT_SUSPENDED: (
            "A platform admin opens the provider's console and settles what stopped the account: funds, trial limits, "
            "verification or a review."
        ),
        FaultKind.AUTH: (
            "A platform admin compares the account id and the secret on the provider account page with the "
            "provider's console and enters them again; a rotated token is the usual reason."
        ),
        FaultKind.RATE_LIMITED: (
            "Wait: the portal slows down and tries again. If it is frequent, a platform admin adds senders or asks the "
            "provider for a higher rate."
        ),
        FaultKind.QUEUE_OVERFLOW: (
            "A platform admin spreads the traffic over more senders or a faster sender type; the queue drains by "
            "itself meanwhile."
        ),
        FaultKind.REQUEST_INVALID: (
            "A platform admin reports this with the attempt's trace: the portal made a request that the provider "
            "cannot read, and repeating it will not help."
        ),
        FaultKind.WEBHOOK: (
            "A platform admin checks that PUBLIC_URL is reachable from the internet with a valid certificate, and "
            "that the provider's webhook settings point to it."
        ),
        FaultKind.PROVIDER_FAULT: (
            "Wait: the provider has to mend this, and the portal tries again or uses another route by itself. "
            "A platform admin may look at the provider's status page."
        ),
        FaultKind.OUR_ERROR: OUR_OWN,
        FaultKind.UNKNOWN: (
            "A platform admin opens the provider's page for this code, or asks the provider's support with the "
            "message id; if it keeps coming, it belongs in the catalogue."
        ),
    }
)

_OF_CODE: Mapping[str, Mapping[str, str]] = MappingProxyType({"twilio": TWILIO, "azure": AZURE})

_ENDS: Mapping[Whose, str] = MappingProxyType(
    {
        Whose.CARRIER: "Nothing to mend here: the carrier did this. {otherwise}",
        Whose.PLATFORM_ADMIN: "A platform admin reads the code's page: the cause is in our set-up. {otherwise}",
    }
)
# Kinds whose general sentence names a member or a carrier, while the row may name somebody else.
_VARIES = frozenset(
    {FaultKind.INVALID_NUMBER, FaultKind.UNREACHABLE, FaultKind.CALL_FAILED, FaultKind.CONTENT_FILTERED}
)


def remedy(provider: str, code: str, *, kind: FaultKind, whose: Whose) -> str:
    """The sentence for this very code where there is one, else the one for its kind and for who has to act."""
    own = _OF_CODE.get(provider, {}).get(code)
    if own is not None:
        return own
    if kind in _VARIES and whose in _ENDS:
        return _ENDS[whose].format(otherwise=OF_KIND[kind])
    return OF_KIND[kind]
