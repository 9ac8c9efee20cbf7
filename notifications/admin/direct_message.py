"""Send a message: a text that an admin writes to members whom they chose, previewed in full before it goes.

It is offered on the pages of members, who know nothing of messages.
"""

import hashlib
import unicodedata
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from members.models import Member
from notifications.admin.send_preview import done, send_preview
from notifications.admin.together import written_together
from notifications.core.plain_text import Costly, costly, plain
from notifications.core.states import Channel
from notifications.core.text import Encoding, Measured, measure
from notifications.operations.direct import TEXT_LIMIT, foresee_direct, opening, send_direct
from notifications.operations.once import AlreadySent, seed
from tenants.access import access_of
from tenants.admin.actions import ObjectAction, offer
from tenants.models import Tenant


class MessageForm(forms.Form):
    """What it says, and how it reaches them."""

    channel = forms.ChoiceField(
        label="How it goes",
        choices=[(Channel.SMS.value, "By SMS"), (Channel.VOICE.value, "By phone call, read aloud")],
        initial=Channel.SMS.value,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    text = forms.CharField(
        label="What it says",
        max_length=TEXT_LIMIT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        error_messages={"required": "Write what it should say."},
    )

    def clean_channel(self) -> Channel:
        """By SMS, unless something else was chosen."""
        return Channel(self.cleaned_data["channel"] or Channel.SMS)

    def clean_text(self) -> str:
        """Lines end as they do in a text message, and a letter with its accent is one character."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        return unicodedata.normalize("NFC", text)


class SendMessage(ObjectAction):
    """Text these members something that you write; each message passes every check like a page."""

    name = "send-message"
    label = "Send a message"
    icon = "sms"
    takes_many = True
    confirm_label = "Send it"
    template = "admin/notifications/direct_message.html"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        people = _in_order(rows)
        title = f"Send a message: {people[0].name if len(people) == 1 else f'{len(people)} team members'}"
        if len({member.tenant_id for member in people}) != 1:
            return {"title": title, "refusal": "Choose members of one tenant at a time: each has limits of its own."}
        tenant = people[0].tenant
        step = request.POST.get("step", "")
        form = _form(request, step=step)
        is_valid = form.is_bound and form.is_valid()
        text = form.cleaned_data["text"] if is_valid else ""
        channel = form.cleaned_data["channel"] if is_valid else Channel.SMS
        actor = access_of(request).user
        foreseen = foresee_direct(people, text=text, channel=channel, actor=actor, at=timezone.now())
        page: dict[str, Any] = {
            "title": title,
            "form": form,
            "opening": opening(tenant),
            "limit": TEXT_LIMIT,
            "once": request.POST.get("once") or seed(),
            "number": sum(one.goes or one.waits for one in foreseen),
            **send_preview(foreseen),
        }
        if not text:
            page["cost"] = []
        else:
            seen = _digest(text, channel)
            by_call = channel is Channel.VOICE
            page |= {"whole": foreseen[0].text, "seen": seen, "by_call": by_call}
            page |= {} if by_call else size(foreseen[0].text, tenant=tenant)
        was_changed = step == "send" and bool(text) and request.POST.get("seen") != _digest(text, channel)
        stays = step != "send" or not text or was_changed or page["is_for_nobody"]
        return {**page, "was_changed": was_changed, "is_invalid": request.method == "POST" and stays}

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        people, form = _in_order(rows), _form(request, step="send")
        if not form.is_valid():
            return None
        once = request.POST.get("once") or seed()
        sent = send_direct(people, **form.cleaned_data, actor=access_of(request).user, once=once, at=timezone.now())
        if isinstance(sent, AlreadySent):
            self.model_admin.say(request, "This was sent already, and nothing was sent twice.", level=messages.WARNING)
        else:
            self.model_admin.say(request, done(sent.foreseen))
        return HttpResponseRedirect(written_together(sent.rows[0]))


def size(text: str, *, tenant: Tenant) -> dict[str, Any]:
    """How long the text is on the air, which characters make it longer, and what could stand in their place."""
    measured = measure(text)
    named = [(costly(one), one in opening(tenant)) for one in measured.offending]
    shorter = measure(plain(text))
    return {
        "measured": [
            ("Encoding", _alphabet(measured)),
            ("Characters", f"{measured.characters:,}"),
            ("SMS segments each", f"{measured.segments:,}"),
        ],
        "costly": [(_shown(one), one.name, _advice(one, is_in_name=in_name)) for one, in_name in named],
        "can_be_plain": any(one.instead is not None and not in_name for one, in_name in named),
        "when_plain": _when_plain(shorter, now=measured),
    }


def _when_plain(shorter: Measured, *, now: Measured) -> str:
    as_now = ", as now" if shorter.segments == now.segments else ""
    return f"{shorter.segments} segment{'s' if shorter.segments != 1 else ''} in {shorter.encoding.value}{as_now}"


def _alphabet(measured: Measured) -> str:
    if measured.encoding is Encoding.GSM7:
        return "GSM-7: 160 characters in one segment, 153 in each of several"
    return "UCS-2: 70 characters in one segment, 67 in each of several"


def _shown(one: Costly) -> str:
    return one.character if one.character.isprintable() and not one.character.isspace() else "(not seen)"


def _advice(one: Costly, *, is_in_name: bool) -> str:
    if is_in_name:
        return "It is in the name with which every message begins."
    if one.instead is None:
        return "Nothing reads alike: leave it out, or accept the cost."
    return f"Write {one.instead} instead" if one.instead.strip() else "A plain space" if one.instead else "Leave it out"


def _form(request: HttpRequest, *, step: str) -> MessageForm:
    if request.method != "POST" or "text" not in request.POST:
        return MessageForm()
    text = request.POST["text"]
    channel = request.POST.get("channel", "")
    return MessageForm({"text": plain(text) if step == "plain" else text, "channel": channel})


def _digest(text: str, channel: Channel) -> str:
    """What was previewed: the text, and how it goes."""
    return hashlib.sha256(f"{channel.value} {text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _in_order(rows: list[Any]) -> list[Member]:
    return sorted(rows, key=lambda member: (member.name.casefold(), member.pk))


offer("members.Member", SendMessage)
