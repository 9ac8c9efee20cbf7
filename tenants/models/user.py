"""A login: an e-mail address and a password. What it may do comes from its memberships or its platform role."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from tenants.fields import PublicIdField
from tenants.zones import validate_zone


class PlatformRole(models.TextChoices):
    NONE = "", "None"
    SUPPORT = "support", "Support (reads every tenant)"
    PLATFORM = "platform", "Platform admin (everything)"


class UserManager(BaseUserManager["User"]):
    """Makes logins; an e-mail address is the same in capitals and without."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a platform admin, for `manage.py createsuperuser`."""
        return self.create_user(email, password, platform_role=PlatformRole.PLATFORM, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A login. It has no permissions of Django's: roles decide (tenants/permissions.py)."""

    public_id = PublicIdField(prefix="usr")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    platform_role = models.CharField(max_length=16, choices=PlatformRole, default=PlatformRole.NONE, blank=True)
    time_zone = models.CharField(
        max_length=64, blank=True, validators=[validate_zone], help_text="Empty: the tenant's zone is used."
    )
    is_active = models.BooleanField(default=True, help_text="Untick to refuse this login everywhere.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ("email",)
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @property
    def is_staff(self) -> bool:
        """What Django's admin asks before it asks anything else; the portal's own site asks the roles."""
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        return self.platform_role == PlatformRole.PLATFORM

    @property
    def reads_every_tenant(self) -> bool:
        return self.platform_role in {PlatformRole.SUPPORT, PlatformRole.PLATFORM}

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active
