"""A named, ordered list of members, which a step of a flow may page as one."""

from django.db import models
from django.utils import timezone

from members.models.member import Member
from tenants.fields import PublicIdField
from tenants.models import OwnedModel


class Group(OwnedModel):
    """Members in an order; a step expands it when it fires, so that later changes count."""

    public_id = PublicIdField(prefix="grp")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="group_name_once")]

    def __str__(self) -> str:
        return self.name


class GroupPlace(OwnedModel):
    """One member's place in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="places", db_constraint=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="group_places", db_constraint=False)
    position = models.PositiveIntegerField(default=0, help_text="Lower is paged first.")

    class Meta:
        ordering = ("position", "id")
        verbose_name = "place in a group"
        verbose_name_plural = "places in groups"
        constraints = [models.UniqueConstraint(fields=["group", "member"], name="group_member_once")]

    def __str__(self) -> str:
        return f"{self.position}"
