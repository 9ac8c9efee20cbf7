"""How the log is searched: by whole public id, by the start of a number, by a member's name.

It never scans the log: each way is served by an index.
"""

from typing import Any

from django.db.models import Q, QuerySet

from members.models import Member

#: A name that fits more members than this asks for too much; the first ones by name are shown.
MOST_MEMBERS = 200


def search_log(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Return the rows that `term` names; an empty term returns all of them."""
    word = term.strip()
    if not word:
        return rows
    if word[:4] in {"ntf_", "alt_", "mbr_"}:
        return rows.filter(_by_id(word))
    digits = "".join(char for char in word if char.isdigit())
    if word[0] in "+(0123456789" and len(digits) >= 3:  # noqa: PLR2004  shorter starts fit half the log
        start = f"+{digits}"
        return rows.filter(number__gte=start, number__lt=f"{start}:")
    members = Member.objects.filter(name__icontains=word).values_list("pk", flat=True)[:MOST_MEMBERS]
    return rows.filter(member_id__in=list(members))


def _by_id(word: str) -> Q:
    prefix = word[:3]
    if prefix == "ntf":
        return Q(public_id=word)
    return Q(alert__public_id=word) if prefix == "alt" else Q(member__public_id=word)
