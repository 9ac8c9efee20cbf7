"""Diagnose this delivery: the report of one notification, or a table of causes of several. It sends nothing.

Who may open which row is decided by the admin's own queryset before anything is read; opening is audited.
"""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from notifications.admin.diagnose_page import causes_page, report_page
from notifications.admin.resend import SendAgain
from notifications.diagnosis.reading import read_facts
from notifications.diagnosis.redaction import Audience, redacted
from notifications.diagnosis.report import report
from tenants.access import Part, access_of
from tenants.admin.actions import ObjectAction
from tenants.audit import Act, record

_AUDIENCES = {Part.SUPPORT: Audience.SUPPORT, Part.PLATFORM: Audience.PLATFORM}


class Diagnose(ObjectAction):
    """Why did this message reach its person, or why not, and who does what next."""

    name = "diagnose"
    label = "Diagnose this delivery"
    icon = "troubleshoot"
    is_primary = True
    takes_many = True
    reads_only = True
    template = "admin/notifications/notification/diagnosis.html"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        access, now = access_of(request), timezone.now()
        facts = read_facts([row.pk for row in rows], now=now, zone=timezone.get_current_timezone_name())
        audience = _AUDIENCES.get(access.part, Audience.TENANT)
        reports = [report(redacted(facts[row.pk], audience)) for row in rows if row.pk in facts]
        for row, found in zip(rows, reports, strict=True):
            data = {"cause": found.cause.code if found.cause else None, "status": row.status}
            record(Act.DIAGNOSED, tenant_id=row.tenant_id, actor=access.user, subject=row, at=now, data=data)
        site = self.model_admin.admin_site
        if len(reports) == 1:
            again = SendAgain(self.model_admin)
            offers = again.permits(request, rows[0]) and again.fits(rows[0])
            return {**report_page(reports[0], request=request, site=site), "may_resend": offers}
        return causes_page(reports)
