"""Which of Azure's addresses the sandbox answers."""

from starlette.routing import Route

from ..twilio.access import Endpoint
from ..world import World
from .access import guarded
from .calls import API_VERSIONS as CALL_VERSIONS
from .calls import CallEndpoints
from .optouts import API_VERSIONS as OPT_OUT_VERSIONS
from .optouts import OptOutEndpoints
from .sms import API_VERSIONS, SmsEndpoints


def azure_routes(world: World) -> list[Route]:
    optouts, calls = OptOutEndpoints(world), CallEndpoints(world)

    def route(path: str, endpoint: Endpoint, versions: tuple[str, ...], *, method: str = "POST") -> Route:
        return Route(path, guarded(world, endpoint, versions=versions), methods=[method])

    return [
        route("/sms", SmsEndpoints(world).send, API_VERSIONS),
        route("/sms/optouts:add", optouts.add, OPT_OUT_VERSIONS),
        route("/sms/optouts:remove", optouts.remove, OPT_OUT_VERSIONS),
        route("/sms/optouts:check", optouts.check, OPT_OUT_VERSIONS),
        route("/calling/callConnections", calls.create, CALL_VERSIONS),
        route("/calling/callConnections/{id}:{act}", calls.act, CALL_VERSIONS),
        route("/calling/callConnections/{id}", calls.show, CALL_VERSIONS, method="GET"),
        route("/calling/callConnections/{id}", calls.end, CALL_VERSIONS, method="DELETE"),
        Route("/calling/.well-known/acsopenidconfiguration", calls.open_id),
        Route("/calling/keys", calls.keys),
    ]
