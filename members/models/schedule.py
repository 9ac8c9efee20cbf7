"""When a member may be paged: a week of windows, dated exceptions, and time off; all in the member's zone.

What follows from these rows is decided by members/schedules, which is pure. A member without a schedule is always free
to be paged.
"""

import pghistory
from django.db import models
from django.utils import timezone

from members.models.member import Member
from tenants.fields import PublicIdField
from tenants.models import OwnedModel


@pghistory.track()
class Schedule(OwnedModel):
    """A member's week: windows of wall-clock time in which they may be paged. No window at all means never."""

    public_id = PublicIdField(prefix="sch")
    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="schedule", db_constraint=False)
    #: Windows as [weekday 0-6 from Monday, "HH:MM", "HH:MM"]; one that ends at or before its start ends the next day.
    weekly = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.public_id


class ScheduleException(OwnedModel):
    """What holds on one date in place of the week: free from one time to another, or not free at all."""

    public_id = PublicIdField(prefix="exc")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="exceptions", db_constraint=False)
    on = models.DateField("date")
    is_free = models.BooleanField("may be paged", default=False)
    opens = models.TimeField("from", null=True, blank=True, help_text="Empty: from the beginning of the day.")
    closes = models.TimeField("to", null=True, blank=True, help_text="Empty: until the end of the day.")
    note = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("on", "opens", "id")
        verbose_name = "exception"
        indexes = [models.Index(fields=["schedule", "on"], name="exception_on")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_free=True) | models.Q(opens__isnull=True, closes__isnull=True),
                name="exception_not_free_is_whole_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class TimeOff(OwnedModel):
    """A stretch in which the member is not paged, whatever the schedule says; half-open."""

    public_id = PublicIdField(prefix="off")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="time_off", db_constraint=False)
    starts_at = models.DateTimeField("from")
    ends_at = models.DateTimeField("until", help_text="Paged again from this moment on.")
    note = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("starts_at", "id")
        verbose_name = "time off"
        verbose_name_plural = "times off"
        indexes = [models.Index(fields=["tenant", "member", "ends_at"], name="time_off_member")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="time_off_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"
