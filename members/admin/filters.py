"""Filters that answer an operator's question about people: who cannot be reached, who opted out, who is where."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from members.admin.standings import standing_in
from members.consent.words import ConsentState
from members.invite_state import InviteState
from members.models import Group, GroupPlace

#: More groups than this are found by the group's own page.
MOST_GROUPS = 200


class ConsentFilter(admin.SimpleListFilter):
    """Who stands where with SMS consent, by the kept standings of the number that their texts go to."""

    title = "SMS consent"
    parameter_name = "sms"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, state.label) for state in ConsentState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen not in set(ConsentState):
            return queryset
        return standing_in(queryset, ConsentState(str(chosen)), at=timezone.now())


class GroupFilter(admin.SimpleListFilter):
    """Members of one group."""

    title = "group"
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        groups = Group.objects.order_by("name").values_list("public_id", "name")[:MOST_GROUPS]
        return [(public_id, name) for public_id, name in groups]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        places = GroupPlace.objects.filter(group__public_id=self.value())
        return queryset.filter(pk__in=places.values("member_id"))


class InviteStateFilter(admin.SimpleListFilter):
    """Where an invite stands now."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, state.value.capitalize()) for state in InviteState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_open = Q(accepted_at__isnull=True, revoked_at__isnull=True)
        meant = {
            InviteState.PENDING.value: is_open & Q(expires_at__gt=timezone.now()),
            InviteState.EXPIRED.value: is_open & Q(expires_at__lte=timezone.now()),
            InviteState.ACCEPTED.value: Q(accepted_at__isnull=False),
            InviteState.REVOKED.value: Q(accepted_at__isnull=True, revoked_at__isnull=False),
        }.get(self.value() or "")
        return queryset if meant is None else queryset.filter(meant)
