"""Members by how they stand with SMS consent, over the standings that are kept beside the ledger.

The ledger decides: a member whose number it speaks of and who has no kept row yet is folded from it, in one query for
all of them. So the answer is that of the fold, and costs as many queries for a thousand members as for five.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from members.consent.words import ConsentState, consent_words, states_of
from members.models import ConsentEvent, ConsentStanding, Member, Phone
from members.queries import standings
from tenants.scope import platform_scope


def standing_in(members: QuerySet[Member], state: ConsentState, *, at: datetime) -> QuerySet[Member]:
    """Return those of `members` who stand in `state`. For a tenant's or the platform's scope."""
    rows: QuerySet[Any] = _with_kept(members)
    if state is ConsentState.NO_NUMBER:
        without: QuerySet[Member] = rows.filter(sms_number__isnull=True)
        return without
    folded = _not_kept(rows, at=at)
    those = Q(kept_state__in=states_of(state)) | Q(pk__in=[pk for pk, found in folded.items() if found is state])
    if state is ConsentState.NEVER:
        # Neither a row nor a line: nobody ever said anything about this number.
        those |= Q(kept_state__isnull=True, sms_number__isnull=False) & ~Q(pk__in=list(folded))
    found: QuerySet[Member] = rows.filter(those)
    return found


def _with_kept(members: QuerySet[Member]) -> QuerySet[Member]:
    """The members with the number that their texts go to, and the kept state of it."""
    phones = Phone.objects.filter(member=OuterRef("pk")).order_by("-is_sms_primary", "id")
    rows = members.alias(sms_number=Subquery(phones.values("number")[:1]))
    kept = ConsentStanding.objects.filter(member=OuterRef("pk"), number=OuterRef("sms_number"), channel="sms")
    return rows.alias(kept_state=Subquery(kept.values("state")[:1]))


def _not_kept(rows: QuerySet[Any], *, at: datetime) -> dict[int, ConsentState]:
    """How those stand whose number the ledger speaks of without a kept row: such as one that they were given since."""
    bare = rows.order_by().prefetch_related(None).filter(kept_state__isnull=True, sms_number__isnull=False)
    with platform_scope():
        spoken_of = Exists(ConsentEvent.objects.filter(number=OuterRef("sms_number")))
        found = bare.filter(spoken_of).annotate(asked=F("sms_number")).values_list("tenant_id", "pk", "asked")
        keys = [(tenant_id, pk, number) for tenant_id, pk, number in found]
        folded = standings(keys, channel="sms", at=at)
    return {key[1]: consent_words(folded[key]).state for key in keys}
