"""Provider blocks: which sender, or whole messaging service, a provider blocks for which number; for the platform.

Nobody lifts one here: the person does, by START, or the provider's consent API after a consent given anew. On a
member's own page tenants see the blocks of that member's numbers.
"""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from notifications.admin.columns import pill
from notifications.admin.filters import since
from notifications.models import ProviderBlock
from notifications.queries.blocks import asked_words, pushes_of, remedy_of, scope_of
from tenants.access import Part
from tenants.admin.base import ReadOnlyAdmin


@admin.register(ProviderBlock)
class ProviderBlockAdmin(ReadOnlyAdmin):
    """One line for each sender and number."""

    is_owned = False
    readers: ClassVar[frozenset[Part]] = frozenset({Part.SUPPORT, Part.PLATFORM})
    empty_hint = "No provider has reported that it blocks a number."
    list_display = ("number", "state_shown", "scope", "provider", "since", "source", "code")
    list_filter = ("state", "provider", "source", since("since"))
    search_fields = ("number__exact", "sender_address__exact", "public_id__exact")
    search_help_text = "The whole number or sender, such as +12065550142"
    fields = (
        "public_id",
        "number",
        "state_shown",
        "provider",
        "scope",
        "since",
        "source",
        "code",
        "says",
        "asked",
        "remedy",
    )
    readonly_fields = fields
    ordering = ("-since", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProviderBlock]:
        rows: QuerySet[ProviderBlock] = super().get_queryset(request)
        return rows.select_related("sender")

    @admin.display(description="state", ordering="state")
    def state_shown(self, block: ProviderBlock) -> SafeString:
        tone = "danger" if block.state == ProviderBlock.State.ACTIVE else "success"
        return pill(block.get_state_display(), tone=tone)

    @admin.display(description="covers")
    def scope(self, block: ProviderBlock) -> str:
        return scope_of(block)

    @admin.display(description="last request to the provider")
    def asked(self, block: ProviderBlock) -> str:
        return asked_words(pushes_of(block.number).get(block.sender_address)) or "None was made."

    @admin.display(description="lifted by")
    def remedy(self, block: ProviderBlock) -> str:
        return remedy_of(block) or "It is lifted."
