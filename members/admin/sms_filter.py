"""Who gets no SMS because of the administrators' own switch: off, or waiting to be switched on again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from members.sms_state import sms_states
from members.sms_switch import SwitchState

_ANSWERS: dict[str, tuple[str, frozenset[SwitchState]]] = {
    "on": ("Enabled", frozenset({SwitchState.ON})),
    "off": ("Off", frozenset({SwitchState.OFF, SwitchState.NEVER_ON})),
    "again": ("Needs switching on again", frozenset({SwitchState.NUMBER_CHANGED, SwitchState.SEAT_CHANGED})),
    "seat": ("No SMS seat", frozenset({SwitchState.NO_SEAT})),
}


class SmsSwitchFilter(admin.SimpleListFilter):
    """How the switch stands; read for every row that is left, in four queries."""

    title = "SMS switch"
    parameter_name = "switch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, words) for value, (words, _) in _ANSWERS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = _ANSWERS.get(self.value() or "")
        if chosen is None:
            return queryset
        members = list(queryset.order_by().select_related(None).prefetch_related(None).only("pk"))
        states = sms_states(members)
        return queryset.filter(pk__in=[pk for pk, state in states.items() if state in chosen[1]])
