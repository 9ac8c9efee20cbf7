"""The tables of the app."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import tenants.fields
import tenants.zones


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="aud", verbose_name="ID")),
                ("tenant_id", models.BigIntegerField(null=True)),
                ("actor_id", models.BigIntegerField(help_text="The login; empty for the portal itself.", null=True)),
                ("actor_kind", models.CharField(max_length=16)),
                ("code", models.CharField(max_length=60)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.CharField(db_collation="C", max_length=40)),
                ("at", models.DateTimeField()),
                ("request_id", models.CharField(blank=True, max_length=40)),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("admin", "Tenant admin"), ("viewer", "Tenant viewer"), ("member", "Team member")],
                        default="member",
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ("tenant_id", "user_id"),
            },
        ),
        migrations.CreateModel(
            name="Tenant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="tnt", verbose_name="ID")),
                (
                    "name",
                    models.CharField(help_text="Named in every invite, consent text and message.", max_length=120),
                ),
                (
                    "slug",
                    models.SlugField(
                        db_collation="C", help_text="Short name in commands and links.", max_length=60, unique=True
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        help_text="Times are shown in this zone to people who have not set their own, such as Europe/London.",
                        max_length=64,
                        validators=[tenants.zones.validate_zone],
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        default="US",
                        help_text="Two-letter country of numbers written without a country code; used in suggestions only.",
                        max_length=2,
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("trial", "Trial"),
                            ("active", "Active"),
                            ("payment_due", "Payment due"),
                            ("past_due", "Past due"),
                            ("suspended", "Suspended"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="trial",
                        max_length=16,
                    ),
                ),
                (
                    "standing_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the trial or the grace period ends; empty where it has no end.",
                        null=True,
                    ),
                ),
                (
                    "support_email",
                    models.EmailField(
                        blank=True, help_text="Shown to members as the address to write to for help.", max_length=254
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="TenantEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("public_id", tenants.fields.PublicIdField(prefix="tnt", unique=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(help_text="Named in every invite, consent text and message.", max_length=120),
                ),
                (
                    "slug",
                    models.SlugField(
                        db_collation="C", db_index=False, help_text="Short name in commands and links.", max_length=60
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        help_text="Times are shown in this zone to people who have not set their own, such as Europe/London.",
                        max_length=64,
                        validators=[tenants.zones.validate_zone],
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        default="US",
                        help_text="Two-letter country of numbers written without a country code; used in suggestions only.",
                        max_length=2,
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("trial", "Trial"),
                            ("active", "Active"),
                            ("payment_due", "Payment due"),
                            ("past_due", "Past due"),
                            ("suspended", "Suspended"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="trial",
                        max_length=16,
                    ),
                ),
                (
                    "standing_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the trial or the grace period ends; empty where it has no end.",
                        null=True,
                    ),
                ),
                (
                    "support_email",
                    models.EmailField(
                        blank=True, help_text="Shown to members as the address to write to for help.", max_length=254
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("public_id", tenants.fields.PublicIdField(prefix="usr", verbose_name="ID")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=120)),
                (
                    "platform_role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("support", "Support (reads every tenant)"),
                            ("platform", "Platform admin (everything)"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the tenant's zone is used.",
                        max_length=64,
                        validators=[tenants.zones.validate_zone],
                    ),
                ),
                ("is_active", models.BooleanField(default=True, help_text="Untick to refuse this login everywhere.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ("email",),
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditDetail",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="detail",
                        serialize=False,
                        to="tenants.auditentry",
                    ),
                ),
                ("tenant_id", models.BigIntegerField(null=True)),
                ("salt", models.BinaryField(max_length=16)),
                ("data", models.JSONField()),
            ],
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["tenant_id", "-at"], name="audit_tenant_at"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["subject_kind", "subject_id"], name="audit_subject"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="audit_at_brin"),
        ),
        migrations.AddField(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("standing__in", ["trial", "active", "payment_due", "past_due", "suspended", "cancelled"])
                ),
                name="tenant_standing_known",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="tenants.tenant"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tenant",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "tenants_tenantevent" ("created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "region", "slug", "standing", "standing_until", "support_email", "time_zone") VALUES (NEW."created_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."region", NEW."slug", NEW."standing", NEW."standing_until", NEW."support_email", NEW."time_zone"); RETURN NULL;',
                    hash="45a3e5f27224a3d659844e619909ceb6baf4e021",
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
                    func='INSERT INTO "tenants_tenantevent" ("created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "region", "slug", "standing", "standing_until", "support_email", "time_zone") VALUES (NEW."created_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."region", NEW."slug", NEW."standing", NEW."standing_until", NEW."support_email", NEW."time_zone"); RETURN NULL;',
                    hash="0b9445e80df279aa942c11757abb664c21a78f18",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8ddba",
                    table="tenants_tenant",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="tenantevent",
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
            model_name="tenantevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="tenants.tenant",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("tenant", "user"), name="membership_once"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["admin", "viewer", "member"])), name="membership_role_known"
            ),
        ),
    ]
