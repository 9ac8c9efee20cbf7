"""When members may be paged, and where the kind of a line is known from."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import tenants.fields
from tenants.rls import protect, same_tenant


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0006_changes_of_numbers"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("tenants", "0007_limits_and_schedules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="sch", verbose_name="ID")),
                ("weekly", models.JSONField(default=list)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ScheduleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("public_id", tenants.fields.PublicIdField(prefix="sch", unique=False, verbose_name="ID")),
                ("weekly", models.JSONField(default=list)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ScheduleException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="exc", verbose_name="ID")),
                ("on", models.DateField(verbose_name="date")),
                ("is_free", models.BooleanField(default=False, verbose_name="may be paged")),
                (
                    "opens",
                    models.TimeField(
                        blank=True, help_text="Empty: from the beginning of the day.", null=True, verbose_name="from"
                    ),
                ),
                (
                    "closes",
                    models.TimeField(
                        blank=True, help_text="Empty: until the end of the day.", null=True, verbose_name="to"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "verbose_name": "exception",
                "ordering": ("on", "opens", "id"),
            },
        ),
        migrations.CreateModel(
            name="TimeOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="off", verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(help_text="Paged again from this moment on.", verbose_name="until")),
                ("note", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "verbose_name": "time off",
                "verbose_name_plural": "times off",
                "ordering": ("starts_at", "id"),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="phone",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="phone",
            name="update_update",
        ),
        migrations.AddField(
            model_name="number",
            name="line_ask_after",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="phone",
            name="line_type_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="When the type was entered, looked up or learned.", null=True
            ),
        ),
        migrations.AddField(
            model_name="phone",
            name="line_type_said",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="The provider's own word, or the fault that told it.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="phone",
            name="looked_up_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="phoneevent",
            name="line_type_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="When the type was entered, looked up or learned.", null=True
            ),
        ),
        migrations.AddField(
            model_name="phoneevent",
            name="line_type_said",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="The provider's own word, or the fault that told it.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="phoneevent",
            name="looked_up_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="phone",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_phoneevent" ("created_at", "id", "is_sms_primary", "is_voice_primary", "label", "line_type", "line_type_at", "line_type_origin", "line_type_said", "looked_up_at", "member_id", "number", "origin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proved_at", "public_id", "sms_capability", "tenant_id", "voice_capability") VALUES (NEW."created_at", NEW."id", NEW."is_sms_primary", NEW."is_voice_primary", NEW."label", NEW."line_type", NEW."line_type_at", NEW."line_type_origin", NEW."line_type_said", NEW."looked_up_at", NEW."member_id", NEW."number", NEW."origin", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proved_at", NEW."public_id", NEW."sms_capability", NEW."tenant_id", NEW."voice_capability"); RETURN NULL;',
                    hash="d492e6b4b1f24c27c82ff45dfed1a9fb634fc959",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fb4d3",
                    table="members_phone",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="phone",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "members_phoneevent" ("created_at", "id", "is_sms_primary", "is_voice_primary", "label", "line_type", "line_type_at", "line_type_origin", "line_type_said", "looked_up_at", "member_id", "number", "origin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proved_at", "public_id", "sms_capability", "tenant_id", "voice_capability") VALUES (NEW."created_at", NEW."id", NEW."is_sms_primary", NEW."is_voice_primary", NEW."label", NEW."line_type", NEW."line_type_at", NEW."line_type_origin", NEW."line_type_said", NEW."looked_up_at", NEW."member_id", NEW."number", NEW."origin", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proved_at", NEW."public_id", NEW."sms_capability", NEW."tenant_id", NEW."voice_capability"); RETURN NULL;',
                    hash="f7775544ce99256e3d3e772da091bb95de8e21ca",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e7a64",
                    table="members_phone",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="member",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="schedule",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="scheduleevent",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="scheduleevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="scheduleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="members.schedule",
            ),
        ),
        migrations.AddField(
            model_name="scheduleevent",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="tenants.tenant",
            ),
        ),
        migrations.AddField(
            model_name="scheduleexception",
            name="schedule",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="exceptions",
                to="members.schedule",
            ),
        ),
        migrations.AddField(
            model_name="scheduleexception",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="timeoff",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="time_off",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="timeoff",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schedule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_scheduleevent" ("changed_at", "id", "member_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "tenant_id", "weekly") VALUES (NEW."changed_at", NEW."id", NEW."member_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."tenant_id", NEW."weekly"); RETURN NULL;',
                    hash="5f773d4b978a13e1ffcacf03e28b62ba34fe0a21",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6c97e",
                    table="members_schedule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schedule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "members_scheduleevent" ("changed_at", "id", "member_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "tenant_id", "weekly") VALUES (NEW."changed_at", NEW."id", NEW."member_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."tenant_id", NEW."weekly"); RETURN NULL;',
                    hash="1504916ea68c852ea480255d2e6ad8c7ea363936",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_71f79",
                    table="members_schedule",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="scheduleexception",
            index=models.Index(fields=["schedule", "on"], name="exception_on"),
        ),
        migrations.AddConstraint(
            model_name="scheduleexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_free", True), models.Q(("closes__isnull", True), ("opens__isnull", True)), _connector="OR"
                ),
                name="exception_not_free_is_whole_day",
            ),
        ),
        migrations.AddIndex(
            model_name="timeoff",
            index=models.Index(fields=["tenant", "member", "ends_at"], name="time_off_member"),
        ),
        migrations.AddConstraint(
            model_name="timeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="time_off_ends_later"
            ),
        ),
        protect("members_schedule", "members_scheduleexception", "members_timeoff"),
        protect("members_scheduleevent", app_grants="SELECT, INSERT"),
        same_tenant("members_schedule", "member_id", "members_member"),
        same_tenant("members_scheduleexception", "schedule_id", "members_schedule"),
        same_tenant("members_timeoff", "member_id", "members_member"),
    ]
