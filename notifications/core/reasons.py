"""Why a message may not go: stable codes, each with one sentence and what to do about it.

The sentences name no person, number or other tenant, so that they may be shown to anyone who may see the row.
"""

from enum import StrEnum


class Reason(StrEnum):
    """A stable code that people see, search for and quote."""

    ACKNOWLEDGED_ELSEWHERE = "ROW-1"
    EXPIRED = "ROW-2"
    RESOLVED = "ROW-3"
    FLOW_DISABLED = "FLOW-1"
    NUMBER_MISSING = "NUMBER-1"
    NUMBER_DEFECT = "NUMBER-2"
    ADDRESS_MISSING = "EMAIL-1"
    MEMBER_INACTIVE = "MEMBER-1"
    NEVER_CONSENTED = "CONSENT-1"
    OPTED_OUT = "CONSENT-2"
    SUPPRESSED = "CONSENT-3"
    DECLINED = "CONSENT-4"
    STALE = "CONSENT-5"
    NOT_PROVED = "CONSENT-6"
    CONFIRMATION_FIRST = "CONSENT-7"
    SMS_OFF = "SMS-1"
    SMS_NEVER_ON = "SMS-2"
    SMS_NUMBER_CHANGED = "SMS-3"
    SMS_SEAT_CHANGED = "SMS-4"
    SMS_NO_SEAT = "SMS-5"
    PROVIDER_BLOCK = "BLOCK-1"
    REVIEW_OPEN = "REVIEW-1"
    LANDLINE = "LINE-1"
    INCAPABLE = "LINE-2"
    PAST_DUE = "TENANT-1"
    SUSPENDED = "TENANT-2"
    CANCELLED = "TENANT-3"
    QUOTA_REACHED = "QUOTA-1"
    SEGMENTS_REACHED = "QUOTA-2"
    CALLS_REACHED = "QUOTA-3"
    ALLOWANCE_BLANK = "ALLOWANCE-1"
    ALLOWANCE_ZERO = "ALLOWANCE-2"
    ALLOWANCE_USED = "ALLOWANCE-3"
    LIMITS_MISSING = "ALLOWANCE-4"
    OUTSIDE_SCHEDULE = "SCHEDULE-1"
    TIME_OFF = "SCHEDULE-2"
    SCHEDULE_EXCEPTION = "SCHEDULE-3"
    OUTSIDE_HOURS = "HOURS-1"
    PHONE_TEXTS = "THROTTLE-1"
    PHONE_CALLS = "THROTTLE-2"
    CALLER = "THROTTLE-3"
    SENDER_TEXTS = "THROTTLE-4"
    NO_SENDER = "SENDER-1"
    SENDER_LACKS_CHANNEL = "SENDER-2"
    NO_ROUTE = "ROUTE-1"
    ROUTES_DRILLED = "ROUTE-2"

    @property
    def says(self) -> str:
        """What stands in the way, in one sentence."""
        return _WORDS[self][0]

    @property
    def remedy(self) -> str:
        """What can lawfully be done about it, and by whom, in one sentence."""
        return _WORDS[self][1]


