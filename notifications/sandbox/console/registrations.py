"""Shows what the account has registered with carriers, and puts any of it into another state."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..registrations import STATES, Defect, Kind
from ..world import World
from .phones import complaint, fields_of


class RegistrationControls:
    def __init__(self, world: World) -> None:
        self._world = world

    async def registrations(self, request: Request) -> Response:
        """List them; POST sets one: kind, about (service SID, number or brand SID), state, errors, since.

        Without a state the registration is dropped, as if it had never been asked for. The brand needs no `about`.
        """
        rows = self._world.registrations
        if request.method == "POST":
            fields = await fields_of(request)
            try:
                kind = Kind(str(fields.get("kind")))
            except ValueError:
                return complaint(400, f"kind must be one of {', '.join(Kind)}")
            about = str(fields.get("about") or (rows.brand_sid if kind is Kind.BRAND else ""))
            state, since = fields.get("state"), str(fields.get("since") or "")
            if fault := self._fault(kind, about=about, state=state, since=since):
                return complaint(400, fault)
            if not state:
                rows.drop(kind, about=about)
            else:
                at = datetime.fromisoformat(since) if since else self._world.now()
                rows.set(kind, about=about, state=str(state), at=at, defects=_defects(fields.get("errors")))
        return JSONResponse([row.view() for row in rows.all()])

    def _fault(self, kind: Kind, *, about: str, state: Any, since: str) -> str:
        senders = self._world.senders
        if kind is Kind.CAMPAIGN and senders.service(about) is None:
            return f"about must be a messaging service of the account: {_listed(s.sid for s in senders.services())}"
        if kind is Kind.TOLL_FREE and not getattr(senders.number(about), "toll_free", False):
            owned = _listed(n.phone_number for n in senders.numbers() if n.toll_free)
            return f"about must be a toll-free number of the account: {owned}"
        if state and state not in STATES[kind]:
            return f"state must be one of {', '.join(STATES[kind])}"
        try:
            aware = not since or datetime.fromisoformat(since).tzinfo is not None
        except ValueError:
            aware = False
        return "" if aware else "since must be an ISO time with a zone, such as 2026-11-18T09:00:00+00:00"


def _listed(names: Any) -> str:
    return ", ".join(names) or "there is none"


def _defects(given: Any) -> list[Defect]:
    rows = given if isinstance(given, list) else []
    return [
        Defect(int(row["code"]), str(row.get("says", "")), tuple(map(str, row.get("fields", []))))
        for row in rows
        if isinstance(row, dict) and str(row.get("code", "")).isdigit()
    ]
