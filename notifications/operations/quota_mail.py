"""Tells a tenant's admins by mail how much of a limit is used, and what did not go because of it.

A notice is marked as told after its mail was taken, while its row is locked: none is mailed by two at once, and one
that the mail server refuses is mailed later. A machine that fails between the two mails it once more.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any
from zoneinfo import ZoneInfo

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from billing import operations as billing
from notifications.core.reasons import Reason
from notifications.core.states import NotificationStatus
from notifications.models import Notification
from notifications.queries.escalations import admins_to_tell
from tenants.scope import platform_scope

logger = logging.getLogger(__name__)

#: So many texts stand in the mail; of the others it says how many there are.
MOST_TEXTS = 50
#: Messages that did not go are noticed for so long, should nobody have looked in the meantime.
_NOTICED_WITHIN = timedelta(hours=1)
_OLDEST = timedelta(days=2)

_KINDS = {
    Reason.QUOTA_REACHED.value: "notifications",
    Reason.SEGMENTS_REACHED.value: "segments",
    Reason.CALLS_REACHED.value: "calls",
}
_REASONS = {kind: reason for reason, kind in _KINDS.items()}
_WORDS = {"notifications": "notifications", "segments": "SMS segments", "calls": "calls"}
_EXCEEDED = NotificationStatus.QUOTA_EXCEEDED.value


class MailServerFails(RuntimeError):
    """The mail server took nothing at all, so that the others need not be tried now."""


def note_limits(*, at: datetime) -> int:
    """Write the notices that are due, by what is used and by what did not go; how many are new."""
    with platform_scope():
        refused = Notification.objects.filter(
            status=_EXCEEDED,
            reason__in=list(_KINDS),
            created_at__gt=at - _OLDEST,
            finished_at__gt=at - _NOTICED_WITHIN,
        )
        # In the order of the index on the time: a cursor in the order of ids may be planned over the whole log.
        newest_first = refused.order_by("-created_at", "-pk")
        names = ("tenant_id", "tenant__time_zone", "reason", "finished_at", "ruling__facts__quota")
        met: dict[billing.LimitMet, None] = {}
        for tenant_id, zone, reason, finished_at, quota in newest_first.values_list(*names).iterator():
            kind = _KINDS[reason]
            limit = (quota or {}).get(f"{kind}_limit")
            if limit is not None and finished_at is not None:
                day = finished_at.astimezone(ZoneInfo(zone)).date()
                met[billing.LimitMet(tenant_id, day, kind, limit)] = None
        return billing.make_notices(met, at=at)


def mail_notices(*, at: datetime) -> int:
    """Mail what was gathered, one mail a tenant; how many went. One that fails is tried again in a later round."""
    with platform_scope():
        months = billing.months_to_tell(at=at)
    told = 0
    for month_id in months:
        try:
            told += _told(month_id, at=at)
        except MailServerFails:
            break
        except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
            raise
        except Exception as error:
            # One tenant's letter that cannot be made must not keep the others from being told.
            logger.error("the notices of month %s cannot be mailed: %s", month_id, type(error).__name__)
    return told


def _told(month_id: int, *, at: datetime) -> bool:
    with platform_scope():
        month = billing.take_notices(month_id)
        if month is None or not _mail(month):
            return False
        billing.mark_told(month, at=at)
        return True


def _mail(month: billing.MonthToTell) -> bool:
    """Whether the mail server took it; where there is no admin, nobody can be told, and that is loud."""
    tenant = month.tenant
    to = admins_to_tell(tenant.pk)
    if not to:
        logger.error("tenant %s met a limit and has no admin to tell", tenant.public_id)
        return True
    context = _context(month)
    # A header must not break into two, whatever the tenant is called.
    subject = " ".join(f"{tenant.name}: {context['headline']}".split())
    message = EmailMultiAlternatives(subject, render_to_string("billing/quota_notice.txt", context), to=to)
    message.attach_alternative(render_to_string("billing/quota_notice.html", context), "text/html")
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        # This one letter alone is refused; the next may go.
        logger.error("admins of tenant %s were not told of a limit: %s", tenant.public_id, type(error).__name__)
        return False
    except (OSError, SMTPException) as error:
        logger.error("nobody can be told of limits: %s", type(error).__name__)
        raise MailServerFails from error
    return True


def _context(month: billing.MonthToTell) -> dict[str, Any]:
    worst = _worst(month.notices)
    lost = _lost(month, [notice for notice in worst if notice.percent == billing.DID_NOT_GO])
    count = lost.count()
    shown = lost.select_related("member").order_by("finished_at", "pk")[:MOST_TEXTS]
    zone = ZoneInfo(month.tenant.time_zone)
    log = reverse("admin:notifications_notification_changelist")
    return {
        "tenant": month.tenant,
        "zone": month.tenant.time_zone,
        "headline": _headline(worst, lost=count),
        "limits": [
            f"{notice.taken:,} of {notice.limit:,} {_WORDS[notice.kind]} are used or under way" for notice in worst
        ],
        "resets_on": _day(month.resets_on),
        "is_over": any(notice.percent == billing.DID_NOT_GO for notice in worst),
        "is_used_up": any(notice.percent >= billing.USED_UP for notice in worst),
        "texts": [_shown(row, zone=zone) for row in shown],
        "more": max(0, count - MOST_TEXTS),
        "billing_link": settings.PUBLIC_URL + reverse("admin:billing_tenantplan_change", args=[month.tenant.pk]),
        "log_link": f"{settings.PUBLIC_URL}{log}?status__exact={_EXCEEDED}",
    }


def _worst(notices: Sequence[billing.NoticeToTell]) -> list[billing.NoticeToTell]:
    """Of each kind the one that says most: what did not go before used up, and that before nearly."""
    by_kind = {notice.kind: notice for notice in sorted(notices, key=lambda one: (one.percent, one.pk))}
    return [by_kind[kind] for kind in _WORDS if kind in by_kind]


def _lost(month: billing.MonthToTell, notices: Sequence[billing.NoticeToTell]) -> QuerySet[Notification]:
    """The messages of the month that did not go for these limits, as high as they were then."""
    if not notices:
        return Notification.objects.none()
    zone = ZoneInfo(month.tenant.time_zone)
    begins, ends = (datetime.combine(day, datetime.min.time(), zone) for day in (month.starts_on, month.resets_on))
    limits = (
        Q(reason=_REASONS[notice.kind], **{f"ruling__facts__quota__{notice.kind}_limit": notice.limit})
        for notice in notices
    )
    rows = Notification.objects.filter(
        tenant_id=month.tenant.pk, status=_EXCEEDED, finished_at__gte=begins, finished_at__lt=ends
    )
    return rows.filter(reduce(or_, limits))


def _headline(worst: Sequence[billing.NoticeToTell], *, lost: int) -> str:
    percent = max(notice.percent for notice in worst)
    kinds = " and ".join(_WORDS[notice.kind] for notice in worst if notice.percent == percent)
    if percent == billing.DID_NOT_GO:
        said = "1 message" if lost == 1 else f"{lost:,} messages"
        return f"{said} did not go: the monthly limit of {kinds} is reached"
    if percent == billing.USED_UP:
        return f"The monthly limit of {kinds} is used up"
    return f"{percent} % of the monthly limit of {kinds} is used"


def _shown(row: Notification, *, zone: ZoneInfo) -> dict[str, str]:
    at = (row.finished_at or row.created_at).astimezone(zone)
    return {
        "when": f"{at:%H:%M:%S} on {_day(at.date())}",
        "who": row.member.name if row.member else "Somebody who has left",
        "channel": row.get_channel_display(),
        "body": row.body,
        "ref": row.public_id,
    }


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
