"""How Twilio writes its resources as JSON: field names, dates and pages as twilio-python reads them."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from ..alerts import Alert
from ..messages import Message
from ..senders import MessagingService, OwnedNumber
from .refusals import LATER_WORDS, MORE_INFO

API_VERSION = "2010-04-01"
DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 1000
SHOWN_SECONDS = "%Y-%m-%dT%H:%M:%SZ"


def rfc_date(at: datetime | None) -> str | None:
    """A moment as the 2010 API writes it."""
    return format_datetime(at) if at else None


def message_resource(message: Message, *, account_sid: str) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    error_code = message.error_code
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": rfc_date(message.created_at),
        "date_sent": rfc_date(message.sent_at),
        "date_updated": rfc_date(message.updated_at),
        "direction": message.direction,
        "error_code": error_code,
        "error_message": LATER_WORDS.get(error_code, "Unknown error") if error_code else None,
        "from": message.sender,
        "messaging_service_sid": message.service_sid,
        "num_media": "0",
        # A messaging service has not cut the text yet while it has not chosen a number.
        "num_segments": str(message.segments) if message.sender else "0",
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def number_resource(number: OwnedNumber, *, account_sid: str) -> dict[str, Any]:
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "beta": False,
        "capabilities": {"voice": number.voice, "sms": number.sms, "mms": False, "fax": False},
        "friendly_name": number.friendly_name,
        "origin": "twilio",
        "phone_number": number.phone_number,
        "sid": number.sid,
        "sms_application_sid": "",
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": number.sms_method,
        "sms_url": number.sms_url,
        "status": "in-use",
        "status_callback": number.status_callback,
        "status_callback_method": "POST",
        "type": "toll-free" if number.toll_free else "local",
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{number.sid}.json",
        "voice_method": "POST",
        "voice_url": number.voice_url,
    }


def service_resource(service: MessagingService, *, account_sid: str) -> dict[str, Any]:
    return {
        "account_sid": account_sid,
        "fallback_url": None,
        "friendly_name": "Sandbox service",
        "inbound_method": "POST",
        "inbound_request_url": service.inbound_request_url or None,
        "sid": service.sid,
        "status_callback": service.status_callback or None,
        "sticky_sender": True,
        "url": f"https://messaging.twilio.com/v1/Services/{service.sid}",
        "use_inbound_webhook_on_number": service.use_inbound_webhook_on_number,
        "validity_period": 36000,
    }


def pooled_resource(number: OwnedNumber, *, account_sid: str) -> dict[str, Any]:
    """A number as its messaging service shows it: what it can do, as a list of words."""
    able = [word for word, can in (("SMS", number.sms), ("Voice", number.voice)) if can]
    return {
        "account_sid": account_sid,
        "capabilities": able,
        "country_code": "US",
        "phone_number": number.phone_number,
        "service_sid": number.service_sid,
        "sid": number.sid,
        "url": f"https://messaging.twilio.com/v1/Services/{number.service_sid}/PhoneNumbers/{number.sid}",
    }


def alert_resource(alert: Alert, *, account_sid: str) -> dict[str, Any]:
    at = alert.at.strftime(SHOWN_SECONDS)
    return {
        "account_sid": account_sid,
        "alert_text": alert.text,
        "api_version": API_VERSION,
        "date_created": at,
        "date_generated": at,
        "date_updated": at,
        "error_code": str(alert.code),
        "log_level": "error",
        "more_info": f"{MORE_INFO}{alert.code}",
        "request_method": alert.request_method,
        "request_url": alert.request_url,
        "request_variables": alert.request_variables,
        "resource_sid": alert.resource_sid,
        "response_body": alert.response_body,
        "service_sid": None,
        "sid": alert.sid,
        "url": f"https://monitor.twilio.com/v1/Alerts/{alert.sid}",
    }


def _page_window(request: Request) -> tuple[int, int]:
    def whole(name: str, default: int) -> int:
        raw = request.query_params.get(name, "")
        return int(raw) if raw.isascii() and raw.isdigit() else default

    size = min(max(whole("PageSize", DEFAULT_PAGE_SIZE), 1), LARGEST_PAGE_SIZE)
    return whole("Page", 0), size


def page_2010(
    request: Request, *, key: str, records: Sequence[dict[str, Any]], has_more: bool, token: str
) -> dict[str, Any]:
    """One page of the 2010 API. The token names the last record, so that new texts do not shift the next page."""
    number, size = _page_window(request)
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in {"Page", "PageSize", "PageToken"}]
    path = request.url.path

    def uri(page: int, page_token: str = "") -> str:
        extra = [("PageToken", page_token)] if page_token else []
        return f"{path}?{urlencode([*kept, ('PageSize', size), ('Page', page), *extra])}"

    return {
        key: list(records),
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(records) - 1, 0),
        "uri": uri(number),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, token) if has_more else None,
        "previous_page_uri": uri(number - 1) if number else None,
    }


def page_v1(request: Request, *, key: str, records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One page of the newer APIs, whose paging stands in `meta`."""
    number, size = _page_window(request)
    shown = list(records[number * size : (number + 1) * size])

    def url(page: int) -> str:
        kept = [(k, v) for k, v in request.query_params.multi_items() if k not in {"Page", "PageSize"}]
        return f"{request.url.replace(query=urlencode([*kept, ('PageSize', size), ('Page', page)]))}"

    meta = {
        "key": key,
        "page": number,
        "page_size": size,
        "url": url(number),
        "first_page_url": url(0),
        "next_page_url": url(number + 1) if (number + 1) * size < len(records) else None,
        "previous_page_url": url(number - 1) if number else None,
    }
    return {key: shown, "meta": meta}
