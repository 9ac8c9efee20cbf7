"""The id of the request being answered, for the audit log; empty in workers and commands."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
