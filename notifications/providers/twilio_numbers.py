"""What Twilio shows of one sender: what the number can do, and where it or its messaging service posts texts.

Over Twilio's own SDK: `IncomingPhoneNumbers`, `messaging.twilio.com/v1/Services` and each service's `PhoneNumbers`. A
number does not say to which service it belongs, so the services are asked, up to a bound. It only reads.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from notifications.core.sender_state import NumberSeen, SenderSeen, ServiceSeen
from notifications.providers.base import Credentials
from notifications.providers.trace import Redactor
from notifications.providers.twilio_session import fetched, session_of

#: More services than these are not asked whether a number is theirs; the answer says so.
MOST_SERVICES = 20
#: Twilio's own bound of a service's pool.
MOST_IN_POOL = 400
_LONGEST_PAGE = 1000


def look_at_sender(address: str, *, credentials: Credentials, timeout: timedelta) -> SenderSeen:
    """Ask Twilio what it knows of this number or messaging service.

    :param timeout: for all requests together.
    :raises ProviderDidNotAnswer: when that cannot be known now.
    """
    session = session_of(credentials)
    look = _service if address.startswith("MG") else _number
    seen = fetched(
        lambda: look(session.client, address),
        session=session,
        redactor=Redactor(numbers=(address,), secrets=(credentials.auth_token,)),
        timeout=timeout,
    )
    return seen or SenderSeen()


def _number(client: Any, address: str) -> SenderSeen:
    found = client.incoming_phone_numbers.list(phone_number=address, limit=1)
    if not found:
        return SenderSeen()
    services = client.messaging.v1.services.list(limit=MOST_SERVICES + 1)
    for service in services[:MOST_SERVICES]:
        pool = client.messaging.v1.services(service.sid).phone_numbers.list(limit=MOST_IN_POOL, page_size=MOST_IN_POOL)
        if any(one.sid == found[0].sid for one in pool):
            return SenderSeen((_seen(found[0]),), _service_seen(service))
    return SenderSeen((_seen(found[0]),), all_asked=len(services) <= MOST_SERVICES)


def _service(client: Any, address: str) -> SenderSeen:
    service = client.messaging.v1.services(address).fetch()
    pool = client.messaging.v1.services(address).phone_numbers.list(limit=MOST_IN_POOL, page_size=MOST_IN_POOL)
    sids = {one.sid for one in pool}
    owned = client.incoming_phone_numbers.list(page_size=_LONGEST_PAGE, limit=_LONGEST_PAGE) if sids else []
    return SenderSeen(tuple(_seen(one) for one in owned if one.sid in sids), _service_seen(service))


def _seen(number: Any) -> NumberSeen:
    able = number.capabilities if isinstance(number.capabilities, dict) else {}
    return NumberSeen(
        address=str(number.phone_number or ""),
        sms=able.get("sms") is True,
        voice=able.get("voice") is True,
        mms=able.get("mms") is True,
        texts_to=_shown(number.sms_url),
        texts_by=str(number.sms_method or "POST").upper(),
        calls_to=_shown(number.voice_url),
        app=str(number.sms_application_sid or ""),
    )


def _service_seen(service: Any) -> ServiceSeen:
    return ServiceSeen(
        ref=str(service.sid),
        texts_to=_shown(service.inbound_request_url),
        texts_by=str(service.inbound_method or "POST").upper(),
        defers=service.use_inbound_webhook_on_number is True,
    )


def _shown(url: object) -> str:
    """The address without what may be a secret in it: the login before the host, and the query."""
    text = str(url or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return text.partition("?")[0][:400]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "…" if parts.query else "", ""))[:400]
