"""Judges the rows of a file of invites against the tenant: what is wrong with which field, and what to do about it.

It writes nothing. A row of somebody who was invited already is out, so that an import which broke off is carried on by
sending the same file again.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower

from imes.kernel.phone import examine
from members.invite_file import FileRow, InviteFile
from members.models import Invite, Member
from members.operations.places import Places
from tenants.models import Role, Tenant

_LONGEST_NAME = 120
_LONGEST_EMAIL = 254
#: What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHORTENED = re.compile(r"\s*\d(?:[.,]\d+)?e\+?\d+\s*", re.IGNORECASE)
_ROLES = {
    "": Role.MEMBER,
    "member": Role.MEMBER,
    "team member": Role.MEMBER,
    "viewer": Role.VIEWER,
    "tenant viewer": Role.VIEWER,
    "admin": Role.ADMIN,
    "tenant admin": Role.ADMIN,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of a row, and what to do about it."""

    field: str
    says: str


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row: whom it invites, as what, and what keeps it out. `number` is exact E.164 or empty.

    `suggestion` is the corrected number where there is one; it counts only once somebody has taken it.
    """

    line: int
    email: str
    name: str
    role: Role
    phone: str
    number: str
    member: Member | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    suggestion: str = ""
    claims_consent: bool = False

    @property
    def is_ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class _Known:
    """Who is in the tenant already, by address in small letters."""

    members: dict[str, Member]
    invited: dict[str, datetime]


def check_rows(
    file: InviteFile, *, tenant: Tenant, taken: frozenset[tuple[int, str]], places: Places, at: datetime
) -> list[CheckedRow]:
    """Judge every row; needs the tenant's scope. Costs the same number of queries for one row and for a thousand.

    :param taken: the corrected numbers that somebody took, each with its line.
    :param places: what the plan has room for; rows of new people beyond it stay out, the first ones first.
    """
    known = _known(file.rows, at=at)
    first_at: dict[str, int] = {}
    checked = []
    for row in file.rows:
        email = row.email.lower()
        checked.append(_checked(row, known, tenant=tenant, taken=taken, before=first_at.get(email)))
        first_at.setdefault(email, row.line)
    return _as_far_as_they_fit(checked, places)


def _as_far_as_they_fit(rows: list[CheckedRow], places: Places) -> list[CheckedRow]:
    left = places.left
    if left is None:
        return rows
    fitting = []
    for row in rows:
        is_new = row.is_ok and row.member is None
        problem = Problem("row", f"There is no place for them. {places.says}")
        fitting.append(replace(row, problems=(problem,)) if is_new and left == 0 else row)
        left = max(0, left - is_new)
    return fitting


def _known(rows: Sequence[FileRow], *, at: datetime) -> _Known:
    emails = {row.email.lower() for row in rows if row.email}
    members: dict[str, Member] = {}
    listed = Member.objects.annotate(small=Lower("email")).filter(small__in=emails)
    logged_in = Member.objects.filter(user__email__in=emails)
    # Of several with one address, the one with a login is the person.
    found = [
        *listed.select_related("user").prefetch_related("phones").order_by("-id"),
        *logged_in.select_related("user").prefetch_related("phones").order_by("-id"),
    ]
    for member in sorted(found, key=lambda member: member.user_id is not None):
        members[member.email.lower()] = member
        if member.user is not None:
            members[member.user.email] = member
    open_ones = Invite.objects.filter(
        email__in=emails, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at
    )
    return _Known(members, dict(open_ones.order_by("id").values_list("email", "created_at")))


def _checked(
    row: FileRow, known: _Known, *, tenant: Tenant, taken: frozenset[tuple[int, str]], before: int | None
) -> CheckedRow:
    email = row.email.lower()
    member = known.members.get(email)
    role = _ROLES.get(" ".join(row.role.split()).casefold())
    number, phone_problems, suggestion = _number(row, tenant=tenant, taken=taken)
    problems = [*_email_problems(row, before=before), *_name_problems(row.name)]
    if role is None:
        says = f"“{row.role[:40]}” is no role. Write member, viewer or admin, or leave it empty for member."
        problems.append(Problem("role", says))
    problems += phone_problems
    problems += _present_problems(email, member, known)
    if row.has_more_cells:
        says = "It has more cells than the first line has titles. Put a text with a comma in it in double quotes."
        problems.append(Problem("row", says))
    notes = []
    if member is not None and not problems:
        notes.append(f"In the list of team members already, as {member.name}: the invite is theirs.")
        if number and member.phones.all():
            notes.append("They have a phone already, so this number is not taken over. Change it on their page.")
            number = ""
    return CheckedRow(
        line=row.line,
        email=email,
        name=row.name,
        role=role or Role.MEMBER,
        phone=row.phone.strip(),
        number=number,
        member=member,
        problems=tuple(problems),
        notes=tuple(notes),
        suggestion=suggestion,
        claims_consent=row.claims_consent,
    )


def _email_problems(row: FileRow, *, before: int | None) -> list[Problem]:
    if not row.email:
        return [Problem("email", "It is empty. Enter the address that the invite goes to.")]
    try:
        validate_email(row.email)
    except ValidationError:
        return [Problem("email", "It is not an e-mail address. Write it like nora@harbor.example.")]
    if len(row.email) > _LONGEST_EMAIL or row.email.startswith(_FORMULA):
        return [Problem("email", "It is too long, or begins like a formula. Write the plain address.")]
    if before is not None:
        return [Problem("email", f"The same address stands on line {before}. Leave one of the two out.")]
    return []


def _name_problems(name: str) -> list[Problem]:
    if not name:
        return [Problem("name", "It is empty. Enter the person's name.")]
    if len(name) > _LONGEST_NAME:
        return [Problem("name", f"It is longer than {_LONGEST_NAME} characters. Shorten it.")]
    if name.startswith(_FORMULA):
        return [Problem("name", f"It begins with “{name[0]}”, which spreadsheets run as a formula. Take that out.")]
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in name):
        return [Problem("name", "It holds a line break or a character that cannot be seen. Take it out.")]
    return []


def _present_problems(email: str, member: Member | None, known: _Known) -> list[Problem]:
    if member is not None and not member.is_active:
        says = f"{member.name} is in the list as somebody who has left. Make them active on their page first."
        return [Problem("email", says)]
    if member is not None and member.user_id is not None:
        return [Problem("email", f"{member.name} is a team member with a login already. Leave the row out.")]
    if email in known.invited:
        says = f"They have an open invite of {known.invited[email]:%d %B %Y}. Send that one again from its page."
        return [Problem("email", says)]
    return []


def _number(row: FileRow, *, tenant: Tenant, taken: frozenset[tuple[int, str]]) -> tuple[str, list[Problem], str]:
    """The number in E.164 or "", what is wrong with it, and the corrected one; a correction counts once it is taken."""
    if not row.phone.strip():
        return "", [], ""
    reading = examine(row.phone, region=tenant.region)
    if reading.e164 is not None:
        return reading.e164, [], ""
    if _SHORTENED.fullmatch(row.phone):
        says = "The spreadsheet has shortened it, and its digits are lost. Make the column a text column, and enter it."
        return "", [Problem("phone", says)], ""
    offered = reading.suggestion or ""
    if offered and (row.line, offered) in taken:
        return offered, [], offered
    says = " ".join(defect.says for defect in reading.defects)
    remedies = " ".join(dict.fromkeys(defect.remedy for defect in reading.defects))
    return "", [Problem("phone", says if offered else f"{says} {remedies}")], offered
