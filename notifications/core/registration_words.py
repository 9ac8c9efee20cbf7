"""What to correct for each reason for which a registration is refused, and where it is submitted again. Pure.

Sources: Twilio's error dictionary (https://www.twilio.com/docs/api/errors) and its pages on A2P 10DLC and toll-free
verification; codes that are not listed here are answered too.
"""

_OPT_IN = (
    "Show how people agree: the address or a picture of the invite page, with its box that is not ticked beforehand, "
    "its wording, STOP, HELP, frequency and rates."
)
_BUSINESS = "Correct the legal name, address, tax number and website of the business so that they match its papers."
_CAMPAIGN = "Rewrite the campaign's description and samples so that they show these alerts and nothing else."

_CORRECTIONS = {
    "30445": _BUSINESS,
    "30446": _OPT_IN,
    "30447": "Choose a toll-free number that is active in this account, and submit for that number.",
    "30472": _BUSINESS,
    "30473": "Give a website that opens without a login and names the business.",
    "30474": "Name the end business: the organisation whose alerts these are, not the portal.",
    "30475": "Keep consent to texts apart from the terms of service: a box of its own that nobody has to tick.",
    "30476": _OPT_IN,
    "30477": "State in the privacy policy that numbers and opt-ins are not shared with others for marketing.",
    "30478": "Use one toll-free number for each business.",
    "30795": "Correct the tax number and the legal name so that they are exactly as the tax office has them.",
    "30799": _BUSINESS,
    "30882": "Give an address of terms and conditions that opens and fits these alerts.",
    "30883": "Take out content that carriers forbid.",
    "30886": _CAMPAIGN,
    "30887": "Say in the samples and the flow that STOP ends the messages.",
    "30890": "Say in the samples and the flow that HELP is answered.",
    "30893": _CAMPAIGN,
    "30896": _OPT_IN,
    "30897": "Take out content that carriers forbid.",
    "30905": "Wait for the review at Twilio; nothing has to be corrected yet.",
    "30908": "Give an address of a privacy policy that opens and says that mobile data is not shared.",
    "30909": _OPT_IN,
    "30034": "Add the number to a Messaging Service with an approved campaign.",
}
_OTHERWISE = "Look the code up in Twilio's error dictionary, and correct what it names."

_RESUBMIT = {
    "a2p": (
        "https://www.twilio.com/docs/messaging/compliance/a2p-10dlc",
        "Submit again: Twilio Console, Messaging, Regulatory Compliance, A2P 10DLC, the campaign, Edit and resubmit",
    ),
    "toll_free": (
        "https://www.twilio.com/docs/messaging/compliance/toll-free/console-onboarding",
        "Submit again: Twilio Console, Messaging, Regulatory Compliance, Toll-free verification, the number, Edit",
    ),
}
_RESUBMIT_ANY = (
    "https://www.twilio.com/docs/messaging/compliance",
    "Submit again: Twilio Console, Messaging, Regulatory Compliance",
)


def correction(code: str) -> str:
    """What to correct for this code, as an instruction."""
    return _CORRECTIONS.get(code, _OTHERWISE)


def resubmit(kind: str) -> tuple[str, str]:
    """Where a refused registration is submitted again: an address of the provider's guide, and the path in words."""
    return _RESUBMIT.get(kind, _RESUBMIT_ANY)
