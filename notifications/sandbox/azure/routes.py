"""Which of Azure's addresses the sandbox answers."""

from starlette.routing import Route

from ..world import World
from .optouts import OptOutEndpoints


def azure_routes(world: World) -> list[Route]:
    optouts = OptOutEndpoints(world)
    return [
        Route("/sms/optouts:add", optouts.add, methods=["POST"]),
        Route("/sms/optouts:remove", optouts.remove, methods=["POST"]),
        Route("/sms/optouts:check", optouts.check, methods=["POST"]),
    ]
