"""Look up the line: ask the provider what kind of line numbers are, which it charges for, and say it in words.

It is offered on the pages of members and their numbers, which know nothing of providers.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from members.admin.columns import moment
from members.models import Phone
from notifications.operations.lines import Told, fresh_from, look_up_now
from notifications.providers.lookups import LineFound
from tenants.access import access_of
from tenants.admin.actions import ObjectAction, offer

_KINDS = {"mobile": "a mobile", "landline": "a landline", "voip": "a VoIP line", "toll_free": "a toll-free line"}
#: So many results are said one by one.
_SAID = 12


class LookUpLine(ObjectAction):
    """Ask Twilio what kind of line this number is. Each time is charged for, also where the answer is known."""

    name = "look-up-line"
    label = "Look up the line"
    icon = "travel_explore"
    confirm_label = "Look it up"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        phone: Phone = rows[0]
        before = moment(phone.looked_up_at) if phone.looked_up_at else "never"
        return {
            "title": f"Look up the line of {phone.number}",
            "summary": "Twilio is asked now what kind of line this number is. Nothing is sent to it, and its owner "
            "does not notice. What somebody here said of its SMS stays as it is.",
            "facts": [("Number", phone.number), ("Last looked up", before), ("Cost", cost(1))],
            "opts": None,
        }

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        phone: Phone = rows[0]
        told = look_up_now({phone.number: phone.tenant_id}, actor=access_of(request).user, at=timezone.now())
        _say(self, request, told)
        return None


class LookUpLines(ObjectAction):
    """Ask Twilio what kind of lines these members' numbers are; what is known and fresh is not paid for again."""

    name = "look-up-lines"
    label = "Look up the lines"
    icon = "travel_explore"
    takes_many = True
    confirm_label = "Look them up"

    def preview(self, request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
        phones, wanted = _phones(rows), _wanted(rows)
        known = len({phone.number for phone in phones}) - len(wanted)
        page: dict[str, Any] = {
            "title": f"Look up the lines of {rows[0].name}"
            if len(rows) == 1
            else f"Look up the lines of {len(rows)} team members",
            "summary": "Twilio is asked now what kind of line each of these numbers is. Nothing is sent to them, and "
            "their owners do not notice. What somebody here said of their SMS stays as it is.",
            "facts": [
                ("Numbers to look up", f"{len(wanted):,}"),
                (f"Looked up within {settings.LINE_LOOKUP_DAYS} days, and not paid for again", f"{known:,}"),
                ("Cost", cost(len(wanted))),
            ],
            "listed_title": "Whose numbers",
            "listed_heads": ["Team member", "Number", "Known as"],
            "listed": [
                (phone.member.name, phone.number, phone.get_line_type_display())
                for phone in phones
                if phone.number in wanted
            ],
        }
        if not wanted:
            page["refusal"] = "There is no number to look up: " + (
                "each was looked up lately. Open a number to ask about it again." if known else "they have none."
            )
        return page

    def perform(self, request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
        told = look_up_now(_wanted(rows), actor=access_of(request).user, at=timezone.now())
        _say(self, request, told)
        return None


def cost(number: int) -> str:
    """What so many look-ups cost, as far as the installation says what one does."""
    amount, _, currency = settings.LINE_LOOKUP_PRICE.partition(" ")
    try:
        whole = Decimal(amount) * number
    except InvalidOperation:
        return f"{number:,} paid look-up{'s' if number != 1 else ''}, at the rate of the account with Twilio"
    return f"{number:,} x {settings.LINE_LOOKUP_PRICE} = {whole.normalize():f} {currency}".strip()


def words(told: Told) -> str:
    """What was learned of one number, in a sentence."""
    if isinstance(told.answer, LineFound):
        found = told.answer
        kind = _KINDS.get(found.line_type, "a line of a kind that is not known")
        closed = " It cannot get SMS." if found.line_type == "landline" or found.sms == "no" else ""
        return f"{told.number} is {kind} (Twilio says: {found.said}).{closed}"
    status = f" (HTTP {told.answer.http_status})" if told.answer.http_status else ""
    return f"{told.number}: nothing was learned{status}. {told.answer.says}"


def _say(action: ObjectAction, request: HttpRequest, told: list[Told]) -> None:
    found = [one for one in told if isinstance(one.answer, LineFound)]
    if len(told) > 1:
        action.model_admin.say(request, f"{len(found):,} of {len(told):,} numbers were looked up.")
    for one in told[:_SAID]:
        level = messages.SUCCESS if isinstance(one.answer, LineFound) else messages.ERROR
        action.model_admin.say(request, words(one), level=level)
    if len(told) > _SAID:
        action.model_admin.say(request, f"{len(told) - _SAID:,} more stand on their members' pages.")


def _phones(members: Iterable[Any]) -> list[Phone]:
    return [phone for member in members for phone in member.phones.all()]


def _wanted(members: Iterable[Any]) -> dict[str, int]:
    """The numbers that are worth the money, each with the tenant for whom."""
    since = fresh_from(timezone.now())
    phones = _phones(members)
    fresh = {phone.number for phone in phones if phone.looked_up_at is not None and phone.looked_up_at > since}
    return {phone.number: phone.tenant_id for phone in phones if phone.number not in fresh}


offer("members.Phone", LookUpLine)
offer("members.Member", LookUpLines)
