"""Which words a recorded consent was given on: the portal's own, by their version, or those of another form, pasted.

A version that nobody can show the words of is refused: a consent that cannot be explained is none.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from members.consent.choices import Channel
from members.consent.disclosure import VERSIONS, Disclosure, disclosure
from tenants.models import Tenant

LONGEST_VERSION = 40
_JOIN = " + "


@dataclass(frozen=True, slots=True)
class WordingRefused:
    """Why these words are not taken, and what to do instead; `field` is the one to mend."""

    field: str
    says: str


def known_versions() -> dict[str, tuple[Channel, ...]]:
    """The portal's own wordings by version, with the channels that each covers; the last covers both."""
    both: tuple[Channel, ...] = ("sms", "voice")
    alone: dict[str, tuple[Channel, ...]] = {VERSIONS[channel]: (channel,) for channel in both}
    return {**alone, _JOIN.join(VERSIONS[channel] for channel in both): both}


def known_wording(version: str, *, tenant: Tenant) -> Disclosure:
    """The portal's own words of a known version, as they read for this tenant."""
    texts = [
        disclosure(
            tenant.name, channel=channel, support_contact=tenant.support_email, public_url=settings.PUBLIC_URL
        ).text
        for channel in known_versions()[version]
    ]
    return _worded(version, "\n\n".join(texts))


def wording_of(
    version: str, *, pasted: str, channels: Sequence[Channel], tenant: Tenant
) -> Disclosure | WordingRefused:
    """The words of a record: those of a known version, or the pasted ones of another form under its own name."""
    version, pasted = version.strip(), pasted.strip()
    known = known_versions()
    if not says_something(version):
        return WordingRefused("version", "Name the wording that they agreed to: a known version, or the form's own.")
    if len(version) > LONGEST_VERSION:
        return WordingRefused("version", f"The name of the wording is longer than {LONGEST_VERSION} characters.")
    if version in known:
        if pasted and pasted != known_wording(version, tenant=tenant).text:
            says = f"“{version}” is the portal's own wording. Give the pasted words the name of the form they stand on."
            return WordingRefused("version", says)
        missing = set(channels) - set(known[version])
        if missing:
            names = " and ".join(sorted("SMS" if channel == "sms" else "voice calls" for channel in missing))
            return WordingRefused("version", f"The wording “{version}” says nothing of {names}. Choose one that does.")
        return known_wording(version, tenant=tenant)
    if not says_something(pasted):
        says = f"The portal knows no wording “{version}”. Paste the form's words, exactly as they read them."
        return WordingRefused("pasted", says)
    return _worded(version, pasted)


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it: spaces, seen or unseen, and dots say nothing."""
    return any(char.isalnum() for char in text)


def _worded(version: str, text: str) -> Disclosure:
    return Disclosure(version, text, hashlib.sha256(text.encode()).digest())
