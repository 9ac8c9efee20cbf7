"""Escalation that moves on, messages by e-mail, and hours of flows."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import tenants.fields
from tenants.rls import same_tenant


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0007_limits_and_schedules"),
        ("notifications", "0006_consent_pushes"),
        ("tenants", "0007_limits_and_schedules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="flow",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="flow",
            name="update_update",
        ),
        migrations.AddField(
            model_name="alert",
            name="ended_at",
            field=models.DateTimeField(help_text="When its last step had waited in vain: nobody answered.", null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="resolved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="alertstep",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                help_text="Whose turn it is, fixed when the step fires; empty in a step that pages all at once.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="alertstep",
            name="waits_until",
            field=models.DateTimeField(help_text="Until when it waits for an answer, once it has fired.", null=True),
        ),
        migrations.AddField(
            model_name="alertstep",
            name="moved_on_at",
            field=models.DateTimeField(help_text="When the next one was made due, or nothing was left.", null=True),
        ),
        migrations.AddField(
            model_name="alertstep",
            name="told_at",
            field=models.DateTimeField(help_text="When the admins were told that it reached nobody.", null=True),
        ),
        migrations.AddField(
            model_name="flow",
            name="hours_close",
            field=models.TimeField(blank=True, null=True, verbose_name="hours until"),
        ),
        migrations.AddField(
            model_name="flow",
            name="hours_open",
            field=models.TimeField(
                blank=True,
                help_text="Of a routine flow: hours of its own; empty: the tenant's.",
                null=True,
                verbose_name="hours from",
            ),
        ),
        migrations.AddField(
            model_name="flowevent",
            name="hours_close",
            field=models.TimeField(blank=True, null=True, verbose_name="hours until"),
        ),
        migrations.AddField(
            model_name="flowevent",
            name="hours_open",
            field=models.TimeField(
                blank=True,
                help_text="Of a routine flow: hours of its own; empty: the tenant's.",
                null=True,
                verbose_name="hours from",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="address",
            field=models.EmailField(
                blank=True, help_text="Where an e-mail goes: as it stood when the row was written.", max_length=254
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="tried_next",
            field=models.CharField(
                blank=True, help_text="Of a page that did not go: who was paged in its place, by name.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="number",
            field=tenants.fields.NumberField(blank=True),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="provider",
            field=models.CharField(
                choices=[("twilio", "Twilio"), ("azure", "Azure Communication Services"), ("mail", "Mail server")],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="alertstep",
            index=models.Index(
                condition=models.Q(("outcome", "paged")),
                fields=["moved_on_at", "waits_until"],
                name="alert_step_runs",
            ),
        ),
        migrations.AddIndex(
            model_name="alertstep",
            index=models.Index(
                condition=models.Q(("outcome", "nobody"), ("told_at__isnull", True)),
                fields=["moved_on_at"],
                name="alert_step_untold",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("alert_step__isnull", False)),
                fields=["alert_step", "status"],
                name="ntf_alert_step",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("resend_of__isnull", False)), fields=["resend_of"], name="ntf_resend_of"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flow",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "notifications_flowevent" ("created_at", "hours_close", "hours_open", "id", "is_enabled", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "repeats", "slug", "tenant_id", "text", "urgency", "validity") VALUES (NEW."created_at", NEW."hours_close", NEW."hours_open", NEW."id", NEW."is_enabled", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."repeats", NEW."slug", NEW."tenant_id", NEW."text", NEW."urgency", NEW."validity"); RETURN NULL;',
                    hash="c07531e3c1b9571b8c4ceeb96de7c74d6a9fb30c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0770b",
                    table="notifications_flow",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flow",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "notifications_flowevent" ("created_at", "hours_close", "hours_open", "id", "is_enabled", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "repeats", "slug", "tenant_id", "text", "urgency", "validity") VALUES (NEW."created_at", NEW."hours_close", NEW."hours_open", NEW."id", NEW."is_enabled", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."repeats", NEW."slug", NEW."tenant_id", NEW."text", NEW."urgency", NEW."validity"); RETURN NULL;',
                    hash="02a80bc0df2460f36e7a80d8f69ea9db3c2c8a3c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_35124",
                    table="notifications_flow",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="flow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hours_close__isnull", True), ("hours_open__isnull", True)),
                    models.Q(("hours_close__isnull", False), ("hours_open__isnull", False)),
                    _connector="OR",
                ),
                name="flow_hours_both",
                violation_error_message="Give both ends of the hours, or neither.",
            ),
        ),
        same_tenant("notifications_alertstep", "member_id", "members_member"),
    ]
