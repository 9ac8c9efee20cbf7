"""Which of Twilio's addresses the sandbox answers; all of Twilio's host names lead here."""

from starlette.routing import Route

from ..world import World
from .access import Endpoint, guarded
from .account import AccountEndpoints
from .calls import CallEndpoints
from .consents import ConsentEndpoints
from .lookup import LookupEndpoints
from .messages import MessageEndpoints
from .registrations import RegistrationEndpoints
from .resources import API_VERSION

ACCOUNTS = f"/{API_VERSION}/Accounts/{{account}}"


def twilio_routes(world: World) -> list[Route]:
    messages, account, registered = MessageEndpoints(world), AccountEndpoints(world), RegistrationEndpoints(world)
    calls = CallEndpoints(world)

    def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(path, guarded(world, endpoint), methods=methods)

    return [
        route(f"{ACCOUNTS}/Messages.json", messages.create, "POST"),
        route(f"{ACCOUNTS}/Messages.json", messages.listing, "GET"),
        route(f"{ACCOUNTS}/Messages/{{sid}}.json", messages.fetch, "GET"),
        route(f"{ACCOUNTS}/Messages/{{sid}}.json", messages.update, "POST"),
        route(f"{ACCOUNTS}/Messages/{{sid}}.json", messages.delete, "DELETE"),
        route(f"{ACCOUNTS}/Calls.json", calls.create, "POST"),
        route(f"{ACCOUNTS}/Calls.json", calls.listing, "GET"),
        route(f"{ACCOUNTS}/Calls/{{sid}}.json", calls.fetch, "GET"),
        route(f"{ACCOUNTS}/Calls/{{sid}}.json", calls.update, "POST"),
        route(f"{ACCOUNTS}/IncomingPhoneNumbers.json", account.numbers, "GET"),
        route(f"{ACCOUNTS}/IncomingPhoneNumbers/{{sid}}.json", account.number, "GET", "POST"),
        route(f"{ACCOUNTS}.json", account.account, "GET"),
        route("/v1/Services", account.services, "GET"),
        route("/v1/Services/{sid}", account.service, "GET", "POST"),
        route("/v1/Services/{sid}/PhoneNumbers", account.service_numbers, "GET"),
        route("/v1/Services/{service}/Compliance/Usa2p", registered.campaigns, "GET"),
        route("/v1/Services/{service}/Compliance/Usa2p/{sid}", registered.campaign, "GET"),
        route("/v1/a2p/BrandRegistrations", registered.brands, "GET"),
        route("/v1/a2p/BrandRegistrations/{sid}", registered.brand, "GET"),
        route("/v1/Tollfree/Verifications", registered.verifications, "GET"),
        route("/v1/Tollfree/Verifications/{sid}", registered.verification, "GET"),
        route("/v1/Consents/Bulk", ConsentEndpoints(world).bulk, "POST"),
        route("/v2/PhoneNumbers/{number}", LookupEndpoints(world).number, "GET"),
        route("/v1/Alerts", account.alerts, "GET"),
    ]
