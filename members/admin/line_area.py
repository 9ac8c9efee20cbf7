"""What the pages of people say of a phone's line, and where it is looked up or corrected."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from members import ports
from members.admin.columns import moment, pill
from members.line_words import LineWords, line_words
from members.models import Phone
from members.operations.lines import state_of
from tenants.admin.base import AdminBase


@dataclass(frozen=True, slots=True)
class LineShown:
    """One member's phone with the number, for the page about the number; `links` are what this person may do."""

    phone: Phone
    words: LineWords
    pill: SafeString
    links: tuple[tuple[str, str], ...]


def words_of(phone: Phone) -> LineWords:
    """What is known of the phone's line, with what texts to it met; needs a scope."""
    faults = ports.messenger().line_faults(phone.number, tenant_ids=[phone.tenant_id])
    return line_words(state_of(phone), voice=phone.voice_capability, faults=faults, moment=moment)


def lines_of(number: str, *, request: HttpRequest, model_admin: AdminBase) -> list[LineShown]:
    """Every phone in the open scope with the number, as the page about it shows them."""
    shown = []
    for phone in Phone.objects.filter(number=number).select_related("member", "tenant").order_by("member__name", "id"):
        words = words_of(phone)
        links = tuple(
            (action.label, reverse(f"admin:members_phone_do_{action.name}", args=[phone.pk]))
            for action in model_admin.all_actions()
            if action(model_admin).permits(request, phone) and action(model_admin).fits(phone)
        )
        shown.append(LineShown(phone, words, pill(words.kind, tone=words.tone), links))
    return shown


def line_field(phone: Phone) -> SafeString:
    """The line on the member's page, under the phone's fields."""
    words = words_of(phone)
    return format_html(
        '<div class="pt-status-line">{} <span>{}</span></div>{}<p><a class="pt-link" href="{}">{}</a></p>',
        pill(words.kind, tone=words.tone),
        " ".join(words.lines),
        format_html_join("", '<p class="pt-note">{}</p>', ((note,) for note in words.notes)),
        reverse("admin:members_phone_change", args=[phone.pk]),
        f"More about {phone.number}",
    )
