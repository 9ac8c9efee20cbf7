"""What the sandbox answers, in words: the addresses of the providers, and the switches of this page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    group: str
    method: str
    path: str
    says: str


_TWILIO, _AZURE, _OURS = "Twilio answers", "Azure answers", "Switches of the sandbox"
SURFACE: tuple[Address, ...] = (
    Address(_TWILIO, "POST, GET", "/2010-04-01/Accounts/{AC}/Messages.json", "Send a text; list them."),
    Address(_TWILIO, "GET, POST, DELETE", "/2010-04-01/Accounts/{AC}/Messages/{SM}.json", "Fetch, cancel, delete."),
    Address(_TWILIO, "POST, GET", "/2010-04-01/Accounts/{AC}/Calls.json", "Place a call and say its TwiML; list them."),
    Address(_TWILIO, "GET, POST", "/2010-04-01/Accounts/{AC}/Calls/{CA}.json", "Fetch a call; cancel it or hang up."),
    Address(_TWILIO, "GET, POST", "/2010-04-01/Accounts/{AC}/IncomingPhoneNumbers.json", "Numbers and their webhooks."),
    Address(_TWILIO, "GET, POST", "/v1/Services", "Messaging services; .../{MG}/PhoneNumbers: their numbers."),
    Address(_TWILIO, "POST", "/v1/Consents/Bulk", "Consent API: opt-in and opt-out, 25 items; never on toll-free."),
    Address(_TWILIO, "GET", "/v1/Services/{MG}/Compliance/Usa2p", "The campaign of a service."),
    Address(_TWILIO, "GET", "/v1/a2p/BrandRegistrations", "The brand."),
    Address(_TWILIO, "GET", "/v1/Tollfree/Verifications", "Toll-free verifications."),
    Address(_TWILIO, "GET", "/v2/PhoneNumbers/{E164}", "Lookup; Fields=line_type_intelligence names the kind of line."),
    Address(_TWILIO, "GET", "/v1/Alerts", "What was refused, and webhooks that answered badly."),
    Address(_AZURE, "POST", "/sms", "Send a text; a repeatability id that came before sends nothing again."),
    Address(_AZURE, "POST", "/sms/optouts:add", "Put up to 100 recipients on a sender's opt-out list; HMAC-signed."),
    Address(_AZURE, "POST", "/sms/optouts:remove", "Take them off it; refused for toll-free senders."),
    Address(_AZURE, "POST", "/sms/optouts:check", "Say who is on it."),
    Address(_OURS, "GET", "/sandbox/messages?to=", "Every text of a number."),
    Address(_OURS, "POST", "/sandbox/phones/{number}/reply", "Text from a phone: body, to."),
    Address(_OURS, "GET", "/sandbox/calls?to=", "Every call to a number: status, transcript, keys, sip_code."),
    Address(
        _OURS,
        "POST",
        "/sandbox/phones/{number}/calls/{sid}/{act}",
        "A person's act: answer, decline, busy, voicemail, hangup; press: digits, wait (for the end of the prompt).",
    ),
    Address(_OURS, "GET, POST", "/sandbox/calls/behaviours", "Endings for calls; force one: to (or *), behaviour."),
    Address(
        _OURS,
        "GET, POST, DELETE",
        "/sandbox/faults",
        "Force a behaviour: to (a number or *), behaviour (or down), provider (one alone: twilio or azure).",
    ),
    Address(_OURS, "GET", "/sandbox/optouts", "The providers' opt-out lists, by number or service."),
    Address(_OURS, "GET", "/sandbox/lookups", "Every number whose line type was looked up, once for each time."),
    Address(_OURS, "GET, POST", "/sandbox/senders", "Twilio's numbers; what one can do: phone_number, sms, voice."),
    Address(_OURS, "GET, POST", "/sandbox/services", "Advanced Opt-Out: sid, advanced_opt_out, stop_words."),
    Address(_OURS, "GET, POST", "/sandbox/registrations", "Another state of one: kind, about, state, errors, since."),
    Address(_OURS, "GET, POST", "/sandbox/subscription", "Where Azure's events go: url, which is validated first."),
    Address(_OURS, "POST", "/sandbox/reset", "Forget everything."),
)  # fmt: skip
