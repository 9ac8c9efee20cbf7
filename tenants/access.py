"""What a signed-in person may do here: which tenant is open, and in which role. Pure once it is read."""

from dataclasses import dataclass
from enum import StrEnum

from django.http import Http404, HttpRequest

from tenants.models import Membership, PlatformRole, Role, Tenant, User
from tenants.scope import platform_scope, user_scope

SESSION_KEY = "tenant"


class Part(StrEnum):
    """The part a person plays in this request."""

    ADMIN = "admin"
    VIEWER = "viewer"
    MEMBER = "member"
    SUPPORT = "support"
    PLATFORM = "platform"


#: Who reads the admin, and who writes in it.
READERS = frozenset({Part.ADMIN, Part.VIEWER, Part.SUPPORT, Part.PLATFORM})
WRITERS = frozenset({Part.ADMIN, Part.PLATFORM})


@dataclass(frozen=True, slots=True)
class Access:
    """The open tenant (None: all of them, for support and platform), the part played, and where else one may go."""

    user: User
    part: Part
    tenant: Tenant | None
    tenants: tuple[Tenant, ...]

    @property
    def reads(self) -> bool:
        return self.part in READERS

    @property
    def writes(self) -> bool:
        return self.part in WRITERS

    @property
    def is_platform(self) -> bool:
        return self.part is Part.PLATFORM

    @property
    def adds(self) -> bool:
        """New rows need a tenant to belong to."""
        return self.writes and self.tenant is not None


def access_for(user: User, *, chosen_tenant_id: int | None) -> Access | None:
    """Return what `user` may do, None where no tenant and no platform role is left to them. Costs one query."""
    if user.reads_every_tenant:
        with platform_scope():
            tenants = tuple(Tenant.objects.all())
        part = Part.PLATFORM if user.platform_role == PlatformRole.PLATFORM else Part.SUPPORT
        open_tenant = next((tenant for tenant in tenants if tenant.pk == chosen_tenant_id), None)
        return Access(user=user, part=part, tenant=open_tenant, tenants=tenants)
    with user_scope(user.pk):
        rows = list(Membership.objects.filter(user=user).select_related("tenant").order_by("tenant__name"))
    if not rows:
        return None
    # Where one may administer comes before where one is only paged.
    rows.sort(key=lambda row: (row.role == Role.MEMBER, row.tenant.name))
    chosen = next((row for row in rows if row.tenant_id == chosen_tenant_id), rows[0])
    return Access(user=user, part=Part(chosen.role), tenant=chosen.tenant, tenants=tuple(row.tenant for row in rows))


def access_of(request: HttpRequest) -> Access:
    """Return the access that the middleware found.

    :raises Http404: where there is none: a stranger learns nothing.
    """
    access = getattr(request, "access", None)
    if not isinstance(access, Access):
        raise Http404
    return access
