"""Remedies for the Twilio codes that people really meet; every other code takes the sentence of its kind."""

from collections.abc import Mapping
from types import MappingProxyType

_CONSOLE = "A platform admin, in the Twilio console,"

TWILIO: Mapping[str, str] = MappingProxyType(
    {
        "20003": (
            "A platform admin enters the account SID and auth token again from the Twilio console. Usual reasons: the "
            "token was rotated, it belongs to another subaccount, or the account is closed."
        ),
        "20005": f"{_CONSOLE} reactivates the account, or moves the senders to one that is active.",
        "20008": "A platform admin replaces the test credentials by live ones; test credentials never reach a phone.",
        "20429": (
            "Nothing to do: Twilio did not take the message and the portal sends it again after a pause. If it is "
            "frequent, a platform admin lowers the rate or asks Twilio for more concurrency."
        ),
        "21211": (
            "A tenant admin corrects the member's number: it must be a full international number such as "
            "+1 415 555 0123. Sending again without a correction fails again."
        ),
        "21212": "A platform admin corrects the sender's number: Twilio cannot read it as a number or a sender name.",
        "21266": "A tenant admin corrects the member's number: it is the number that the portal itself sends from.",
        "21408": (
            f"{_CONSOLE} opens Messaging, Settings, Geo permissions, and switches on the recipient's country; "
            "then the message can be resent."
        ),
        "21601": f"{_CONSOLE} picks a sender that can send text messages; this number cannot.",
        "21602": "A tenant admin fills the flow's message template: it came out empty for this alert.",
        "21606": (
            "A platform admin checks that the sender belongs to this Twilio account, can send SMS, and may send to the "
            "recipient's country, or chooses another sender."
        ),
        "21610": (
            "The member texted STOP to this sender. Only they can lift it, by texting START to the same sender from "
            "their own phone. Do not reach them through another sender or provider."
        ),
        "21611": (
            "The portal tries again once the sender's queue has drained. If it is frequent, a platform admin adds "
            "senders to the Messaging Service or moves to a short code or toll-free number."
        ),
        "21612": (
            "A platform admin chooses another sender for this country: Twilio has no route from this sender to this "
            "number."
        ),
        "21614": (
            "A tenant admin asks the member for a mobile number: this one cannot take text messages. If it is a "
            "landline, keep it for voice calls only."
        ),
        "21617": "A tenant admin shortens the flow's template: the text came out longer than 1,600 characters.",
        "21635": "A tenant admin asks the member for a mobile number and keeps this landline for voice calls only.",
        "30001": (
            "A platform admin spreads the traffic over more senders: messages waited longer than allowed. This one was "
            "not sent, and can be resent if it still matters."
        ),
        "30002": f"{_CONSOLE} settles why the account was suspended; messages fail until it is active again.",
        "30003": (
            "Try the member's other phone or channel now. Ask the member whether the phone was on, in coverage and "
            "paid for (prepaid credit); if it keeps happening, the number may be a landline: have its type looked up."
        ),
        "30004": (
            "Ask the member whether they or their carrier block text messages, or whether they once replied STOP to a "
            "toll-free number of ours. Use another channel meanwhile; do not retry by another provider."
        ),
        "30005": (
            "A tenant admin asks the member whether the number is still theirs: the carrier does not know it. Correct "
            "it on the member's page."
        ),
        "30006": (
            "A tenant admin asks the member for a mobile number: this one is a landline or cannot be reached from our "
            "kind of sender. Voice may still work."
        ),
        "30007": (
            "A tenant admin rewords the message (name the organisation, no shortened links, no sales language) and "
            "fires a test. If plain text is filtered too, a platform admin checks the sender's registration."
        ),
        "30008": (
            "Send again once, or use another channel: the carrier gave no reason. If one member keeps getting it, ask "
            "whether the phone is on and may roam; if many do, a platform admin asks Twilio with message ids."
        ),
        "30017": "Nothing to mend here: the carrier's network was congested. The portal may try again later.",
        "30022": (
            "The portal slows down and tries again. A platform admin spreads traffic over the campaign's numbers, or "
            "applies for a higher 10DLC throughput."
        ),
        "30023": (
            "T-Mobile's daily limit for this brand is used up until midnight Pacific time. A platform admin uses a "
            "toll-free number meanwhile, and applies for a higher brand tier."
        ),
        "30027": (
            "T-Mobile's daily limit is used up until midnight Pacific time. A platform admin uses another sender "
            "meanwhile, and applies for a higher brand tier."
        ),
        "30032": (
            f"{_CONSOLE} submits the toll-free verification of this sender and uses a verified sender until it is "
            "approved; unverified toll-free traffic is blocked."
        ),
        "30034": (
            f"{_CONSOLE} adds this number to a Messaging Service with an approved US A2P 10DLC campaign, or uses a "
            "verified toll-free number meanwhile."
        ),
        "30035": (
            "Wait some hours: the carriers are still setting this sender up for its campaign. A platform admin uses "
            "another registered sender meanwhile."
        ),
        "30036": (
            "It was never sent: it waited longer than the time for which it was worth sending. A platform admin looks "
            "at the sender's queue; the alert itself goes on by its next step."
        ),
        "30410": (
            "Ask before resending: the carrier's side timed out and the message may have arrived. The portal asks "
            "Twilio first."
        ),
        "30450": "Wait 15 to 30 minutes: Twilio suspects abuse towards this number and blocks it for a while.",
        "30500": "Wait: Twilio failed inside. The portal tries again or uses another route.",
        "30630": (
            "The member opted out at this sender. Only they can lift it, by texting START to the same sender. Do not "
            "reach them through another sender or provider."
        ),
        "32017": (
            "A platform admin registers the calling number for Voice Integrity and branded calling: the carrier's "
            "analytics take it for an unwanted caller."
        ),
        "SIP-403": (
            "A platform admin registers the calling number for Voice Integrity and a SHAKEN/STIR trust profile in the "
            "Twilio console, and asks Twilio with the call's ID who blocked it; use SMS meanwhile."
        ),
        "SIP-404": "A tenant admin asks the member for the right number and corrects it on the member's page.",
        "SIP-484": "A tenant admin corrects the member's number on the member's page: digits are missing.",
        "SIP-604": "A tenant admin asks the member for the right number and corrects it on the member's page.",
        "SIP-408": "Let the escalation go on; ask the member whether the phone was on and in coverage.",
        "SIP-480": "Let the escalation go on; ask the member whether the phone was on, in coverage and taking calls.",
        "SIP-603": (
            "Ask the member whether they declined it, or whether their phone or carrier turns away callers that they "
            "do not know; saving the calling number as a contact helps."
        ),
        "SIP-607": (
            "Ask the member to unblock the calling number on their phone and with their carrier, and to save it as a "
            "contact. Do not call them from another number instead."
        ),
        "SIP-608": (
            "A platform admin registers the calling number for Voice Integrity and branded calling, and follows the "
            "carrier's redress (RFC 8688); use SMS or another calling number meanwhile."
        ),
    }
)
