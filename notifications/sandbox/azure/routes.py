"""Which of Azure's addresses the sandbox answers."""

from starlette.routing import Route

from ..twilio.access import Endpoint
from ..world import World
from .access import guarded
from .optouts import API_VERSIONS as OPT_OUT_VERSIONS
from .optouts import OptOutEndpoints
from .sms import API_VERSIONS, SmsEndpoints


def azure_routes(world: World) -> list[Route]:
    optouts = OptOutEndpoints(world)

    def route(path: str, endpoint: Endpoint, versions: tuple[str, ...]) -> Route:
        return Route(path, guarded(world, endpoint, versions=versions), methods=["POST"])

    return [
        route("/sms", SmsEndpoints(world).send, API_VERSIONS),
        route("/sms/optouts:add", optouts.add, OPT_OUT_VERSIONS),
        route("/sms/optouts:remove", optouts.remove, OPT_OUT_VERSIONS),
        route("/sms/optouts:check", optouts.check, OPT_OUT_VERSIONS),
    ]
