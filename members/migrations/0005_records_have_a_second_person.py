"""Lets the database refuse a recorded consent that no second person may approve, or that is not this member's.

What is decided in Python (members/consent/deciders.py, record_checks.py) holds for a shell and an import as well.
"""

from django.db import migrations

# It runs as its owner: who administers a tenant, and what was evidence before, may lie outside the writer's view.
KEEP_RECORDS = """
CREATE OR REPLACE FUNCTION imes_keep_consent_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    own_login bigint;
    still_there boolean;
    admins bigint;
    others bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a recorded consent is never removed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' THEN
            RAISE EXCEPTION 'a recorded consent begins as pending' USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        IF OLD.state <> 'pending' THEN
            RAISE EXCEPTION 'a recorded consent is decided once' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF (to_jsonb(NEW) - 'state' - 'decided_by_id' - 'decided_at' - 'decision_note')
            IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'decided_by_id' - 'decided_at' - 'decision_note') THEN
            RAISE EXCEPTION 'what was recorded stays as it is' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.state = 'withdrawn' AND NEW.decided_by_id IS DISTINCT FROM NEW.recorded_by_id THEN
            RAISE EXCEPTION 'a recorded consent is withdrawn by who recorded it' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state <> 'approved' THEN
            RETURN NEW;
        END IF;
    END IF;

    -- From here on: what is written down, and what is approved.
    SELECT m.user_id, m.is_active INTO own_login, still_there FROM members_member m
        WHERE m.id = NEW.member_id AND m.tenant_id = NEW.tenant_id;
    IF still_there IS NOT TRUE THEN
        RAISE EXCEPTION 'consent is recorded of active members alone' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM members_phone p WHERE p.member_id = NEW.member_id AND p.number = NEW.number;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'consent is recorded for a number that the member has' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM members_consentrecord r
        LEFT JOIN members_evidencefile mine ON mine.id = NEW.evidence_file_id
        LEFT JOIN members_evidencefile theirs ON theirs.id = r.evidence_file_id
        WHERE r.tenant_id = NEW.tenant_id AND r.id <> NEW.id AND r.state IN ('pending', 'approved')
        AND (r.member_id, r.number, r.acted_at) IS DISTINCT FROM (NEW.member_id, NEW.number, NEW.acted_at)
        AND (theirs.sha256 = mine.sha256 OR (r.evidence_url = NEW.evidence_url AND NEW.evidence_url <> ''));
    IF FOUND THEN
        RAISE EXCEPTION 'this evidence is of another person, number or act' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM tenants_user u WHERE u.id = NEW.recorded_by_id AND u.is_active AND (
        u.platform_role = 'platform' OR EXISTS (
            SELECT FROM tenants_membership a
            WHERE a.user_id = u.id AND a.tenant_id = NEW.tenant_id AND a.role = 'admin'
        )
    );
    IF NOT FOUND AND TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'consent is recorded by an admin' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;

    IF NEW.decided_by_id IS NULL OR NEW.decided_by_id IN (NEW.recorded_by_id, coalesce(own_login, 0)) THEN
        RAISE EXCEPTION 'a recorded consent needs a second person' USING ERRCODE = 'check_violation';
    END IF;
    SELECT count(*), count(*) FILTER (WHERE u.id NOT IN (NEW.recorded_by_id, coalesce(own_login, 0)))
        INTO admins, others FROM tenants_membership a JOIN tenants_user u ON u.id = a.user_id
        WHERE a.tenant_id = NEW.tenant_id AND a.role = 'admin' AND u.is_active;
    PERFORM FROM tenants_user u WHERE u.id = NEW.decided_by_id AND u.is_active AND (
        EXISTS (
            SELECT FROM tenants_membership a
            WHERE a.user_id = u.id AND a.tenant_id = NEW.tenant_id AND a.role = 'admin'
        ) OR (u.platform_role = 'platform' AND (admins <= 1 OR others = 0))
    );
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a recorded consent is approved by a second admin of the tenant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

KEEP_RECORDS_AS_BEFORE = """
CREATE OR REPLACE FUNCTION imes_keep_consent_record() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0004_consent_policies")]

    operations = [migrations.RunSQL(KEEP_RECORDS, KEEP_RECORDS_AS_BEFORE)]
