"""What the workers run for billing: thin doors into operations."""

from celery import shared_task
from django.utils import timezone

from billing.operations.standing import end_what_ran_out


@shared_task(name="billing.end_standings")
def end_standings() -> None:
    """Move the trials and grace periods that have ended."""
    end_what_ran_out(at=timezone.now())
