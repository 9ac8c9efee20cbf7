"""The nouns of the members app: who may be reached, where, and with whose word for it."""

from members.models.consent import ConsentDetail, ConsentEvent
from members.models.group import Group, GroupPlace
from members.models.invite import Invite
from members.models.member import Member
from members.models.number import Number, Suppression
from members.models.phone import Capability, LineType, Phone

__all__ = [
    "Capability",
    "ConsentDetail",
    "ConsentEvent",
    "Group",
    "GroupPlace",
    "Invite",
    "LineType",
    "Member",
    "Number",
    "Phone",
    "Suppression",
]
