"""The number at which a tenant's people are reached, which calls say."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

import tenants.fields


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0007_limits_and_schedules"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="tenant",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tenant",
            name="update_update",
        ),
        migrations.AddField(
            model_name="tenant",
            name="support_phone",
            field=tenants.fields.NumberField(
                blank=True,
                help_text="A number at which people reach you, such as +12065550199: each call says it at its end (47 CFR 64.1200(b)(2)). It is not the number that calls.",
            ),
        ),
        migrations.AddField(
            model_name="tenantevent",
            name="support_phone",
            field=tenants.fields.NumberField(
                blank=True,
                help_text="A number at which people reach you, such as +12065550199: each call says it at its end (47 CFR 64.1200(b)(2)). It is not the number that calls.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tenant",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "tenants_tenantevent" ("created_at", "direct_hours_close", "direct_hours_open", "hours_close", "hours_open", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "region", "slug", "standing", "standing_until", "support_email", "support_phone", "time_zone") VALUES (NEW."created_at", NEW."direct_hours_close", NEW."direct_hours_open", NEW."hours_close", NEW."hours_open", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."region", NEW."slug", NEW."standing", NEW."standing_until", NEW."support_email", NEW."support_phone", NEW."time_zone"); RETURN NULL;',
                    hash="16f11725fe84fd1d1dff15f550875bb9b3623ac0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0f00f",
                    table="tenants_tenant",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tenant",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "tenants_tenantevent" ("created_at", "direct_hours_close", "direct_hours_open", "hours_close", "hours_open", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "region", "slug", "standing", "standing_until", "support_email", "support_phone", "time_zone") VALUES (NEW."created_at", NEW."direct_hours_close", NEW."direct_hours_open", NEW."hours_close", NEW."hours_open", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."region", NEW."slug", NEW."standing", NEW."standing_until", NEW."support_email", NEW."support_phone", NEW."time_zone"); RETURN NULL;',
                    hash="cbc6d81d04a277e6436712120017eee3aa9edeb4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8ddba",
                    table="tenants_tenant",
                    when="AFTER",
                ),
            ),
        ),
    ]
