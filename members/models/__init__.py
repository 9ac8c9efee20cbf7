"""The nouns of the members app: who may be reached, where, and with whose word for it."""

from members.models.consent import ConsentDetail, ConsentEvent
from members.models.consent_record import ConsentRecord, EvidenceFile
from members.models.consent_standing import ConsentStanding
from members.models.group import Group, GroupPlace
from members.models.invite import Invite
from members.models.member import Member
from members.models.number import Number, Suppression
from members.models.number_change import Door, NumberChange
from members.models.number_code import NumberCode
from members.models.phone import Capability, LineType, Phone
from members.models.schedule import Schedule, ScheduleException, TimeOff
from members.models.sms_switch import SmsSwitch

__all__ = [
    "Capability",
    "ConsentDetail",
    "ConsentEvent",
    "ConsentRecord",
    "ConsentStanding",
    "Door",
    "EvidenceFile",
    "Group",
    "GroupPlace",
    "Invite",
    "LineType",
    "Member",
    "Number",
    "NumberChange",
    "NumberCode",
    "Phone",
    "Schedule",
    "ScheduleException",
    "SmsSwitch",
    "Suppression",
    "TimeOff",
]
