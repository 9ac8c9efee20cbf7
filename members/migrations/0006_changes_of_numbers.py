"""Keeps every change of the number that a member's texts or calls go to; the SMS switch counts for the newest alone.

The rows are written by a trigger, so that no door bypasses them: a form, an import, a shell and plain SQL alike.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenants.fields
from tenants.rls import append_only, protect

NOTE = """
CREATE FUNCTION imes_note_number_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    named jsonb := coalesce(nullif(current_setting('app.number_door', true), '')::jsonb, '{}');
    own jsonb;
    other_door text;
    of_tenant bigint;
    of_member bigint;
    line text;
    was text;
    becomes text;
BEGIN
    other_door := CASE
        WHEN TG_OP = 'INSERT' THEN NEW.origin
        WHEN TG_OP = 'UPDATE' AND NEW.origin IS DISTINCT FROM OLD.origin THEN NEW.origin
        ELSE 'other' END;
    FOR of_member, of_tenant IN
        SELECT OLD.member_id, OLD.tenant_id WHERE TG_OP <> 'INSERT'
        UNION SELECT NEW.member_id, NEW.tenant_id WHERE TG_OP <> 'DELETE'
    LOOP
        -- Two changes at once are told one after the other.
        PERFORM FROM members_member m WHERE m.id = of_member FOR NO KEY UPDATE;
        own := CASE WHEN (named ->> 'member')::bigint = of_member THEN named ELSE '{}' END;
        FOREACH line IN ARRAY ARRAY['sms', 'voice'] LOOP
            SELECT p.number INTO becomes FROM members_phone p WHERE p.member_id = of_member
                ORDER BY CASE line WHEN 'sms' THEN p.is_sms_primary ELSE p.is_voice_primary END DESC, p.id LIMIT 1;
            SELECT c.after INTO was FROM members_numberchange c
                WHERE c.tenant_id = of_tenant AND c.member_id = of_member AND c.channel = line ORDER BY c.id DESC LIMIT 1;
            IF coalesce(was, '') <> coalesce(becomes, '') THEN
                INSERT INTO members_numberchange (tenant_id, member_id, channel, before, after, door, by_id, at)
                VALUES (
                    of_tenant, of_member, line, coalesce(was, ''), coalesce(becomes, ''),
                    coalesce(own ->> 'door', other_door),
                    (own ->> 'by')::bigint,
                    coalesce((own ->> 'at')::timestamptz, clock_timestamp())
                );
            END IF;
        END LOOP;
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_number_change
    AFTER INSERT OR DELETE OR UPDATE OF number, member_id, tenant_id, is_sms_primary, is_voice_primary ON members_phone
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION imes_note_number_change();
"""
DROP_NOTE = """
DROP TRIGGER note_number_change ON members_phone;
DROP FUNCTION imes_note_number_change();
"""

#: What stands already is where each history begins.
BEGIN = """
INSERT INTO members_numberchange (tenant_id, member_id, channel, before, after, door, at)
SELECT DISTINCT ON (p.member_id, line.name) p.tenant_id, p.member_id, line.name, '', p.number, p.origin, p.created_at
FROM members_phone p CROSS JOIN (VALUES ('sms'), ('voice')) AS line (name)
ORDER BY p.member_id, line.name,
    CASE line.name WHEN 'sms' THEN p.is_sms_primary ELSE p.is_voice_primary END DESC, p.id
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("members", "0005_records_have_a_second_person"),
        ("tenants", "0004_seal_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="NumberChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("member_id", models.BigIntegerField()),
                ("channel", models.CharField(choices=[("sms", "SMS"), ("voice", "Voice")], max_length=8)),
                ("before", tenants.fields.NumberField(blank=True)),
                ("after", tenants.fields.NumberField(blank=True)),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("admin", "Changed by an admin"),
                            ("member", "Given by the member"),
                            ("import", "Imported"),
                            ("lookup", "Looked up"),
                            ("fault", "Learned from a fault"),
                            ("other", "Changed outside the portal's pages"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a number",
                "verbose_name_plural": "changes of numbers",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["tenant", "member_id", "channel", "-id"], name="change_tenant_member")
                ],
            },
        ),
        migrations.AddField(
            model_name="smsswitch",
            name="number_change",
            field=models.BigIntegerField(help_text="The newest change of the number then.", null=True),
        ),
        protect("members_numberchange", app_grants="SELECT", platform_grants="SELECT"),
        append_only("members_numberchange"),
        migrations.RunSQL(NOTE, DROP_NOTE),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
