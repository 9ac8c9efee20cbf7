"""Tell a provider of a consent that was recorded and approved, so that it lifts its own block where it can."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from members import ports
from members.admin.columns import moment
from members.consent.remains import active_blocks, counts
from members.models import ConsentRecord
from tenants.access import access_of
from tenants.admin.actions import ObjectAction


class TellProvider(ObjectAction):
    """Ask the provider to lift its own block, on the strength of an approved record."""

    name = "tell-provider"
    label = "Tell the provider"
    icon = "outgoing_mail"
    confirm_label = "Tell it now"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        if not super().permits(request, obj) or obj is None or obj.state != ConsentRecord.State.APPROVED:
            return False
        return "sms" in obj.channels and bool(active_blocks(obj.number))

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        row: ConsentRecord = rows[0]
        blocks = active_blocks(row.number)
        preview: dict[str, Any] = {
            "title": f"Tell the provider: {row.member}",
            "summary": f"The provider is told that {row.number} agreed on {moment(row.acted_at)}, and is asked to lift "
            "its block. Nothing is sent to the person. Its answer stands on the record's page a moment later.",
            "listed_title": "What is blocked",
            "listed_heads": ["Provider", "Sender", "How else it is lifted"],
            "listed": [(block.provider, block.sender_address, block.remedy) for block in blocks],
        }
        if not counts(row, at=timezone.now()):
            preview["refusal"] = f"{row.member} does not count as agreed any more: something newer stands. Read why on "
            preview["refusal"] += "their page. Nothing is told."
        elif not any(block.may_be_told for block in blocks):
            preview["refusal"] = "The provider cannot be told about this sender: only START from that phone lifts it."
        return preview

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        row: ConsentRecord = rows[0]
        ports.messenger().tell_provider(
            number=row.number,
            said_at=row.acted_at,
            was_on_web=row.method == ConsentRecord.Method.WEB_FORM,
            tenant=row.tenant,
            actor=access_of(request).user,
            at=timezone.now(),
        )
        self.model_admin.say(request, "The provider is asked now. What it answered stands under “What remains”.")
        return None
