"""Puts the notifications app's tables under row-level security, with triggers for what a policy cannot say.

They keep every change of a status, and let a sender leave by no account of another tenant.
"""

from django.db import migrations

from tenants.rls import OWN_OR_SHARED_ROWS, OWN_ROWS, append_only, open_to_all, protect, same_tenant

# It runs as its owner, so it must not find a caller's temporary table in place of ours.
KEEP_TRANSITIONS = """
CREATE FUNCTION imes_keep_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notifications_transition (notification_id, tenant_id, at, from_status, to_status, reason)
    VALUES (
        NEW.id, NEW.tenant_id, clock_timestamp(), CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.status END, NEW.status, NEW.reason
    );
    RETURN NULL;
END $$;
CREATE TRIGGER keep_first_status AFTER INSERT ON notifications_notification
    FOR EACH ROW EXECUTE FUNCTION imes_keep_transition();
CREATE TRIGGER keep_status AFTER UPDATE OF status, reason ON notifications_notification
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.reason IS DISTINCT FROM NEW.reason)
    EXECUTE FUNCTION imes_keep_transition();
"""
DROP_TRANSITIONS = """
DROP TRIGGER keep_first_status ON notifications_notification;
DROP TRIGGER keep_status ON notifications_notification;
DROP FUNCTION imes_keep_transition();
"""

# They run as their owner, for a tenant sees no account but its own. An account that is not there is refused in the same
# words as another tenant's. The lock keeps the account's tenant while a sender is being written.
OWN_ACCOUNTS = """
CREATE FUNCTION imes_check_sender_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM notifications_provideraccount
        WHERE id = NEW.account_id AND (tenant_id IS NULL OR tenant_id = NEW.tenant_id) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a sender may use an account of the platform or of its own tenant alone'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_account BEFORE INSERT OR UPDATE OF account_id, tenant_id ON notifications_sender
    FOR EACH ROW EXECUTE FUNCTION imes_check_sender_account();
CREATE FUNCTION imes_keep_account_tenant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM notifications_sender WHERE account_id = NEW.id) THEN
        RAISE EXCEPTION 'the tenant of an account stays while senders use it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_tenant BEFORE UPDATE OF tenant_id ON notifications_provideraccount
    FOR EACH ROW WHEN (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id) EXECUTE FUNCTION imes_keep_account_tenant();
"""
DROP_OWN_ACCOUNTS = """
DROP TRIGGER check_account ON notifications_sender;
DROP TRIGGER keep_tenant ON notifications_provideraccount;
DROP FUNCTION imes_check_sender_account();
DROP FUNCTION imes_keep_account_tenant();
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("members", "0002_row_level_security")]

    operations = [
        protect(
            "notifications_flow",
            "notifications_step",
            "notifications_steprecipient",
            "notifications_hook",
            "notifications_trigger",
            "notifications_alert",
            "notifications_alertstep",
            "notifications_notification",
            "notifications_attempt",
            "notifications_receipt",
            "notifications_inboundmessage",
        ),
        protect("notifications_flowevent", "notifications_stepevent", app_grants="SELECT, INSERT"),
        protect("notifications_provideraccount", app_sees=OWN_ROWS),
        protect("notifications_sender", app_sees=OWN_OR_SHARED_ROWS, app_writes=OWN_ROWS),
        # Written by its trigger alone, which runs as the owner.
        protect("notifications_transition", app_grants="SELECT", platform_grants="SELECT"),
        append_only("notifications_transition"),
        # A raw request may hold anybody's words.
        protect("notifications_providercallback", app_sees="false", app_grants=""),
        open_to_all("notifications_heartbeat"),
        same_tenant("notifications_step", "flow_id", "notifications_flow"),
        same_tenant("notifications_steprecipient", "step_id", "notifications_step"),
        same_tenant("notifications_steprecipient", "member_id", "members_member"),
        same_tenant("notifications_steprecipient", "group_id", "members_group"),
        same_tenant("notifications_hook", "flow_id", "notifications_flow"),
        same_tenant("notifications_trigger", "flow_id", "notifications_flow"),
        same_tenant("notifications_alert", "flow_id", "notifications_flow"),
        same_tenant("notifications_alert", "acknowledged_by_id", "members_member"),
        same_tenant("notifications_trigger", "alert_id", "notifications_alert"),
        same_tenant("notifications_alertstep", "alert_id", "notifications_alert"),
        same_tenant("notifications_notification", "alert_id", "notifications_alert"),
        same_tenant("notifications_notification", "alert_step_id", "notifications_alertstep"),
        same_tenant("notifications_notification", "member_id", "members_member"),
        same_tenant("notifications_attempt", "notification_id", "notifications_notification"),
        same_tenant("notifications_receipt", "attempt_id", "notifications_attempt"),
        same_tenant("notifications_trigger", "hook_id", "notifications_hook"),
        same_tenant("notifications_notification", "resend_of_id", "notifications_notification"),
        same_tenant("notifications_notification", "merged_into_id", "notifications_notification"),
        same_tenant("notifications_notification", "cancelled_by_id", "notifications_notification"),
        # A text that fits several tenants has none, and is not compared.
        same_tenant("notifications_inboundmessage", "acknowledged_id", "notifications_notification"),
        migrations.RunSQL(KEEP_TRANSITIONS, DROP_TRANSITIONS),
        migrations.RunSQL(OWN_ACCOUNTS, DROP_OWN_ACCOUNTS),
    ]
