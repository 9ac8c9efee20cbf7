"""Takes in the person who accepts an invite: login, membership, member, phone, and their word on texts and calls.

One transaction, once for each invite; invites of one address in one tenant are taken one after the other. No password
is ever set for a login that exists: its owner signs in with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from members.consent.boxes import Box, Visit, decide
from members.consent.choices import Channel
from members.invite_state import InviteState, invite_state
from members.models import ConsentEvent, Invite, Member, Phone
from members.models.phone import Origin
from members.operations.phones import add_phone
from members.operations.places import places, places_locked
from tenants.audit import Act, record
from tenants.models import Membership, Role, User

_RANKS = [Role.MEMBER.value, Role.VIEWER.value, Role.ADMIN.value]


class Refusal(StrEnum):
    """Why nothing was written."""

    NOT_PENDING = "not_pending"
    PASSWORD = "password"  # noqa: S105
    ALREADY_HERE = "already_here"
    NO_PLACE = "no_place"


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written, and why."""

    why: Refusal


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was written: the member, their number if they gave one, and the line of the ledger about each box."""

    member: Member
    user: User
    role: Role
    phone: Phone | None
    events: Mapping[Channel, ConsentEvent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person entered, and each box as they left it; `number` is exact E.164 or None."""

    name: str
    password: str
    number: str | None
    boxes: Mapping[Channel, Box]
    visit: Visit


def accept_invite(invite: Invite, *, answer: Answer, at: datetime) -> Accepted | Refused:
    """Take the person in, once; needs the tenant's scope. A refusal leaves everything as it was."""
    row = Invite.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=invite.pk)
    if invite_state(row, at=at) is not InviteState.PENDING:
        return Refused(Refusal.NOT_PENDING)
    _one_at_a_time(row)
    try:
        with transaction.atomic():
            return _accept(row, answer=answer, at=at)
    except _Undone as undone:
        return undone.refused


def lacks_place(invite: Invite) -> bool:
    """Whether accepting would make one more member than the plan allows; needs the tenant's scope."""
    known = invite.member_id is not None or Member.objects.filter(user__email=invite.email.lower()).exists()
    return not known and places(invite.tenant_id).are_taken


def password_problems(email: str, *, name: str, password: str) -> list[str]:
    """What is wrong with the password for this invite's address, in words; empty when it will do.

    A login that exists is signed in to; a new one gets this password, which the validators judge.
    """
    if User.objects.filter(email=email).exists():
        if authenticate(username=email, password=password) is not None:
            return []
        words = f"This password was not accepted. If you already have a login for {email}, enter its password:"
        return [f"{words} an invite never changes it."]
    try:
        validate_password(password, user=User(email=email, name=name))
    except ValidationError as refused:
        return list(refused.messages)
    return []


class _Undone(Exception):
    """Takes back what was written since the invite was locked."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.refused = Refused(why)


def _one_at_a_time(row: Invite) -> None:
    """Let another invite of this address wait: two at once would make two members, or write one consent twice."""
    with connection.cursor() as cursor:
        address = f"members.accepting:{row.tenant_id}:{row.email.lower()}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [address])


def _accept(row: Invite, *, answer: Answer, at: datetime) -> Accepted:
    user = _login(row.email, answer=answer)
    member = _member(row, user=user, name=answer.name)
    membership = _membership(row, user=user)
    row.accepted_at, row.accepted_by, row.member = at, user, member
    row.save(update_fields=["accepted_at", "accepted_by", "member"])
    about = {"email": row.email, "name": answer.name, "role": membership.role}
    record(Act.INVITE_ACCEPTED, tenant_id=row.tenant_id, actor=user, subject=row, at=at, data=about)
    phone = None
    events: Mapping[Channel, ConsentEvent] = {}
    if answer.number is not None:
        phone = add_phone(member=member, number=answer.number, origin=Origin.MEMBER, actor=row.invited_by, at=at)
        about = {"form": "invite accept page", "invite": row.public_id, "phone": phone.public_id}
        events = decide(
            answer.boxes,
            tenant=row.tenant,
            member=member,
            number=phone.number,
            user=user,
            visit=answer.visit,
            evidence=about,
            at=at,
        )
    return Accepted(member, user, Role(membership.role), phone, events)


def _login(email: str, *, answer: Answer) -> User:
    if password_problems(email, name=answer.name, password=answer.password):
        raise _Undone(Refusal.PASSWORD)
    try:
        with transaction.atomic():
            return User.objects.create_user(email, answer.password, name=answer.name)
    except IntegrityError:
        # It is there already: found by its password alone.
        user = authenticate(username=email, password=answer.password)
    if not isinstance(user, User):
        raise _Undone(Refusal.PASSWORD)
    return user


def _member(row: Invite, *, user: User, name: str) -> Member:
    mine = Member.objects.filter(user=user).first()
    meant = row.member
    if meant is not None and (meant.user_id not in (None, user.pk) or (mine is not None and mine.pk != meant.pk)):
        raise _Undone(Refusal.ALREADY_HERE)
    member = meant or mine
    if member is None:
        if places_locked(row.tenant_id).are_taken:
            raise _Undone(Refusal.NO_PLACE)
        member = Member(tenant=row.tenant)
    member.user = user
    member.name = name
    member.email = member.email or row.email
    member.save()
    return member


def _membership(row: Invite, *, user: User) -> Membership:
    """An invite adds rights and takes none away."""
    membership, _ = Membership.objects.get_or_create(tenant=row.tenant, user=user, defaults={"role": row.role})
    if _RANKS.index(membership.role) < _RANKS.index(row.role):
        membership.role = row.role
        membership.save(update_fields=["role"])
    return membership
