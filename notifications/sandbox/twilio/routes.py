"""Which of Twilio's addresses the sandbox answers; all of Twilio's host names lead here."""

from starlette.routing import Route

from ..world import World
from .access import Endpoint, guarded
from .account import AccountEndpoints
from .messages import MessageEndpoints
from .resources import API_VERSION

ACCOUNTS = f"/{API_VERSION}/Accounts/{{account}}"


def twilio_routes(world: World) -> list[Route]:
    messages, account = MessageEndpoints(world), AccountEndpoints(world)

    def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(path, guarded(world, endpoint), methods=methods)

    return [
        route(f"{ACCOUNTS}/Messages.json", messages.create, "POST"),
        route(f"{ACCOUNTS}/Messages.json", messages.listing, "GET"),
        route(f"{ACCOUNTS}/Messages/{{sid}}.json", messages.fetch, "GET"),
        route(f"{ACCOUNTS}/Messages/{{sid}}.json", messages.update, "POST"),
        route(f"{ACCOUNTS}/Messages/{{sid}}.json", messages.delete, "DELETE"),
        route(f"{ACCOUNTS}/IncomingPhoneNumbers.json", account.numbers, "GET"),
        route(f"{ACCOUNTS}/IncomingPhoneNumbers/{{sid}}.json", account.number, "GET", "POST"),
        route(f"{ACCOUNTS}.json", account.account, "GET"),
        route("/v1/Services", account.services, "GET"),
        route("/v1/Services/{sid}", account.service, "GET", "POST"),
        route("/v1/Alerts", account.alerts, "GET"),
    ]
