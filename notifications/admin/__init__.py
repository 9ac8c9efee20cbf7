"""The admin pages of the notifications app: the log, what fires it, and what it leaves from."""

from notifications.admin import (  # noqa: F401  registers them
    account,
    alert,
    direct_message,
    flow,
    inbound,
    look_up_line,
    notification,
    provider_block,
    review,
    router,
    sender,
    test_call,
    trigger,
)
