"""Twilio's Lookup v2, `GET /v2/PhoneNumbers/{E164}`: the last digits of a number choose its type or the trouble.

Without `Fields=line_type_intelligence` only the number is checked, as at Twilio, where that is free of charge.
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..behaviours import Behaviour, LookupAnswer
from ..world import World
from .draft import is_phone_number
from .refusals import refusal

URL = "https://lookups.twilio.com/v2/PhoneNumbers/"
PACKAGE = "line_type_intelligence"
NO_COVERAGE = 60600
TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}")
#: Packages that nobody asked for are null.
OTHERS = (
    "caller_name", "sim_swap", "call_forwarding", "line_status", "identity_match", "reassigned_number",
    "sms_pumping_risk", "phone_number_quality_score", "pre_fill",
)  # fmt: skip
CARRIED = frozenset({"mobile", "landline", "fixedVoip", "nonFixedVoip"})


class LookupEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world

    async def number(self, request: Request) -> Response:
        number = request.path_params["number"]
        behaviour = self._world.faults.behaviour_for(number)
        if behaviour.lookup is LookupAnswer.MISSING:
            return refusal(20404, path=request.url.path).response()
        asked = PACKAGE in request.query_params.get("Fields", "").split(",")
        if asked and behaviour.lookup is LookupAnswer.TURN_AWAY:
            return refusal(20429).response()
        if asked and behaviour.lookup is LookupAnswer.DOWN:
            return refusal(20503).response()
        is_valid = is_phone_number(number)
        if asked:
            self._world.lookups.append(number)
        return JSONResponse(
            {
                "calling_country_code": "1" if number.startswith("+1") else None,
                "country_code": "US" if number.startswith("+1") else None,
                "phone_number": number,
                "national_format": number,
                "valid": is_valid,
                "validation_errors": [] if is_valid else ["INVALID_BUT_POSSIBLE"],
                **dict.fromkeys(OTHERS),
                PACKAGE: _package(number, behaviour=behaviour) if asked and is_valid else None,
                "url": URL + number,
            }
        )


def _package(number: str, *, behaviour: Behaviour) -> dict[str, Any]:
    word = "tollFree" if TOLL_FREE.fullmatch(number) else behaviour.line
    is_mobile = word == "mobile"
    return {
        "error_code": None if word else NO_COVERAGE,
        "mobile_country_code": "310" if is_mobile else None,
        "mobile_network_code": "260" if is_mobile else None,
        "carrier_name": "Sandbox Carrier" if word in CARRIED else None,
        "type": word or None,
    }
