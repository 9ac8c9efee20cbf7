"""What each part is answered behind each door of the admin, written down by hand from the product's page of roles.

Nothing here is read from the code under test: a page that is not named here fails the walk until somebody decides.
"""

from tests.admin.parts import Who

READERS = (Who.VIEWER, Who.ADMIN, Who.OTHER, Who.SUPPORT, Who.PLATFORM)
#: Anonymous visitors are led to the login page everywhere; these are strangers behind every door that is not theirs.
STRANGERS = (Who.STRANGER, Who.MEMBER)

GONE = (404, 404, 404, 404, 404)
#: Answers in the order of READERS, for rows of Harbor: Cleo's Ridge must never see them.
LIST_OF_ALL = (200, 200, 200, 200, 200)
ROW_READ = (200, 200, 404, 200, 200)
ROW_CHANGED = (404, 200, 404, 404, 200)
ROW_ADDED = (404, 200, 200, 404, 404)  # a platform admin chooses a tenant first
PLATFORMS_READ = (404, 404, 404, 200, 200)
PLATFORMS_CHANGED = (404, 404, 404, 404, 200)

Answers = dict[tuple[str, str], tuple[int, int, int, int, int]]

_NEVER: Answers = {(door, method): GONE for door in ("delete", "history") for method in ("GET", "POST")}
_LISTED: Answers = {("changelist", "GET"): LIST_OF_ALL, ("changelist", "POST"): LIST_OF_ALL}

LOG: Answers = {
    **_NEVER,
    **_LISTED,
    ("change", "GET"): ROW_READ,
    ("change", "POST"): GONE,
    ("add", "GET"): GONE,
    ("add", "POST"): GONE,
}
ROWS: Answers = {
    **_NEVER,
    **_LISTED,
    ("change", "GET"): ROW_READ,
    ("change", "POST"): ROW_CHANGED,
    ("add", "GET"): ROW_ADDED,
    ("add", "POST"): ROW_ADDED,
}
INVITES: Answers = {**ROWS, ("change", "POST"): GONE}
TENANT: Answers = {
    **_NEVER,
    # Who has one tenant is led to its page.
    ("changelist", "GET"): (302, 302, 302, 200, 200),
    ("changelist", "POST"): (302, 302, 302, 200, 200),
    ("change", "GET"): ROW_READ,
    ("change", "POST"): ROW_CHANGED,
    ("add", "GET"): PLATFORMS_CHANGED,
    ("add", "POST"): PLATFORMS_CHANGED,
}
LOGINS: Answers = {
    **_NEVER,
    ("changelist", "GET"): PLATFORMS_READ,
    ("changelist", "POST"): PLATFORMS_READ,
    ("change", "GET"): PLATFORMS_READ,
    ("change", "POST"): PLATFORMS_CHANGED,
    ("add", "GET"): GONE,
    ("add", "POST"): GONE,
}
PLATFORMS_LOG: Answers = {**LOGINS, ("change", "POST"): GONE}
ACCOUNTS: Answers = {**LOGINS, ("add", "GET"): PLATFORMS_CHANGED, ("add", "POST"): PLATFORMS_CHANGED}
RECORDS: Answers = {
    **LOG,
    # The document is read by those who may judge it.
    ("evidence", "GET"): (404, 200, 404, 200, 200),
    ("evidence", "POST"): (404, 405, 404, 405, 405),
}
PLANS: Answers = ACCOUNTS
BILLING: Answers = {
    **_NEVER,
    # Who has one tenant is led to its page.
    ("changelist", "GET"): (302, 302, 302, 200, 200),
    ("changelist", "POST"): (302, 302, 302, 200, 200),
    ("change", "GET"): ROW_READ,
    ("change", "POST"): GONE,
    ("add", "GET"): GONE,
    ("add", "POST"): GONE,
}
USAGE: Answers = {
    **_NEVER,
    ("changelist", "GET"): PLATFORMS_READ,
    ("changelist", "POST"): GONE,
    # A month leads to its tenant's Billing page.
    ("change", "GET"): (404, 404, 404, 302, 302),
    ("change", "POST"): GONE,
    ("add", "GET"): GONE,
    ("add", "POST"): GONE,
}
#: The platform's, and not support's. A row leads to the page with all of them.
ROUTER: Answers = {
    **_NEVER,
    ("changelist", "GET"): PLATFORMS_CHANGED,
    ("changelist", "POST"): GONE,
    ("change", "GET"): (404, 404, 404, 404, 302),
    ("change", "POST"): GONE,
    ("add", "GET"): GONE,
    ("add", "POST"): GONE,
}
SMS_LIMITS: Answers = {
    **LOG,
    # Saving nothing leads back; a platform admin opens a tenant first. A line leads to the page with all lines.
    ("changelist", "POST"): (404, 302, 302, 404, 404),
    ("change", "GET"): (302, 302, 404, 302, 302),
}
SENDERS: Answers = {
    **_NEVER,
    **_LISTED,
    ("change", "GET"): ROW_READ,
    ("change", "POST"): PLATFORMS_CHANGED,
    ("add", "GET"): PLATFORMS_CHANGED,
    ("add", "POST"): PLATFORMS_CHANGED,
}

