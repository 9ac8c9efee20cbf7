"""The hours in which a tenant's less urgent messages go."""

import datetime

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0006_sign_in_tries"),
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
            name="direct_hours_close",
            field=models.TimeField(blank=True, null=True, verbose_name="direct messages until"),
        ),
        migrations.AddField(
            model_name="tenant",
            name="direct_hours_open",
            field=models.TimeField(
                blank=True,
                help_text="Hours of direct messages alone; empty: as above.",
                null=True,
                verbose_name="direct messages from",
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="hours_close",
            field=models.TimeField(
                default=datetime.time(21, 0),
                help_text="The same time as “from” means day and night.",
                verbose_name="messaging hours until",
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="hours_open",
            field=models.TimeField(
                default=datetime.time(7, 0),
                help_text="Direct messages and routine flows wait for these hours, in the zone of whoever gets them.",
                verbose_name="messaging hours from",
            ),
        ),
        migrations.AddField(
            model_name="tenantevent",
            name="direct_hours_close",
            field=models.TimeField(blank=True, null=True, verbose_name="direct messages until"),
        ),
        migrations.AddField(
            model_name="tenantevent",
            name="direct_hours_open",
            field=models.TimeField(
                blank=True,
                help_text="Hours of direct messages alone; empty: as above.",
                null=True,
                verbose_name="direct messages from",
            ),
        ),
        migrations.AddField(
            model_name="tenantevent",
            name="hours_close",
            field=models.TimeField(
                default=datetime.time(21, 0),
                help_text="The same time as “from” means day and night.",
                verbose_name="messaging hours until",
            ),
        ),
        migrations.AddField(
            model_name="tenantevent",
            name="hours_open",
            field=models.TimeField(
                default=datetime.time(7, 0),
                help_text="Direct messages and routine flows wait for these hours, in the zone of whoever gets them.",
                verbose_name="messaging hours from",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tenant",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "tenants_tenantevent" ("created_at", "direct_hours_close", "direct_hours_open", "hours_close", "hours_open", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "region", "slug", "standing", "standing_until", "support_email", "time_zone") VALUES (NEW."created_at", NEW."direct_hours_close", NEW."direct_hours_open", NEW."hours_close", NEW."hours_open", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."region", NEW."slug", NEW."standing", NEW."standing_until", NEW."support_email", NEW."time_zone"); RETURN NULL;',
                    hash="f15f993094fa1fe5a20ce69641868ec203bfa075",
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
                    func='INSERT INTO "tenants_tenantevent" ("created_at", "direct_hours_close", "direct_hours_open", "hours_close", "hours_open", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "region", "slug", "standing", "standing_until", "support_email", "time_zone") VALUES (NEW."created_at", NEW."direct_hours_close", NEW."direct_hours_open", NEW."hours_close", NEW."hours_open", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."region", NEW."slug", NEW."standing", NEW."standing_until", NEW."support_email", NEW."time_zone"); RETURN NULL;',
                    hash="1c6074962687b0b843710db8f13397f524af8007",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8ddba",
                    table="tenants_tenant",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("direct_hours_close__isnull", True), ("direct_hours_open__isnull", True)),
                    models.Q(("direct_hours_close__isnull", False), ("direct_hours_open__isnull", False)),
                    _connector="OR",
                ),
                name="tenant_direct_hours_both",
                violation_error_message="Give both ends of the hours of direct messages, or neither.",
            ),
        ),
    ]
