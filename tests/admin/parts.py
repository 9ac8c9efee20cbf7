"""Who knocks at the admin's doors: one person for each part that can be played there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.test import Client

from tenants.models import Membership, Role, User
from tenants.scope import platform_scope
from tests.cast import Cast


class Who(StrEnum):
    NOBODY = "anonymous"
    STRANGER = "signed in without any role"
    MEMBER = "team member of Harbor"
    VIEWER = "viewer at Harbor"
    ADMIN = "Ana, admin at Harbor"
    OTHER = "Cleo, admin at Ridge"
    SUPPORT = "Sam, support"
    PLATFORM = "Pat, platform admin"


@dataclass(frozen=True, slots=True)
class Parts:
    """The cast, and a browser that is signed in for each part."""

    cast: Cast
    clients: Mapping[Who, Client]


def signed_in(user: User | None) -> Client:
    """A browser of `user`; what goes wrong inside is an answer of 500, as it would be for them."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def make_parts(cast: Cast) -> Parts:
    with platform_scope():
        stranger = User.objects.create_user("stranger@nowhere.example", "a-long-demo-password")
        member = User.objects.create_user("ben@harbor.example", "a-long-demo-password", name="Ben")
        Membership.objects.create(tenant=cast.harbor, user=member, role=Role.MEMBER)
    users = {
        Who.NOBODY: None,
        Who.STRANGER: stranger,
        Who.MEMBER: member,
        Who.VIEWER: cast.vic,
        Who.ADMIN: cast.ana,
        Who.OTHER: cast.cleo,
        Who.SUPPORT: cast.sam,
        Who.PLATFORM: cast.pat,
    }
    return Parts(cast, {who: signed_in(user) for who, user in users.items()})
