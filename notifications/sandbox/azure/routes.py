"""Which of Azure's addresses the sandbox answers."""

from starlette.routing import Route

from ..twilio.access import Endpoint
from ..world import World
from .access import guarded
from .optouts import API_VERSIONS, OptOutEndpoints


def azure_routes(world: World) -> list[Route]:
    optouts = OptOutEndpoints(world)

    def route(path: str, endpoint: Endpoint, versions: tuple[str, ...]) -> Route:
        return Route(path, guarded(world, endpoint, versions=versions), methods=["POST"])

    return [
        route("/sms/optouts:add", optouts.add, API_VERSIONS),
        route("/sms/optouts:remove", optouts.remove, API_VERSIONS),
        route("/sms/optouts:check", optouts.check, API_VERSIONS),
    ]