#: What an action answers: its page on GET; on POST it is done (302), or shown (200).
WRITING = (404, 302, 404, 404, 302)
OPT_OUT = (404, 200, 404, 200, 200)
ACTIONS: dict[str, Answers] = {
    # A plan that is not named is asked for again.
    "billing.TenantPlan": {
        ("do_change-plan", "GET"): PLATFORMS_CHANGED,
        ("do_change-plan", "POST"): PLATFORMS_CHANGED,
        # A standing that is not named is asked for again.
        ("do_move-standing", "GET"): PLATFORMS_CHANGED,
        ("do_move-standing", "POST"): PLATFORMS_CHANGED,
        ("do_link-customer", "GET"): PLATFORMS_CHANGED,
        ("do_link-customer", "POST"): PLATFORMS_CHANGED,
        # The standard plan has no limit to add to.
        ("do_top-up", "GET"): PLATFORMS_CHANGED,
        ("do_top-up", "POST"): PLATFORMS_CHANGED,
        ("do_usage-csv", "GET"): ROW_READ,
        ("do_usage-csv", "POST"): ROW_READ,  # a month that is not named is asked for again
    },
    "billing.Plan": {
        ("do_make-default", "GET"): PLATFORMS_CHANGED,
        ("do_make-default", "POST"): (404, 404, 404, 404, 302),
    },
    "notifications.Notification": {
        ("do_diagnose", "GET"): ROW_READ,
        ("do_diagnose", "POST"): ROW_READ,
        ("do_many_diagnose", "GET"): ROW_READ,
        ("do_many_diagnose", "POST"): ROW_READ,
        # It is still queued, so that it is not sent again, and the page says so.
        ("do_resend", "GET"): ROW_CHANGED,
        ("do_resend", "POST"): ROW_CHANGED,
        ("do_many_resend", "GET"): ROW_CHANGED,
        ("do_many_resend", "POST"): ROW_CHANGED,
    },
    "notifications.Alert": {
        ("do_resolve", "GET"): ROW_CHANGED,
        ("do_resolve", "POST"): WRITING,
        ("do_many_resolve", "GET"): ROW_CHANGED,
        ("do_many_resolve", "POST"): WRITING,
    },
    "notifications.Flow": {
        ("do_fire-test", "GET"): ROW_CHANGED,
        ("do_fire-test", "POST"): WRITING,
        ("do_make-hook", "GET"): ROW_CHANGED,
        ("do_make-hook", "POST"): ROW_CHANGED,  # its page shows the address, once
        ("do_revoke-hooks", "GET"): ROW_CHANGED,
        ("do_revoke-hooks", "POST"): WRITING,
    },
    # Correcting asks how one knows; looking up says what came of it, here that nobody answered.
    "members.Phone": {
        ("do_correct-line", "GET"): ROW_CHANGED,
        ("do_correct-line", "POST"): ROW_CHANGED,
        ("do_look-up-line", "GET"): ROW_CHANGED,
        ("do_look-up-line", "POST"): WRITING,
    },
    "members.Member": {
        # Read by all, written by those who write; a form without a word in it says what it lacks.
        ("schedule", "GET"): ROW_READ,
        ("schedule", "POST"): ROW_CHANGED,
        ("schedule_date", "GET"): ROW_CHANGED,
        ("schedule_date", "POST"): ROW_CHANGED,
        ("schedule_time_off", "GET"): ROW_CHANGED,
        ("schedule_time_off", "POST"): ROW_CHANGED,
        ("schedule_remove", "GET"): GONE,  # the address names nothing to remove
        ("schedule_remove", "POST"): GONE,
        ("do_invite", "GET"): ROW_CHANGED,
        ("do_look-up-lines", "GET"): ROW_CHANGED,
        ("do_look-up-lines", "POST"): WRITING,
        ("do_many_look-up-lines", "GET"): ROW_CHANGED,
        ("do_many_look-up-lines", "POST"): WRITING,
        ("do_invite", "POST"): WRITING,
        # Switched on already, and the others ask why.
        ("do_switch-sms-on", "GET"): ROW_CHANGED,
        ("do_switch-sms-on", "POST"): ROW_CHANGED,
        ("do_many_switch-sms-on", "GET"): ROW_CHANGED,
        ("do_many_switch-sms-on", "POST"): ROW_CHANGED,
        ("do_switch-sms-off", "GET"): ROW_CHANGED,
        ("do_switch-sms-off", "POST"): ROW_CHANGED,
        ("do_take-seat", "GET"): ROW_CHANGED,
        ("do_take-seat", "POST"): ROW_CHANGED,
        # Without a text it asks for one.
        ("do_send-message", "GET"): ROW_CHANGED,
        ("do_send-message", "POST"): ROW_CHANGED,
        ("do_many_send-message", "GET"): ROW_CHANGED,
        ("do_many_send-message", "POST"): ROW_CHANGED,
        ("do_test-call", "GET"): ROW_CHANGED,
        ("do_test-call", "POST"): ROW_CHANGED,  # the plan has no Test Calling, which the page says
        ("do_record-consent", "GET"): ROW_CHANGED,
        ("do_record-consent", "POST"): ROW_CHANGED,  # what is missing is said at the fields
        # The one thing that support writes.
        ("do_record-opt-out", "GET"): OPT_OUT,
        ("do_record-opt-out", "POST"): OPT_OUT,
        ("do_ask-by-email", "GET"): GONE,  # this member has no login
        ("do_ask-by-email", "POST"): GONE,
        ("do_export-evidence", "GET"): ROW_READ,
        ("do_export-evidence", "POST"): ROW_READ,
    },
    # Recorded by another admin of Harbor: Ana decides, the platform does not, and nobody here withdraws it.
    "members.ConsentRecord": {
        ("do_approve", "GET"): (404, 200, 404, 404, 404),
        ("do_approve", "POST"): (404, 302, 404, 404, 404),
        ("do_refuse", "GET"): (404, 200, 404, 404, 404),
        ("do_refuse", "POST"): (404, 302, 404, 404, 404),
        ("do_withdraw", "GET"): GONE,
        ("do_withdraw", "POST"): GONE,
        ("do_tell-provider", "GET"): GONE,  # it is not approved
        ("do_tell-provider", "POST"): GONE,
    },
    # A doubtful reply without its text cannot be recorded as an opt-out; no provider blocks it, so nothing was seen.
    "notifications.Review": {
        ("do_opt-out", "GET"): ROW_CHANGED,
        ("do_opt-out", "POST"): ROW_CHANGED,
        ("do_no-opt-out", "GET"): ROW_CHANGED,
        ("do_no-opt-out", "POST"): WRITING,
        ("do_seen", "GET"): ROW_CHANGED,
        ("do_seen", "POST"): ROW_CHANGED,
    },
    # Without a length the drill asks for one; what is not taken out cannot be taken back in, and the page says so.
    "notifications.Breaker": {
        ("do_drill", "GET"): PLATFORMS_CHANGED,
        ("do_drill", "POST"): PLATFORMS_CHANGED,
        ("do_restore", "GET"): PLATFORMS_CHANGED,
        ("do_restore", "POST"): PLATFORMS_CHANGED,
    },
    "notifications.Sender": {
        # A registration that says nothing is asked for again.
        ("do_registration", "GET"): ROW_CHANGED,
        ("do_registration", "POST"): ROW_CHANGED,
        ("do_fetch-registration", "GET"): ROW_CHANGED,
        ("do_fetch-registration", "POST"): WRITING,
        ("do_ask-provider", "GET"): ROW_CHANGED,
        ("do_ask-provider", "POST"): WRITING,
    },
    "members.Invite": {
        ("do_resend", "GET"): ROW_CHANGED,
        ("do_resend", "POST"): WRITING,
        ("do_revoke", "GET"): ROW_CHANGED,
        ("do_revoke", "POST"): WRITING,
        ("import", "GET"): ROW_ADDED,
        ("import", "POST"): ROW_ADDED,  # without a file it asks for one
    },
}

