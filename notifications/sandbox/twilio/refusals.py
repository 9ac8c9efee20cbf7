"""Twilio's error answers: the code, its HTTP status and its words."""

from dataclasses import dataclass

from starlette.responses import JSONResponse

MORE_INFO = "https://www.twilio.com/docs/errors/"

STATUS = {
    20003: 401, 20009: 409, 20404: 404, 20429: 429, 20500: 500, 20503: 503, 21611: 429, 30409: 409,
}  # fmt: skip
WORDS = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20009: "Cannot delete message because it is still in progress",
    20404: "The requested resource {path} was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    20503: "Service is unavailable",
    21201: "No 'To' number is specified",
    21205: "Url is not a valid URL: {url}",
    21210: (
        "The source phone number provided, {sender}, is not yet verified for your account. You may only make calls "
        "from phone numbers that you've verified or purchased from Twilio."
    ),
    21211: "Invalid 'To' Phone Number: {to}",
    21212: "Invalid From Number (caller ID): {sender}",
    21213: "No 'From' number is specified",
    21214: "The phone number {to} cannot be reached.",
    21215: "Account not authorized to call {to}. Perhaps you need to enable some international permissions.",
    21216: "Account not allowed to call {to}",
    21217: "Phone number does not appear to be valid: {to}",
    21220: "Call is not in-progress. Cannot redirect.",
    21266: "'To' and 'From' number cannot be the same: {to}",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: (
        "The 'From' phone number {sender} is not a valid, SMS-capable inbound phone number or short code "
        "for your account."
    ),
    21609: "Invalid 'StatusCallback' url",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "The 'To' phone number {to} is not currently reachable using the 'From' phone number {sender} via SMS.",
    21614: "'To' number is not a valid mobile number: {to}",
    21617: "The concatenated message body exceeds the 1600 character limit.",
    21624: "Invalid 'ValidityPeriod' value. It must be an integer from 1 to 36000",
    21635: "'To' number cannot be a Landline: {to}",
    21701: "The Messaging Service {service} does not exist",
    21704: "The Messaging Service {service} contains no phone numbers",
    21711: "The 'From' number {sender} does not belong to the Messaging Service {service}",
    30409: "Message cannot be canceled in its current state",
    35111: "Missing SendAt Parameter",
    35114: "SendAt is not a time that can be scheduled",
    35118: "MessagingServiceSid is required to schedule a message",
}
# What Twilio writes beside the error code of a message that it had accepted.
LATER_WORDS = {
    30001: "Queue overflow",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
    30036: "Validity Period Expired",
    30630: "Recipient opted out",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    code: int
    message: str
    http_status: int

    def response(self) -> JSONResponse:
        content = {
            "code": self.code,
            "message": self.message,
            "more_info": f"{MORE_INFO}{self.code}",
            "status": self.http_status,
        }
        return JSONResponse(content, status_code=self.http_status)


def refusal(code: int, **words: str) -> Refusal:
    """The error answer for a code, with the given words filled in."""
    return Refusal(code, WORDS[code].format_map(_Blank(words)), STATUS.get(code, 400))


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""
