"""How the admin looks and which pages its sidebar leads to; the texts, colours and order alone."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _reads(request: HttpRequest) -> bool:
    access = getattr(request, "access", None)
    return bool(access and access.reads)


def _is_platform(request: HttpRequest) -> bool:
    access = getattr(request, "access", None)
    return bool(access and access.is_platform)


def _reads_platform(request: HttpRequest) -> bool:
    access = getattr(request, "access", None)
    return bool(access and access.user.reads_every_tenant)


def tenant_shown(request: HttpRequest) -> str | None:
    """Name the open tenant above the sidebar."""
    access = getattr(request, "access", None)
    if access is None:
        return None
    return access.tenant.name if access.tenant else "All tenants"


def tenant_choice(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu beside the tenant's name, for whoever has more than one to choose from."""
    access = getattr(request, "access", None)
    if access is None or not (access.user.reads_every_tenant or len(access.tenants) > 1):
        return []
    return [{"icon": "swap_horiz", "title": "Choose a tenant", "link": reverse_lazy("admin:choose_tenant")}]


def _item(title: str, icon: str, name: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}"), "permission": _reads, **more}


def _icon(request: HttpRequest) -> str:
    return static("imes/icon.svg")


def _stylesheet(request: HttpRequest) -> str:
    return static("imes/portal.css")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "IMES",
    "SITE_HEADER": "IMES",
    "SITE_SUBHEADER": tenant_shown,
    "SITE_URL": None,
    "SITE_SYMBOL": "notifications_active",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "DASHBOARD_CALLBACK": "notifications.admin.dashboard.dashboard",
    "STYLES": [_stylesheet],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "SITE_DROPDOWN": tenant_choice,
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Paging",
                "items": [
                    _item("Dashboard", "dashboard", "index"),
                    _item("Notifications", "outbox", "notifications_notification_changelist"),
                    _item("Alerts", "notification_important", "notifications_alert_changelist"),
                    _item("Flows", "account_tree", "notifications_flow_changelist"),
                ],
            },
            {
                "title": "People",
                "items": [
                    _item("Team members", "group", "members_member_changelist"),
                    _item("Numbers", "dialpad", "members_phone_changelist"),
                    _item("Groups", "groups", "members_group_changelist"),
                    _item("Invites", "mail", "members_invite_changelist"),
                    _item(
                        "Recorded consents",
                        "contract",
                        "members_consentrecord_changelist",
                        badge="members.admin.record_page.waiting_badge",
                    ),
                    _item("Consent ledger", "fact_check", "members_consentevent_changelist"),
                ],
            },
            {
                "title": "Set-up",
                "items": [
                    _item("Senders", "cell_tower", "notifications_sender_changelist"),
                    _item("Webhook requests", "webhook", "notifications_trigger_changelist"),
                    _item("Replies", "sms", "notifications_inboundmessage_changelist"),
                    _item("Replies to review", "rate_review", "notifications_review_changelist"),
                    _item("Billing", "credit_card", "billing_tenantplan_changelist"),
                    _item("SMS limits", "speed", "billing_allowance_changelist"),
                    _item("Tenant settings", "settings", "tenants_tenant_changelist"),
                    _item("Audit log", "history", "tenants_auditentry_changelist"),
                ],
            },
            {
                "title": "Platform",
                "items": [
                    _item("Logins", "person", "tenants_user_changelist", permission=_reads_platform),
                    _item("Plans", "sell", "billing_plan_changelist", permission=_reads_platform),
                    _item("Usage", "bar_chart", "billing_usagemonth_changelist", permission=_reads_platform),
                    _item("Router", "alt_route", "notifications_breaker_changelist", permission=_is_platform),
                    _item(
                        "Provider accounts",
                        "key",
                        "notifications_provideraccount_changelist",
                        permission=_reads_platform,
                    ),
                    _item(
                        "Provider blocks",
                        "block",
                        "notifications_providerblock_changelist",
                        permission=_reads_platform,
                    ),
                ],
            },
        ],
    },
    "COLORS": {
        "primary": {
            "50": "oklch(97.1% .014 230)",
            "100": "oklch(94% .03 230)",
            "200": "oklch(89% .06 230)",
            "300": "oklch(81% .1 231)",
            "400": "oklch(71% .13 233)",
            "500": "oklch(60% .14 237)",
            "600": "oklch(50% .13 242)",
            "700": "oklch(44% .115 243)",
            "800": "oklch(38% .095 243)",
            "900": "oklch(33% .075 244)",
            "950": "oklch(25% .055 245)",
        },
    },
}
