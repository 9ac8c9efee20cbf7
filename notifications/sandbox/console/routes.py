"""The addresses under /sandbox, and the rule that another site's page may not press its buttons."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from ..world import World
from .calls import CallControls
from .controls import ControlEndpoints
from .phones import NotUnderstood, PhoneEndpoints, complaint
from .registrations import RegistrationControls
from .subscription import SubscriptionControls

STATIC = Path(__file__).resolve().parent.parent / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"  # noqa: E501
SAFE_METHODS = frozenset({"GET", "HEAD"})
Endpoint = Callable[[Request], Awaitable[Response]]


def _own_pages_only(endpoint: Endpoint) -> Endpoint:
    async def checked(request: Request) -> Response:
        origin = request.headers.get("origin")
        if request.method not in SAFE_METHODS and origin and urlsplit(origin).netloc != request.headers.get("host"):
            return complaint(403, "this request comes from another site")
        try:
            return await endpoint(request)
        except NotUnderstood as error:
            return complaint(400, str(error))

    return checked


async def _page(_request: Request) -> Response:
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"}
    return FileResponse(STATIC / "index.html", headers=headers)


async def _to_page(_request: Request) -> Response:
    return RedirectResponse("/sandbox/")


def console_routes(world: World, *, controls: ControlEndpoints) -> list[BaseRoute]:
    phones, registered = PhoneEndpoints(world), RegistrationControls(world)
    calls = CallControls(world)

    def route(path: str, endpoint: Endpoint, *methods: str) -> Route:
        return Route(f"/sandbox{path}", _own_pages_only(endpoint), methods=methods or ("GET",))

    return [
        route("/messages", phones.messages),
        route("/phones", phones.phones, "GET", "POST"),
        route("/phones/{number}", phones.phone),
        route("/phones/{number}/reply", phones.reply, "POST"),
        route("/phones/{number}/calls/{sid}/press", calls.press, "POST"),
        route("/phones/{number}/calls/{sid}/hangup", calls.hang_up, "POST"),
        route("/phones/{number}/calls/{sid}/{act}", calls.react, "POST"),
        route("/calls", calls.calls),
        route("/calls/behaviours", calls.behaviours, "GET", "POST"),
        route("/about", controls.about),
        route("/behaviours", controls.behaviours),
        route("/faults", controls.faults, "GET", "POST", "DELETE"),
        route("/optouts", controls.optouts),
        route("/lookups", controls.lookups),
        route("/alerts", controls.alerts),
        route("/senders", controls.senders, "GET", "POST"),
        route("/services", controls.services, "GET", "POST"),
        route("/surface", controls.surface),
        route("/registrations", registered.registrations, "GET", "POST"),
        route("/subscription", SubscriptionControls(world).subscription, "GET", "POST"),
        route("/reset", controls.reset, "POST"),
        route("/mail", controls.mail),
        route("/mail/{id}", controls.letter),
        route("/events", controls.events),
        route("/", _page),
        Route("/sandbox", _to_page),
        Route("/", _to_page),
        Mount("/sandbox/static", StaticFiles(directory=STATIC)),
    ]
