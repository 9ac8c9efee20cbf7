"""What a person is told right beside the box that they may tick: the whole call to action, word for word.

Pure text: knows no form and no database. The words that a person saw are kept with their consent, so a change here
changes nothing that was agreed before. Sources: CTIA Messaging Principles 5.1.1 and 5.1.2, Twilio Messaging Policy.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

#: Names the wording. Whoever changes a word gives it a new name; a test holds the two together.
VERSIONS: dict[str, str] = {"sms": "sms-2026-11-a", "voice": "voice-2026-11-a"}

_SMS = (
    "I agree to receive recurring automated text messages (SMS) with operational alerts from {tenant}, sent through "
    "the IMES alerting service to the mobile number that I enter on this page. Message frequency varies with the "
    "alerts that concern me. Message and data rates may apply. Reply STOP at any time to stop all messages, or HELP "
    "for help; {support}. Consent is not a condition of joining {tenant} or of buying anything: everything else works "
    "without it. My mobile number and my consent are not sold or shared with third parties for their marketing. "
    "Terms: {url}/terms. Privacy: {url}/privacy."
)
_VOICE = (
    "I agree to receive recurring automated phone calls in an artificial voice with operational alerts from {tenant}, "
    "placed through the IMES alerting service to the number that I enter on this page. Call frequency varies with the "
    "alerts that concern me. Press 9 during a call, or reply STOP to a text message, to stop all calls and messages; "
    "{support}. Consent is not a condition of joining {tenant} or of buying anything: everything else works without "
    "it. My number and my consent are not sold or shared with third parties for their marketing. "
    "Terms: {url}/terms. Privacy: {url}/privacy."
)
_TEXTS = {"sms": _SMS, "voice": _VOICE}


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One wording as one person saw it, with the SHA-256 of its text."""

    version: str
    text: str
    digest: bytes


def disclosure(
    tenant_name: str, *, channel: Literal["sms", "voice"], support_contact: str, public_url: str
) -> Disclosure:
    """The wording for one tenant and channel; without a support contact it names the tenant's own administrators."""
    support = f"for support write to {support_contact}" if support_contact else f"for support ask {tenant_name}"
    text = _TEXTS[channel].format(tenant=tenant_name, support=support, url=public_url)
    return Disclosure(VERSIONS[channel], text, hashlib.sha256(text.encode()).digest())
