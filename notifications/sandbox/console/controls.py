"""The switches and lists around the phones: behaviours, forced faults, opt-outs, alerts, e-mail, reset, live events."""

import asyncio
import dataclasses

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from ..behaviours import BY_NAME, table
from ..faults import DOWN, EVERYONE, PROVIDERS
from ..mail import Mailbox
from ..world import World
from .phones import complaint, fields_of, spelled
from .surface import SURFACE

MAIL_CHECK_SECONDS = 1.0


class ControlEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world
        self._mailbox = Mailbox(world.settings.mail_dir)

    async def about(self, _request: Request) -> Response:
        folder = self._world.settings.mail_dir
        return JSONResponse({"mail_folder": str(folder) if folder else None})

    async def behaviours(self, _request: Request) -> Response:
        return JSONResponse(table())

    async def faults(self, request: Request) -> Response:
        """Force a behaviour on one number or on all, at one provider or at all; without one, or by DELETE, drop it.

        `down` is for all numbers: every request to the provider is then answered 503.
        """
        faults = self._world.faults
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "POST":
            fields = await fields_of(request)
            to, provider = str(fields.get("to") or EVERYONE), str(fields.get("provider") or EVERYONE)
            number = EVERYONE if to == EVERYONE else spelled(to)
            name = fields.get("behaviour")
            if provider not in {EVERYONE, *PROVIDERS}:
                return complaint(400, f"there is no provider {provider!r}; there are {', '.join(PROVIDERS)}")
            if not name:
                faults.drop(number=number, provider=provider)
            elif name == DOWN and number == EVERYONE:
                faults.bring_down(provider)
            elif name not in BY_NAME:
                return complaint(400, f"there is no behaviour {name!r}; there are {DOWN} (all), {', '.join(BY_NAME)}")
            else:
                faults.force(BY_NAME[str(name)], number=number, provider=provider)
        return JSONResponse(faults.view())

    async def optouts(self, _request: Request) -> Response:
        return JSONResponse([{"sender": scope, "number": number} for scope, number in self._world.optouts.pairs()])

    async def lookups(self, _request: Request) -> Response:
        return JSONResponse(self._world.lookups)

    async def alerts(self, _request: Request) -> Response:
        return JSONResponse([alert.view() for alert in self._world.alerts])

    async def senders(self, request: Request) -> Response:
        """The numbers; POST says what one of them can do: phone_number, sms, voice."""
        if request.method == "POST":
            fields = await fields_of(request)
            number = self._world.senders.number(str(fields.get("phone_number", "")))
            if number is None:
                return complaint(404, "phone_number must be a number of the account; GET lists them")
            number.sms, number.voice = fields.get("sms", number.sms) is True, fields.get("voice", number.voice) is True
        return JSONResponse(
            [
                {
                    "phone_number": number.phone_number,
                    "messaging_service_sid": number.service_sid or None,
                    "toll_free": number.toll_free,
                    "sms": number.sms,
                    "voice": number.voice,
                    "sms_url": self._world.senders.webhook_url(number),
                }
                for number in self._world.senders.numbers()
            ]
        )

    async def services(self, request: Request) -> Response:
        """The messaging services; POST switches Advanced Opt-Out of one: sid, advanced_opt_out, stop_words."""
        senders = self._world.senders
        if request.method == "POST":
            fields = await fields_of(request)
            service = senders.service(str(fields.get("sid", "")))
            words = fields.get("stop_words", [])
            if service is None:
                return complaint(
                    404, f"there is no such service; there are: {[each.sid for each in senders.services()]}"
                )
            if not isinstance(words, list):
                return complaint(400, "stop_words must be a list of words")
            service.advanced_opt_out = fields.get("advanced_opt_out") is True
            service.stop_words = frozenset(str(word).strip().lower() for word in words)
        return JSONResponse(
            [
                {
                    "sid": service.sid,
                    "numbers": [number.phone_number for number in senders.of_service(service.sid)],
                    "advanced_opt_out": service.advanced_opt_out,
                    "stop_words": sorted(service.stop_words),
                }
                for service in senders.services()
            ]
        )

    async def surface(self, _request: Request) -> Response:
        return JSONResponse([dataclasses.asdict(each) for each in SURFACE])

    async def reset(self, _request: Request) -> Response:
        self._world.reset()
        return Response(status_code=204)

    async def mail(self, _request: Request) -> Response:
        letters = await asyncio.to_thread(self._mailbox.newest_first)
        return JSONResponse([letter.view() for letter in letters])

    async def letter(self, request: Request) -> Response:
        letter = await asyncio.to_thread(self._mailbox.find, request.path_params["id"])
        return JSONResponse(letter.view()) if letter else complaint(404, "this letter is gone")

    async def events(self, _request: Request) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._world.feed.watch(), media_type="text/event-stream", headers=headers)

    async def watch_mail(self) -> None:
        """Tell open pages of new e-mail; looks at the folder only while somebody watches."""
        known = 0
        while True:
            await asyncio.sleep(MAIL_CHECK_SECONDS)
            if not self._world.feed.is_watched:
                continue
            seen = await asyncio.to_thread(self._mailbox.fingerprint)
            if known and seen != known:
                self._world.feed.publish("mail", content=dict)
            known = seen
