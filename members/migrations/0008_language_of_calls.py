"""The language in which a member is called."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0007_limits_and_schedules"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="member",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="member",
            name="update_update",
        ),
        migrations.AddField(
            model_name="member",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("en", "English"), ("es", "Spanish"), ("fr", "French")],
                help_text="Empty: calls speak English.",
                max_length=8,
                verbose_name="language of calls",
            ),
        ),
        migrations.AddField(
            model_name="memberevent",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("en", "English"), ("es", "Spanish"), ("fr", "French")],
                help_text="Empty: calls speak English.",
                max_length=8,
                verbose_name="language of calls",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="member",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_memberevent" ("created_at", "email", "id", "is_active", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "tenant_id", "time_zone", "user_id") VALUES (NEW."created_at", NEW."email", NEW."id", NEW."is_active", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."tenant_id", NEW."time_zone", NEW."user_id"); RETURN NULL;',
                    hash="d964074bf866154f0996545a3e09370f99981e87",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2df50",
                    table="members_member",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="member",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "members_memberevent" ("created_at", "email", "id", "is_active", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "tenant_id", "time_zone", "user_id") VALUES (NEW."created_at", NEW."email", NEW."id", NEW."is_active", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."tenant_id", NEW."time_zone", NEW."user_id"); RETURN NULL;',
                    hash="770bf11e989ee27fa091c8ab1f6ab2daa9a7d36f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b1bc1",
                    table="members_member",
                    when="AFTER",
                ),
            ),
        ),
    ]
