"""The nouns of the tenants app: whose things are, and who did what."""

from tenants.models.audit import AuditDetail, AuditEntry
from tenants.models.membership import Membership, Role
from tenants.models.owned import OwnedModel
from tenants.models.seal import Seal, SealMark
from tenants.models.sign_in_try import SignInTry
from tenants.models.tenant import Standing, Tenant
from tenants.models.user import PlatformRole, User

__all__ = [
    "AuditDetail",
    "AuditEntry",
    "Membership",
    "OwnedModel",
    "PlatformRole",
    "Role",
    "Seal",
    "SealMark",
    "SignInTry",
    "Standing",
    "Tenant",
    "User",
]
