"""What a plan has, in words: a limit, and the pages that come with it."""

from billing.models import Plan


def limit_words(limit: int | None) -> str:
    """A limit as people read it, such as 10,000; None is no limit."""
    return "No limit" if limit is None else f"{limit:,}"


def page_words(plan: Plan) -> str:
    """The pages that come with the plan."""
    named = (("SMS Limits", plan.has_sms_limits), ("Test Calling", plan.has_test_calling))
    return ", ".join(name for name, is_there in named if is_there) or "None"


def month_words(plan: Plan) -> str:
    """What a month allows."""
    limits = (
        ("notifications", plan.monthly_notifications),
        ("SMS segments", plan.monthly_segments),
        ("calls", plan.monthly_calls),
    )
    return ", ".join(f"{limit:,} {what}" for what, limit in limits if limit is not None) or "No limit"
