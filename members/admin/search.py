"""How people are searched: the start of a name, the start of a number, a whole ID, a whole e-mail address.

Never by LIKE: under row-level security an index serves equality and ranges alone.
"""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Left, Lower

from members.models import Phone

_FEWEST_DIGITS = 3


def search_members(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Return the members that `term` names; an empty term returns all of them."""
    word = term.strip()
    if not word:
        return rows
    if word.startswith("mbr_"):
        return rows.filter(public_id=word)
    if "@" in word:
        rows = rows.alias(email_read=Lower("email"))
        return rows.filter(email_read=word.lower())
    digits = "".join(char for char in word if char.isdigit() and char.isascii())
    if len(digits) >= _FEWEST_DIGITS and not any(char.isalpha() for char in word):
        start = f"+{digits}"
        phones = Phone.objects.filter(member=OuterRef("pk"), number__gte=start, number__lt=f"{start}:")
        return rows.filter(Exists(phones))
    return named_like(rows, word)


def search_groups(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Return the groups that `term` names; an empty term returns all of them."""
    word = term.strip()
    if not word:
        return rows
    return rows.filter(public_id=word) if word.startswith("grp_") else named_like(rows, word)


def named_like(rows: QuerySet[Any], word: str) -> QuerySet[Any]:
    """The rows whose name begins with `word`, whatever the capitals."""
    rows = rows.alias(beginning=Lower(Left("name", len(word))))
    return rows.filter(beginning=word.lower())
