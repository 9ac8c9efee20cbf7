"""What the account owns and what went wrong in it: the account itself, numbers, messaging services, Monitor alerts."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..world import World
from .access import form_of
from .refusals import refusal
from .resources import alert_resource, number_resource, page_2010, page_v1, pooled_resource, service_resource

NUMBER_FIELDS = {
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "VoiceUrl": "voice_url",
    "StatusCallback": "status_callback",
    "FriendlyName": "friendly_name",
}


class AccountEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world
        self._account_sid = world.settings.account_sid

    async def account(self, request: Request) -> Response:
        return JSONResponse(
            {
                "sid": self._account_sid,
                "friendly_name": "Sandbox account",
                "status": "active",
                "type": "Full",
                "uri": request.url.path,
                "owner_account_sid": self._account_sid,
            }
        )

    async def numbers(self, request: Request) -> Response:
        wanted = request.query_params.get("PhoneNumber", "")
        records = [
            number_resource(number, account_sid=self._account_sid)
            for number in self._world.senders.numbers()
            if not wanted or number.phone_number == wanted
        ]
        return JSONResponse(page_2010(request, key="incoming_phone_numbers", records=records, has_more=False, token=""))

    async def number(self, request: Request) -> Response:
        """Fetch one number, or change where its inbound texts and calls go."""
        number = self._world.senders.number_by_sid(request.path_params["sid"])
        if number is None:
            return refusal(20404, path=request.url.path).response()
        if request.method == "POST":
            form = await form_of(request)
            for field, attribute in NUMBER_FIELDS.items():
                if field in form:
                    setattr(number, attribute, form[field])
        return JSONResponse(number_resource(number, account_sid=self._account_sid))

    async def services(self, request: Request) -> Response:
        services = self._world.senders.services()
        records = [service_resource(service, account_sid=self._account_sid) for service in services]
        return JSONResponse(page_v1(request, key="services", records=records))

    async def service(self, request: Request) -> Response:
        service = self._world.senders.service(request.path_params["sid"])
        if service is None:
            return refusal(20404, path=request.url.path).response()
        if request.method == "POST":
            form = await form_of(request)
            service.inbound_request_url = form.get("InboundRequestUrl", service.inbound_request_url)
            service.status_callback = form.get("StatusCallback", service.status_callback)
            if "UseInboundWebhookOnNumber" in form:
                service.use_inbound_webhook_on_number = form["UseInboundWebhookOnNumber"].lower() == "true"
        return JSONResponse(service_resource(service, account_sid=self._account_sid))

    async def service_numbers(self, request: Request) -> Response:
        """The numbers of one service."""
        sid = request.path_params["sid"]
        if self._world.senders.service(sid) is None:
            return refusal(20404, path=request.url.path).response()
        pool = self._world.senders.of_service(sid)
        records = [pooled_resource(number, account_sid=self._account_sid) for number in pool]
        return JSONResponse(page_v1(request, key="phone_numbers", records=records))

    async def alerts(self, request: Request) -> Response:
        query = request.query_params
        try:
            start = datetime.fromisoformat(query["StartDate"]) if query.get("StartDate") else None
            end = datetime.fromisoformat(query["EndDate"]) if query.get("EndDate") else None
        except ValueError:
            return refusal(20001).response()
        if query.get("LogLevel", "error") != "error":
            return JSONResponse(page_v1(request, key="alerts", records=[]))
        records = [
            alert_resource(alert, account_sid=self._account_sid)
            for alert in reversed(self._world.alerts)
            if (start is None or alert.at.replace(microsecond=0) >= _aware(start, like=alert.at))
            and (end is None or alert.at.replace(microsecond=0) <= _aware(end, like=alert.at))
        ]
        return JSONResponse(page_v1(request, key="alerts", records=records))


def _aware(moment: datetime, *, like: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=like.tzinfo)
