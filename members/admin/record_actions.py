"""What can be done to a recorded consent: record one, approve it, not approve it, take it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget

from members.admin.columns import moment
from members.admin.history import history_table
from members.admin.record_form import RecordForm
from members.admin.record_page import (
    channel_words,
    evidence_digest,
    evidence_links,
    waits_words,
    what_follows,
)
from members.consent.deciders import admins_of, may_decide
from members.consent.record_checks import RecordRefused, last_word
from members.consent.recording import approve_record, record_consent, refuse_record, withdraw_record
from members.consent.remains import remains
from members.consent.wordings import known_versions, known_wording
from members.models import ConsentRecord, Member
from tenants.access import access_of
from tenants.admin.actions import ObjectAction


class RecordConsent(ObjectAction):
    """Write down what the member did elsewhere; a second person approves it."""

    name = "record-consent"
    label = "Record consent"
    icon = "contract"
    confirm_label = "Record it"
    template = "admin/members/record_consent.html"

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        return super().permits(request, obj) and (obj is None or obj.is_active)

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        member: Member = rows[0]
        numbers = [phone.number for phone in member.phones.all()]
        if not numbers:
            return {"refusal": f"{member.name} has no number. Add the one that they agreed for on their page first."}
        form = self._form(request, member)
        stops = {number: last_word(number, tenant_id=member.tenant_id, channels=("sms", "voice")) for number in numbers}
        return {
            "title": f"Record consent of {member.name}",
            "summary": f"For what {member.name} did themselves, outside this portal: a signed form, another web form, "
            "an e-mail, a recorded call. You write it down with its evidence, and another person approves it. Nothing "
            "is sent by recording it.",
            "stops": [(number, moment(stop.effective_at)) for number, stop in stops.items() if stop is not None],
            "wordings": [(version, known_wording(version, tenant=member.tenant).text) for version in known_versions()],
            "form": form,
            "is_invalid": form.is_bound and not form.is_valid(),
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        member: Member = rows[0]
        form = self._form(request, member)
        if not form.is_valid() or form.entry is None:
            return None
        row = record_consent(form.entry, member=member, actor=access_of(request).user, at=timezone.now())
        if isinstance(row, RecordRefused):
            self.model_admin.say(request, f"Nothing was recorded. {row.says}", level=messages.ERROR)
            return None
        who = waits_words(row, admins=admins_of([row.tenant_id])[row.tenant_id], access=None)
        self.model_admin.say(
            request, f"Recorded. It counts once another person has approved it: {who}. Nothing is sent until then."
        )
        return HttpResponseRedirect(reverse("admin:members_consentrecord_change", args=[row.pk]))

    @staticmethod
    def _form(request: HttpRequest, member: Member) -> RecordForm:
        about: dict[str, Any] = {"member": member, "actor": access_of(request).user, "at": timezone.now()}
        return RecordForm(request.POST, request.FILES, **about) if request.method == "POST" else RecordForm(**about)


class NoteForm(forms.Form):
    """Why it is decided like this."""

    note = forms.CharField(
        required=False,
        max_length=400,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Kept with the record. Needed where it is not approved.",
    )


class Decision(ObjectAction):
    """One word on a pending record, on a page that shows all that it rests on."""

    template = "admin/members/record_decision.html"
    asks = ""

    def permits(self, request: HttpRequest, obj: Any) -> bool:
        if not super().permits(request, obj) or obj is None:
            return False
        return self.is_open_to(request, obj)

    def is_open_to(self, request: HttpRequest, row: ConsentRecord) -> bool:
        admins = admins_of([row.tenant_id])[row.tenant_id]
        return row.state == ConsentRecord.State.PENDING and may_decide(row, access_of(request).user, admins=admins)

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        row: ConsentRecord = rows[0]
        return {
            "title": f"{self.label}: {row.member}",
            "summary": self.asks.format(recorder=row.recorded_by, member=row.member, what=channel_words(row)),
            "facts": [
                ("Who", row.member),
                ("Number", row.number),
                ("Agreed to", channel_words(row)),
                ("How", row.get_method_display()),
                ("When they acted", moment(row.acted_at)),
                ("Recorded by", f"{row.recorded_by}, {moment(row.recorded_at)}"),
                ("Wording", row.disclosure_version),
            ],
            "record": row,
            "evidence": evidence_links(row, access=access_of(request)),
            "digest": evidence_digest(row),
            "history": history_table(row.member),
            "follows": self.follows(row),
            "form": NoteForm(request.POST if request.method == "POST" else None),
        }

    def follows(self, row: ConsentRecord) -> list[str]:
        return []

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        form = NoteForm(request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else request.POST.get("note", "")[:400]
        said = self.decide(request, rows[0], note=note)
        if isinstance(said, RecordRefused):
            self.model_admin.say(request, f"Nothing was changed. {said.says}", level=messages.ERROR)
        return None

    def decide(self, request: HttpRequest, row: ConsentRecord, *, note: str) -> RecordRefused | None:
        raise NotImplementedError


class ApproveRecord(Decision):
    """Have it count, as the second person."""

    name = "approve"
    label = "Approve"
    icon = "verified"
    is_primary = True
    confirm_label = "Approve it"
    asks = "Did {member} agree to {what} themselves, and does the evidence show it? {recorder} says so; you confirm it."

    def follows(self, row: ConsentRecord) -> list[str]:
        return what_follows(row)

    def decide(self, request: HttpRequest, row: ConsentRecord, *, note: str) -> RecordRefused | None:
        found = approve_record(row, actor=access_of(request).user, at=timezone.now(), note=note)
        if isinstance(found, RecordRefused):
            return found
        left = remains(row.number, channels=row.channels)
        self.model_admin.say(
            request, " ".join(["Recorded and approved.", *left]), level=messages.WARNING if left else messages.SUCCESS
        )
        return None


class RefuseRecord(Decision):
    """Say that it shows no consent, and why."""

    name = "refuse"
    label = "Do not approve"
    icon = "block"
    confirm_label = "Do not approve it"
    asks = "{recorder} recorded that {member} agreed to {what}. Say what is missing; nothing counts from it then."

    def decide(self, request: HttpRequest, row: ConsentRecord, *, note: str) -> RecordRefused | None:
        found = refuse_record(row, actor=access_of(request).user, at=timezone.now(), note=note)
        if isinstance(found, RecordRefused):
            return found
        self.model_admin.say(request, f"Not approved. {row.recorded_by} sees your reason on the record.")
        return None


class WithdrawRecord(Decision):
    """Take back what oneself recorded."""

    name = "withdraw"
    label = "Withdraw"
    icon = "undo"
    confirm_label = "Withdraw it"
    asks = "You recorded that {member} agreed to {what}. Withdrawn, it counts for nothing, and stays on record as that."

    def is_open_to(self, request: HttpRequest, row: ConsentRecord) -> bool:
        return row.state == ConsentRecord.State.PENDING and row.recorded_by_id == access_of(request).user.pk

    def decide(self, request: HttpRequest, row: ConsentRecord, *, note: str) -> RecordRefused | None:
        found = withdraw_record(row, actor=access_of(request).user, at=timezone.now(), note=note)
        if isinstance(found, RecordRefused):
            return found
        self.model_admin.say(request, "Withdrawn. A new record can be made now.")
        return None
