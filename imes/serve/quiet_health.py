"""Keeps out of the log a line for each probe of /health that was answered "down": the answer tells whoever asks."""

import logging
from http import HTTPStatus

HEALTH = "/health"


class QuietHealthFilter(logging.Filter):
    """For `django.request`, which calls each answer of 500 and more an error; that one is meant."""

    def filter(self, record: logging.LogRecord) -> bool:
        path = getattr(getattr(record, "request", None), "path", "")
        return not (path == HEALTH and getattr(record, "status_code", 0) == HTTPStatus.SERVICE_UNAVAILABLE)
