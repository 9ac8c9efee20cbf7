"""Shared numbers, two ways: a field on a member's page, and the page *Numbers*, which is asked by a number."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from imes.kernel.phone import PhoneReading, examine
from members.admin.columns import consent_pill, moment
from members.admin.line_action import CorrectLine
from members.admin.line_area import lines_of
from members.consent.words import consent_words
from members.models import Member, Phone
from members.shared_numbers import Profile, Sharing, known_blocks, sharing
from tenants.access import access_of
from tenants.admin.base import ReadOnlyAdmin


def shared_field(member: Member) -> SafeString:
    """Who else has this member's numbers: here by name, in other organisations as a count; for the member's page."""
    numbers = [phone.number for phone in member.phones.all()]
    found = sharing(numbers, tenant=member.tenant, at=timezone.now())
    shared = [found[number] for number in numbers if number in found and found[number].is_shared]
    if not shared:
        return format_html('<p class="pt-muted">{}</p>', "Nobody else has a number of theirs.")
    return format_html_join("", "<p>{}</p>", ((_shared_words(one, member=member),) for one in shared))


def _shared_words(shared: Sharing, *, member: Member) -> SafeString:
    others = [profile for profile in shared.here if profile.member.pk != member.pk]
    names = format_html_join(", ", "{}", ((_named(profile),) for profile in others))
    parts = [part for part in (names, elsewhere_words(shared)) if part]
    stopped = (
        f"It is opted out for all of them since {moment(shared.suppression.since)}."
        if shared.suppression
        else "If one of them opts out by text, it counts for all of them."
    )
    return format_html(
        '<a class="pt-link" href="{}">{}</a> is also used by {}. {}',
        number_url(shared.number),
        shared.number,
        format_html_join(" and by ", "{}", ((part,) for part in parts)),
        stopped,
    )


def _named(profile: Profile) -> SafeString:
    link = reverse("admin:members_member_change", args=[profile.member.pk])
    words = consent_words(profile.sms)
    since = f" since {moment(words.since)}" if words.since else ""
    return format_html(
        '<a class="pt-link" href="{}">{}</a> ({}{})', link, profile.member.name, words.state.label.lower(), since
    )


def elsewhere_words(shared: Sharing) -> str:
    """How many have the number elsewhere, and how many of them opted out; empty where nobody has it."""
    if not shared.elsewhere:
        return ""
    if shared.elsewhere == 1:
        return f"1 person in another organisation{', who opted out' if shared.opted_out_elsewhere else ''}"
    out = f", {shared.opted_out_elsewhere} of whom opted out" if shared.opted_out_elsewhere else ""
    return f"{shared.elsewhere} people in other organisations{out}"


def number_url(number: str) -> str:
    """The page about one number."""
    asked = QueryDict(mutable=True)
    asked["q"] = number
    return f"{reverse('admin:members_phone_changelist')}?{asked.urlencode()}"


@admin.register(Phone)
class NumberAdmin(ReadOnlyAdmin):
    """One page: a number is asked for, and everybody here who has it is shown with how they stand on it."""

    search_help_text = "The whole number, with + and country code."
    object_actions = (CorrectLine,)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise Http404
        tenant = access_of(request).tenant
        asked = request.GET.get("q", "")
        reading = examine(asked, region=tenant.region if tenant else None) if asked else None
        context = {
            **self.admin_site.each_context(request),
            "title": "Numbers",
            "opts": None,
            "asked": asked,
            "names_tenants": tenant is None,
            **(self._answer(request, reading) if reading else {}),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/members/phone/numbers.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the page about this phone's number; a phone is changed on its member's page."""
        phone = self.get_object(request, object_id)
        if phone is None or request.method not in {"GET", "HEAD"} or not self.has_view_permission(request, phone):
            raise Http404
        return HttpResponseRedirect(number_url(phone.number))

    def _answer(self, request: HttpRequest, reading: PhoneReading) -> dict[str, Any]:
        if reading.e164 is None:
            remedies = [] if reading.suggestion else list(dict.fromkeys(defect.remedy for defect in reading.defects))
            return {
                "defects": [*(defect.says for defect in reading.defects), *remedies],
                "suggestion": reading.suggestion,
                "suggestion_url": number_url(reading.suggestion) if reading.suggestion else "",
            }
        found = sharing([reading.e164], tenant=access_of(request).tenant, at=timezone.now()).get(reading.e164)
        if found is None:
            # The same words for a number of somebody else's and for one that nobody has.
            return {"unknown": reading.e164}
        return {
            "found": found,
            "people": [
                (profile.member, consent_pill(consent_words(profile.sms)), consent_pill(consent_words(profile.voice)))
                for profile in found.here
            ],
            "elsewhere": elsewhere_words(found),
            "lines": lines_of(found.number, request=request, model_admin=self),
            "blocks": known_blocks(found.number),
        }
