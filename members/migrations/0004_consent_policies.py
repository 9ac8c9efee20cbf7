"""Puts codes, records and switches under row-level security, and lets the database refuse consent without a lawful way.

What a line of the ledger must rest on is checked here too, so that no import, shell or superuser's form gets past it.
"""

from django.db import migrations

from tenants.rls import append_only, protect, same_tenant

# They run as their owner, because what they compare with may lie outside the writer's view.
CHECK_LINES = """
CREATE FUNCTION imes_check_consent_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.act = 'grant' THEN
        IF NEW.source IN ('invite', 'page') THEN
            PERFORM FROM members_member m
                WHERE m.id = NEW.member_id AND m.tenant_id = NEW.tenant_id AND m.user_id = NEW.actor_id;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'consent on the web is the member''s own act, under their own login'
                    USING ERRCODE = 'check_violation';
            END IF;
        ELSIF NEW.source = 'recorded' THEN
            PERFORM FROM members_consentrecord r
                WHERE r.public_id = NEW.evidence_ref AND r.tenant_id = NEW.tenant_id AND r.member_id = NEW.member_id
                AND r.number = NEW.number AND NEW.channel = ANY (r.channels) AND r.acted_at = NEW.effective_at
                AND r.state = 'approved' AND r.disclosure_digest = NEW.disclosure_digest;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'a recorded consent needs its approved record' USING ERRCODE = 'check_violation';
            END IF;
        ELSE
            RAISE EXCEPTION 'consent comes from the member''s own page or from an approved record, not from "%"', NEW.source
                USING ERRCODE = 'check_violation';
        END IF;
        PERFORM FROM members_consentevent e
            WHERE e.number = NEW.number AND e.act = 'revoke' AND e.effective_at >= NEW.effective_at
            AND (e.reach = 'platform' OR (e.tenant_id = NEW.tenant_id AND (e.channel = 'any' OR e.channel = NEW.channel)));
        IF FOUND THEN
            RAISE EXCEPTION 'consent must be later than the opt-out' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.act = 'restore' THEN
        IF NEW.source <> 'handset' OR NEW.reach <> 'platform' OR NEW.provider = '' OR NEW.provider_message_id = '' THEN
            RAISE EXCEPTION 'only a START from the handset restores' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.act = 'prove' THEN
        PERFORM FROM members_numbercode c
            WHERE c.public_id = NEW.evidence_ref AND c.tenant_id = NEW.tenant_id AND c.member_id = NEW.member_id
            AND c.number = NEW.number AND c.proved_at IS NOT NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a number is proved by a code that came back' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_line BEFORE INSERT ON members_consentevent
    FOR EACH ROW EXECUTE FUNCTION imes_check_consent_line();
"""
DROP_CHECK_LINES = """
DROP TRIGGER check_line ON members_consentevent;
DROP FUNCTION imes_check_consent_line();
"""

# A record is decided once; what was recorded stays as it was recorded.
KEEP_RECORDS = """
CREATE FUNCTION imes_keep_consent_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a recorded consent is never removed' USING ERRCODE = 'insufficient_privilege';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' THEN
            RAISE EXCEPTION 'a recorded consent begins as pending' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'pending' THEN
        RAISE EXCEPTION 'a recorded consent is decided once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'decided_by_id' - 'decided_at' - 'decision_note')
        IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'decided_by_id' - 'decided_at' - 'decision_note') THEN
        RAISE EXCEPTION 'what was recorded stays as it is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_record BEFORE INSERT OR UPDATE OR DELETE ON members_consentrecord
    FOR EACH ROW EXECUTE FUNCTION imes_keep_consent_record();
"""
DROP_KEEP_RECORDS = """
DROP TRIGGER keep_record ON members_consentrecord;
DROP FUNCTION imes_keep_consent_record();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0003_consent_in_full")]

    operations = [
        protect("members_consentstanding", "members_numbercode"),
        protect("members_smsswitch", app_grants="SELECT, INSERT, DELETE"),
        protect("members_evidencefile", app_grants="SELECT, INSERT", platform_grants="SELECT, INSERT"),
        protect("members_consentrecord", app_grants="SELECT, INSERT, UPDATE", platform_grants="SELECT, INSERT, UPDATE"),
        append_only("members_evidencefile"),
        same_tenant("members_consentstanding", "member_id", "members_member"),
        same_tenant("members_numbercode", "member_id", "members_member"),
        same_tenant("members_smsswitch", "member_id", "members_member"),
        same_tenant("members_consentrecord", "member_id", "members_member"),
        same_tenant("members_consentrecord", "evidence_file_id", "members_evidencefile"),
        migrations.RunSQL(CHECK_LINES, DROP_CHECK_LINES),
        migrations.RunSQL(KEEP_RECORDS, DROP_KEEP_RECORDS),
    ]