_WORDS: dict[Reason, tuple[str, str]] = {
    Reason.ACKNOWLEDGED_ELSEWHERE: (
        "The alert was acknowledged before this message went.",
        "Nothing needs to be done: the alert shows who acknowledged it, and when.",
    ),
    Reason.EXPIRED: (
        "Its validity ran out before it could go.",
        "See what held it up, and fire the flow again if the alert still matters.",
    ),
    Reason.RESOLVED: (
        "The alert was resolved before this message went.",
        "Nothing needs to be done: the alert shows who resolved it, and when.",
    ),
    Reason.FLOW_DISABLED: (
        "The flow was disabled before this message went.",
        "Enable the flow, and fire it again if the alert still matters.",
    ),
    Reason.NUMBER_MISSING: (
        "The member has no phone number for this channel.",
        "Add a number on the member's page and make it primary for this channel.",
    ),
    Reason.NUMBER_DEFECT: (
        "The stored number cannot be paged as it is written.",
        "Correct the number on the member's page, where each defect is named.",
    ),
    Reason.ADDRESS_MISSING: (
        "The member has no e-mail address.",
        "Add one on the member's page, or page them over another channel.",
    ),
    Reason.MEMBER_INACTIVE: (
        "The member is not active.",
        "Activate the member, or take them out of the flow.",
    ),
    Reason.NEVER_CONSENTED: (
        "The person never agreed to messages on this channel at this number.",
        "Send them an invite, so that they can tick the box themselves; nobody else can tick it for them.",
    ),
    Reason.OPTED_OUT: (
        "The person withdrew their consent for this number in this tenant.",
        "Only the person can agree again: on their own page, or by a re-consent that a second person approves.",
    ),
    Reason.SUPPRESSED: (
        "The number opted out of all messages on this platform.",
        "The person can text START from that phone to the sender shown; nobody can do it for them.",
    ),
    Reason.DECLINED: (
        "The person was asked, and left the box for this channel unticked.",
        "Use another channel; the person can still agree on their own page.",
    ),
    Reason.STALE: (
        "The consent was given for this number before it changed or was no longer proved to be theirs.",
        "Ask the person to agree anew for this number on their own page; consent does not travel to another number.",
    ),
    Reason.NOT_PROVED: (
        "The person ticked the box, and the number is not yet proved to be theirs.",
        "Ask the person to enter the code on their own page, or to have a new one sent there.",
    ),
    Reason.CONFIRMATION_FIRST: (
        "The one confirmation of the opt-in goes before anything else, and has not gone yet.",
        "Nothing needs to be done: it goes by itself as soon as the confirmation went.",
    ),
    Reason.SMS_OFF: (
        "An administrator switched SMS off for this member.",
        "An administrator can switch it on again on the member's page, which shows who switched it off, when and why.",
    ),
    Reason.SMS_NEVER_ON: (
        "SMS was never switched on for this member.",
        "An administrator can switch it on, on the member's page.",
    ),
    Reason.SMS_NUMBER_CHANGED: (
        "SMS was switched on for another number, and the number changed since.",
        "An administrator must switch SMS on for the new number; consent for it is asked for separately.",
    ),
    Reason.SMS_SEAT_CHANGED: (
        "The member's SMS seat or the plan changed since SMS was switched on.",
        "An administrator must switch SMS on again, on the member's page, even for the same number.",
    ),
    Reason.SMS_NO_SEAT: (
        "The member holds no SMS seat of the tenant's plan.",
        "An administrator can give them a seat on their page, where one is free, and switch SMS on.",
    ),
    Reason.PROVIDER_BLOCK: (
        "The provider itself blocks this sender for this number; our own record cannot lift that.",
        "The person can text START from that phone to the sender shown; the attempt would fail until then.",
    ),
    Reason.REVIEW_OPEN: (
        "A text from this number may be an opt-out, and nobody has looked at it yet.",
        "Decide it under Replies to review; pages go in the meantime, everything else waits.",
    ),
    Reason.LANDLINE: (
        "The number is a landline, which cannot get SMS.",
        "Add a mobile number, page this one by voice, or mark it as able to get SMS if it is.",
    ),
    Reason.INCAPABLE: (
        "The number is known to be unable to get messages on this channel.",
        "Use another channel or number, or correct what is recorded of this one.",
    ),
    Reason.PAST_DUE: (
        "The tenant's payment is past due or its trial has ended, so nothing is sent.",
        "Settle the payment under Billing, then fire the flow again or resend.",
    ),
    Reason.SUSPENDED: (
        "The tenant is suspended, so nothing is sent.",
        "Ask the platform's support to lift the suspension.",
    ),
    Reason.CANCELLED: (
        "The tenant's subscription is cancelled, so nothing is sent.",
        "Subscribe again under Billing, or ask the platform's support.",
    ),
    Reason.QUOTA_REACHED: (
        "The tenant's monthly limit of notifications is reached.",
        "See Billing for what is used; after a top-up, or when the month starts anew, resend it from the log.",
    ),
    Reason.SEGMENTS_REACHED: (
        "The tenant's monthly limit of SMS segments is reached.",
        "See Billing for what is used; after a top-up, or when the month starts anew, resend it from the log.",
    ),
    Reason.CALLS_REACHED: (
        "The tenant's monthly limit of calls is reached.",
        "See Billing for what is used; after a top-up, or when the month starts anew, resend it from the log.",
    ),
    Reason.ALLOWANCE_BLANK: (
        "The daily allowance of the user who sent it is blank, which means that they cannot send.",
        "A tenant admin enters a number for them under SMS Limits; then resend it.",
    ),
    Reason.ALLOWANCE_ZERO: (
        "The daily allowance of the user who sent it is 0, which means that they cannot send.",
        "A tenant admin raises it under SMS Limits; then resend it.",
    ),
    Reason.ALLOWANCE_USED: (
        "The user who sent it has used up their daily allowance.",
        "Wait until tomorrow, or have a tenant admin raise it under SMS Limits; then resend it.",
    ),
    Reason.LIMITS_MISSING: (
        "The tenant's plan does not have SMS Limits, without which nobody can send by hand.",
        "Ask the platform's support for a plan that has it; what flows send goes all the same.",
    ),
    Reason.OUTSIDE_SCHEDULE: (
        "The member's own schedule says that they are not to be paged at this hour.",
        "Widen the windows of their schedule, or remove it, on the member's page; the next in order was tried.",
    ),
    Reason.TIME_OFF: (
        "The member has time off.",
        "Nothing needs to be done; shorten the time off on the member's page if they are back.",
    ),
    Reason.SCHEDULE_EXCEPTION: (
        "The member's schedule has an exception for this date, on which they are not to be paged.",
        "Change the exception on the member's page if they may be paged after all.",
    ),
    Reason.OUTSIDE_HOURS: (
        "It is outside the messaging hours where the recipient is.",
        "It goes by itself when the hours begin; make a flow urgent if its pages must not wait.",
    ),
    Reason.PHONE_TEXTS: (
        "The phone was sent as many texts of late as one phone is sent in a minute.",
        "It goes by itself when there is room again; pages with the same text then go as one that says how many.",
    ),
    Reason.PHONE_CALLS: (
        "The phone was called as often of late as one phone is called in ten minutes.",
        "It goes by itself when there is room again; texts and e-mails do not wait for it.",
    ),
    Reason.CALLER: (
        "The number that calls was used as often in the last hour as carriers bear before they block a caller.",
        "It goes by itself when there is room again; a further sender for calls adds room.",
    ),
    Reason.SENDER_TEXTS: (
        "The sender sent as many texts in the last minute as it may.",
        "It goes by itself when there is room again; a further sender, or a higher limit of this one, adds room.",
    ),
    Reason.NO_SENDER: (
        "No sender is available for it at the moment.",
        "It goes by itself when one is; otherwise check that an active sender serves this channel and country.",
    ),
    Reason.SENDER_LACKS_CHANNEL: (
        "The sender cannot send on this channel.",
        "Add a sender that can, or enable the channel on this one.",
    ),
    Reason.NO_ROUTE: (
        "No provider that could take it works at the moment, so nothing was sent.",
        "It goes by itself as soon as one works again; a platform admin sees the providers under Router.",
    ),
    Reason.ROUTES_DRILLED: (
        "Every provider that could take it is taken out by hand for a drill, so nothing was sent.",
        "It goes by itself when the drill is over; a platform admin can end the drill under Router.",
    ),
}