PAGES: dict[str, Answers] = {
    "billing.Allowance": SMS_LIMITS,
    "billing.Plan": PLANS,
    "billing.TenantPlan": BILLING,
    "billing.UsageMonth": USAGE,
    "members.ConsentEvent": LOG,
    "members.ConsentRecord": RECORDS,
    "members.Group": ROWS,
    "members.Invite": INVITES,
    "members.Member": ROWS,
    # Its row leads to the page about its number.
    "members.Phone": {**LOG, ("change", "GET"): (302, 302, 404, 302, 302)},
    "notifications.Alert": LOG,
    "notifications.Breaker": ROUTER,
    "notifications.Flow": ROWS,
    "notifications.InboundMessage": LOG,
    "notifications.Notification": LOG,
    "notifications.ProviderAccount": ACCOUNTS,
    "notifications.ProviderBlock": PLATFORMS_LOG,
    "notifications.Review": LOG,
    "notifications.Sender": SENDERS,
    "notifications.Trigger": LOG,
    "tenants.AuditEntry": LOG,
    "tenants.Tenant": TENANT,
    "tenants.User": LOGINS,
}

#: Pages of the site itself, for every reader alike; strangers get 404 but for the ways in and out.
SITE: dict[tuple[str, str], int] = {
    ("index", "GET"): 200,
    ("index", "POST"): 200,
    ("password_change", "GET"): 200,
    ("password_change", "POST"): 200,
    ("password_change_done", "GET"): 200,
    ("password_change_done", "POST"): 405,
    ("jsi18n", "GET"): 200,
    ("jsi18n", "POST"): 405,
    ("search", "GET"): 200,
    ("search", "POST"): 200,
    ("choose_tenant", "GET"): 200,
    ("choose_tenant", "POST"): 404,  # of no tenant that they have
    ("view_on_site", "GET"): 404,
    ("view_on_site", "POST"): 404,
    ("autocomplete", "GET"): 404,  # without a field to complete
    ("autocomplete", "POST"): 405,
    ("app_list", "GET"): 200,
    ("app_list", "POST"): 200,
    ("nothing", "GET"): 404,
    ("nothing", "POST"): 404,
}
#: Doors that every signed-in person may use, and those that even the anonymous may.
WAYS_IN_AND_OUT = ("login", "logout")


def answer(label: str, door: str, method: str, who: Who) -> int:
    """Return the expected status; 302 for the anonymous means the login page."""
    if who is Who.NOBODY:
        return 302
    if who in STRANGERS:
        return 404
    answers = {**PAGES[label], **ACTIONS.get(label, {})}
    return answers[door, method][READERS.index(who)]
