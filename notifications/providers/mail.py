"""Pages by e-mail, through Django's mail backend: what the mail server's answer proves, in the words of every provider.

A mail server takes a message and says no more. It cannot be asked afterwards what became of one.
"""

import time
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address
from django.utils import timezone

from notifications.providers.base import (
    Accepted,
    Answer,
    EmailRequest,
    NeverLeft,
    NotProcessed,
    OutcomeUnknown,
    Refused,
)
from notifications.providers.trace import Trace, body_digest

NAME = "mail"
_WORD = "sent"
# Reply codes of SMTP: 4yz means that the same command may succeed later. Source: RFC 5321, 4.2.1.
_LATER = range(400, 500)


def send_email(request: EmailRequest, *, timeout: timedelta) -> Answer:
    """Hand the e-mail to the mail server once and say what is known then; never raises for what the server does."""
    started, clock = timezone.now(), time.monotonic()

    def trace(said: str = "") -> Trace:
        fields = {"To": _masked(request.to), "Subject": body_digest(request.subject), "Body": body_digest(request.text)}
        elapsed = round((time.monotonic() - clock) * 1000)
        return Trace("SMTP", settings.EMAIL_HOST, fields, None, said, started, elapsed)

    connection = get_connection(timeout=timeout.total_seconds())
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        return NeverLeft(type(error).__name__, "", trace(), unreachable=True)
    try:
        return _sent(request, connection=connection, trace=trace)
    finally:
        with suppress(OSError, SMTPException):
            connection.close()


def _sent(request: EmailRequest, *, connection: Any, trace: Any) -> Answer:
    message_id = f"<{request.reference}@{_domain()}>"
    try:
        message = EmailMultiAlternatives(
            request.subject, request.text, to=[request.to], connection=connection, headers={"Message-ID": message_id}
        )
        message.attach_alternative(request.html, "text/html")
        message.message()
        # What sending itself would refuse, before anything leaves.
        for address in (message.from_email, request.to):
            sanitize_address(address, settings.DEFAULT_CHARSET)
    except ValueError as error:
        return NeverLeft(type(error).__name__, "", trace(), unreachable=False)
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()), (0, b""))
        return _no(int(code), said, trace, to=request.to)
    except (SMTPSenderRefused, SMTPResponseException) as error:
        return _no(int(error.smtp_code), error.smtp_error, trace, to=request.to)
    except (OSError, SMTPException) as error:
        # The line broke while the message was on it: the server may have it.
        return OutcomeUnknown(type(error).__name__, "", trace())
    return Accepted(message_id, _WORD, None, trace())


def _no(code: int, said: bytes | str, trace: Any, *, to: str) -> Answer:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    # Servers like to repeat whom they refuse; and what the database cannot keep must not cost other answers theirs.
    text = text.replace(to, _masked(to)).replace("\x00", "")
    if code in _LATER:
        return NotProcessed(None, str(code), text[:200], None, trace(text[:200]))
    return Refused(None, str(code) if code else None, text[:200], trace(text[:200]))


def _masked(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def _domain() -> str:
    return sanitize_address(settings.DEFAULT_FROM_EMAIL, "utf-8").rpartition("@")[2].rstrip(">") or "localhost"
