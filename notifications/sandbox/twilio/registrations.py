"""What the account has registered, as Twilio's Messaging API shows it: campaigns, brands, toll-free verifications.

The three write what is wrong in three ways: campaigns say `error_code`, brands `code`, verifications a `reason`.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..registrations import Defect, Kind, Registration
from ..world import World
from .refusals import MORE_INFO, refusal
from .resources import SHOWN_SECONDS, page_v1

BASE = "https://messaging.twilio.com/v1"
APPROVED_BRAND, REFUSED_TOLL_FREE = "APPROVED", "TWILIO_REJECTED"


class RegistrationEndpoints:
    def __init__(self, world: World) -> None:
        self._world = world
        self._account_sid = world.settings.account_sid

    async def campaigns(self, request: Request) -> Response:
        """The campaigns of one service; there is one at most."""
        service_sid = request.path_params["service"]
        if self._world.senders.service(service_sid) is None:
            return _missing(request)
        found = self._world.registrations.find(Kind.CAMPAIGN, about=service_sid)
        records = [self._campaign(found)] if found else []
        return JSONResponse(page_v1(request, key="compliance", records=records))

    async def campaign(self, request: Request) -> Response:
        found = self._world.registrations.find(Kind.CAMPAIGN, about=request.path_params["service"])
        if found is None or found.sid != request.path_params["sid"]:
            return _missing(request)
        return JSONResponse(self._campaign(found))

    async def brands(self, request: Request) -> Response:
        records = [self._brand(row) for row in self._world.registrations.of_kind(Kind.BRAND)]
        return JSONResponse(page_v1(request, key="data", records=records))

    async def brand(self, request: Request) -> Response:
        found = self._world.registrations.with_sid(Kind.BRAND, sid=request.path_params["sid"])
        return JSONResponse(self._brand(found)) if found else _missing(request)

    async def verifications(self, request: Request) -> Response:
        query = request.query_params
        records = [
            self._verification(row)
            for row in self._world.registrations.of_kind(Kind.TOLL_FREE)
            if query.get("TollfreePhoneNumberSid", "") in ("", self._number_sid(row))
            and query.get("Status", "") in ("", row.state)
        ]
        return JSONResponse(page_v1(request, key="verifications", records=records))

    async def verification(self, request: Request) -> Response:
        found = self._world.registrations.with_sid(Kind.TOLL_FREE, sid=request.path_params["sid"])
        return JSONResponse(self._verification(found)) if found else _missing(request)

    def _number_sid(self, row: Registration) -> str:
        number = self._world.senders.number(row.about)
        return number.sid if number else ""

    def _common(self, row: Registration, *, url: str) -> dict[str, Any]:
        return {
            "sid": row.sid,
            "account_sid": self._account_sid,
            "date_created": row.created_at.strftime(SHOWN_SECONDS),
            "date_updated": row.updated_at.strftime(SHOWN_SECONDS),
            "url": f"{BASE}{url}",
        }

    def _campaign(self, row: Registration) -> dict[str, Any]:
        return {
            **self._common(row, url=f"/Services/{row.about}/Compliance/Usa2p/{row.sid}"),
            "brand_registration_sid": self._world.registrations.brand_sid,
            "messaging_service_sid": row.about,
            "description": "Operational alerts to the members of an organisation who agreed to them.",
            "message_samples": ["Pump 3 stopped at North pier. Reply 1 to acknowledge, STOP to opt out."],
            "us_app_to_person_usecase": "LOW_VOLUME",
            "has_embedded_links": False,
            "has_embedded_phone": False,
            "subscriber_opt_in": True,
            "age_gated": False,
            "direct_lending": False,
            "campaign_status": row.state,
            "campaign_id": f"C{row.sid[2:8].upper()}" if row.state == "VERIFIED" else None,
            "is_externally_registered": False,
            "rate_limits": None,
            "message_flow": "Members open an invite and tick a box that is not ticked beforehand.",
            "opt_in_message": "", "opt_out_message": "", "help_message": "",
            "opt_in_keywords": [], "opt_out_keywords": [], "help_keywords": [],
            "mock": False,
            "errors": [
                {
                    "error_code": each.code,
                    "description": each.says,
                    "fields": list(each.fields),
                    "url": f"{MORE_INFO}{each.code}",
                }
                for each in row.defects
            ],
            "privacy_policy_url": None,
            "terms_and_conditions_url": None,
        }  # fmt: skip

    def _brand(self, row: Registration) -> dict[str, Any]:
        url = f"/a2p/BrandRegistrations/{row.sid}"
        return {
            **self._common(row, url=url),
            "customer_profile_bundle_sid": "BU" + row.sid[2:],
            "a2p_profile_bundle_sid": "BU" + row.sid[:1:-1],
            "brand_type": "STANDARD",
            "status": row.state,
            "tcr_id": f"B{row.sid[2:8].upper()}" if row.state == APPROVED_BRAND else None,
            "failure_reason": row.defects[0].says if row.defects else None,
            "errors": [
                {
                    "code": each.code,
                    "description": each.says,
                    "fields": list(each.fields),
                    "url": f"{MORE_INFO}{each.code}",
                }
                for each in row.defects
            ],
            "brand_score": 42 if row.state == APPROVED_BRAND else None,
            "brand_feedback": [],
            "identity_status": "VERIFIED" if row.state == APPROVED_BRAND else "UNVERIFIED",
            "russell_3000": False,
            "government_entity": False,
            "tax_exempt_status": "",
            "skip_automatic_sec_vet": False,
            "mock": False,
            "links": {"brand_vettings": f"{BASE}{url}/Vettings"},
        }

    def _verification(self, row: Registration) -> dict[str, Any]:
        defects = row.defects if row.state == REFUSED_TOLL_FREE else ()
        return {
            **self._common(row, url=f"/Tollfree/Verifications/{row.sid}"),
            "tollfree_phone_number_sid": self._number_sid(row),
            "tollfree_phone_number": row.about,
            "status": row.state,
            "business_name": "Sandbox account",
            "use_case_categories": ["ACCOUNT_NOTIFICATIONS"],
            "use_case_summary": "Operational alerts to people who agreed to them.",
            "opt_in_type": "WEB_FORM",
            "message_volume": "1,000",
            "rejection_reason": defects[0].says if defects else None,
            "error_code": defects[0].code if defects else None,
            "rejection_reasons": [_reason(each) for each in defects],
            "edit_expiration": None,
            "edit_allowed": bool(defects) or None,
            "resource_links": {},
            "external_reference_id": None,
        }


def _reason(defect: Defect) -> dict[str, Any]:
    return {"code": defect.code, "reason": defect.says}


def _missing(request: Request) -> Response:
    return refusal(20404, path=request.url.path).response()
