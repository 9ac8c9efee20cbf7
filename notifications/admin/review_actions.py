"""What a person decides about a reply: it is an opt-out, it is none, or, of a provider's word, that it was seen."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from notifications.models import Review
from notifications.operations.reviews import decide
from tenants.access import access_of
from tenants.admin.actions import ObjectAction

_BLOCKS = Review.Kind.BLOCK_AFTER_CONSENT


class NoteForm(forms.Form):
    """Why it was decided so, in the decider's words."""

    note = forms.CharField(
        label="Note (optional)",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2, "class": "pt-copy"}),
        help_text="Kept with the decision; others who read it will see your name and the time.",
    )


class _Decide(ObjectAction):
    """One decision about one reply; the first one stands."""

    template = "admin/notifications/review/decide.html"
    decision: ClassVar[Review.Decision]
    done: ClassVar[str]

    def fits(self, obj: Any) -> bool:
        return obj.decided_at is None and (obj.kind == _BLOCKS) == (self.decision is Review.Decision.SEEN)

    def summary(self, review: Review) -> str:
        """What the decision does."""
        raise NotImplementedError

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        review: Review = rows[0]
        form = NoteForm(request.POST if request.method == "POST" else None)
        page: dict[str, Any] = {
            "title": f"{self.label}: {review.public_id}",
            "summary": self.summary(review),
            "facts": _facts(review),
            "form": form,
            "is_invalid": request.method == "POST" and not form.is_valid(),
        }
        if review.decided_at is not None:
            at = timezone.localtime(review.decided_at)
            by = review.decided_by or "somebody whose login is gone"
            page["refusal"] = (
                f"{by} decided this on {at:%d %b %Y at %H:%M}: {review.get_decision_display()}. "
                "The first decision stands; nothing was changed."
            )
        elif not self.fits(review):
            page["refusal"] = "This decision does not fit this review: open it and choose one that is offered there."
        return page

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        form = NoteForm(request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""
        actor = access_of(request).user
        found = decide(rows[0], decision=self.decision, note=note, actor=actor, at=timezone.now())
        if found.is_new:
            self.model_admin.say(request, self.done)
        else:
            said = f"It was decided before: {found.review.get_decision_display()}. Nothing was changed."
            self.model_admin.say(request, said, level=messages.WARNING)
        return None


class IsOptOut(_Decide):
    """Record the opt-out that a person asked for in words that we did not dare to read as one."""

    name = "opt-out"
    label = "It is an opt-out"
    icon = "do_not_disturb_on"
    is_primary = True
    confirm_label = "Yes, record the opt-out"
    decision = Review.Decision.OPT_OUT
    done = "Recorded: nothing more is sent or said to this number, in any tenant, until START is texted from it."

    def fits(self, obj: Any) -> bool:
        # The words themselves are the evidence: without them there is nothing to record.
        return super().fits(obj) and obj.inbound_id is not None

    def summary(self, review: Review) -> str:
        if review.kind == Review.Kind.FREE_TEXT_STOP:
            return "The opt-out counts already, since the text came. You confirm that it was read as it was meant."
        return (
            "The number is opted out of texts and calls from every tenant, as of when the text came, with its words as "
            "evidence. Only the person can take that back: by texting START, or by agreeing anew themselves."
        )


class IsNoOptOut(_Decide):
    """Keep that a text was no opt-out; an opt-out that counts already is not lifted by it."""

    name = "no-opt-out"
    label = "It is not"
    icon = "check_circle"
    confirm_label = "Yes, it is no opt-out"
    decision = Review.Decision.NO_OPT_OUT
    done = "Kept: it is no opt-out. What waited for this goes on."

    def summary(self, review: Review) -> str:
        if review.kind == Review.Kind.FREE_TEXT_STOP:
            return (
                "The number stays opted out all the same: an opt-out is never taken back for somebody else. The person "
                "can text START, or agree anew on their own page; ask them by another way than SMS."
            )
        return "Nothing is recorded about consent. Messages that waited for this decision go on."


class WasSeen(_Decide):
    """Keep that somebody saw that a provider blocks a number although its consent stands."""

    name = "seen"
    label = "Seen"
    icon = "visibility"
    is_primary = True
    confirm_label = "Yes, I have seen it"
    decision = Review.Decision.SEEN
    done = "Kept as seen. The provider's block stands until START is texted to that sender."

    def summary(self, review: Review) -> str:
        return "Nothing is changed: the provider's block stands until START is texted to that sender from the phone."


def _facts(review: Review) -> list[tuple[str, object]]:
    text = review.inbound
    said = [("They wrote", text.body or "nothing: the text was empty"), ("To", text.to_address)] if text else []
    at = timezone.localtime(text.received_at if text else review.opened_at)
    return [
        *said,
        ("From", review.number),
        ("When", f"{at:%d %b %Y, %H:%M}"),
        ("Read as", f"{review.get_kind_display()} (score {review.score} of 100)"),
        ("Because", review.because),
    ]
