"""The admin pages of the notifications app: the log, what fires it, and what it leaves from."""

from notifications.admin import account, alert, flow, inbound, notification, sender, trigger  # noqa: F401  registers them
