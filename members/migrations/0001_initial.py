"""The tables of the app."""

import django.db.models.deletion
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
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="cns", verbose_name="ID")),
                ("tenant_id", models.BigIntegerField(help_text="Where it was heard or recorded.", null=True)),
                ("member_id", models.BigIntegerField(null=True)),
                (
                    "actor_id",
                    models.BigIntegerField(
                        help_text="The login that acted; empty for the handset and providers.", null=True
                    ),
                ),
                ("number", tenants.fields.NumberField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("grant", "Gave consent"),
                            ("decline", "Left the box unticked"),
                            ("revoke", "Opted out"),
                            ("restore", "Opted back in with START"),
                            ("stale", "Number no longer known to be theirs"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("sms", "SMS"), ("voice", "Voice"), ("any", "SMS and voice")], max_length=8
                    ),
                ),
                (
                    "reach",
                    models.CharField(
                        choices=[("platform", "The number, in every tenant"), ("tenant", "The number, in this tenant")],
                        max_length=16,
                    ),
                ),
                ("category", models.CharField(default="alerts", max_length=16)),
                ("effective_at", models.DateTimeField(help_text="When the person acted.")),
                ("recorded_at", models.DateTimeField(help_text="When the portal wrote it down.")),
                (
                    "source",
                    models.CharField(
                        help_text="The door it came through: invite, handset, provider, admin.", max_length=24
                    ),
                ),
                (
                    "method",
                    models.CharField(help_text="The act itself: box ticked, keyword, free text.", max_length=40),
                ),
                ("disclosure_version", models.CharField(blank=True, max_length=40)),
                ("disclosure_text", models.TextField(blank=True, help_text="Word for word as the person saw it.")),
                ("disclosure_digest", models.BinaryField(max_length=32, null=True)),
                ("provider", models.CharField(blank=True, max_length=16)),
                ("provider_message_id", models.CharField(blank=True, db_collation="C", max_length=64)),
                ("sender_address", models.CharField(blank=True, db_collation="C", max_length=64)),
                ("digest", models.BinaryField(help_text="Salted SHA-256 of the side row.", max_length=32)),
            ],
            options={
                "verbose_name": "line of the consent ledger",
                "verbose_name_plural": "consent ledger",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="grp", verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="GroupPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0, help_text="Lower is paged first.")),
            ],
            options={
                "verbose_name": "place in a group",
                "verbose_name_plural": "places in groups",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="Invite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="ivt", verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                (
                    "name",
                    models.CharField(
                        help_text="How the person is shown in the team, until they change it.", max_length=120
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("admin", "Tenant admin"), ("viewer", "Tenant viewer"), ("member", "Team member")],
                        default="member",
                        max_length=16,
                    ),
                ),
                ("token_digest", models.BinaryField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("sent_at", models.DateTimeField(editable=False, null=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(editable=False, null=True)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="mbr", verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the tenant's zone is used.",
                        max_length=64,
                        validators=[tenants.zones.validate_zone],
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Untick when the person has left: nothing is sent, and the log is kept.",
                        verbose_name="active",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "team member",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="MemberEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("public_id", tenants.fields.PublicIdField(prefix="mbr", unique=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the tenant's zone is used.",
                        max_length=64,
                        validators=[tenants.zones.validate_zone],
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Untick when the person has left: nothing is sent, and the log is kept.",
                        verbose_name="active",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                ("e164", tenants.fields.NumberField(primary_key=True, serialize=False)),
                ("first_met_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="phn", verbose_name="ID")),
                ("number", tenants.fields.NumberField(help_text="With + and country code, such as +12065550142.")),
                ("label", models.CharField(blank=True, help_text="Such as “work” or “on-call phone”.", max_length=40)),
                (
                    "line_type",
                    models.CharField(
                        choices=[
                            ("unknown", "Unknown"),
                            ("mobile", "Mobile"),
                            ("landline", "Landline"),
                            ("voip", "VoIP"),
                            ("toll_free", "Toll-free"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                (
                    "line_type_origin",
                    models.CharField(
                        choices=[
                            ("admin", "Entered by an admin"),
                            ("member", "Given by the member"),
                            ("import", "Imported"),
                            ("lookup", "Looked up"),
                            ("fault", "Learned from a fault"),
                        ],
                        default="admin",
                        editable=False,
                        max_length=16,
                    ),
                ),
                (
                    "sms_capability",
                    models.CharField(
                        choices=[("unknown", "Unknown"), ("yes", "Yes"), ("no", "No")],
                        default="unknown",
                        max_length=8,
                        verbose_name="can get SMS",
                    ),
                ),
                (
                    "voice_capability",
                    models.CharField(
                        choices=[("unknown", "Unknown"), ("yes", "Yes"), ("no", "No")],
                        default="unknown",
                        max_length=8,
                        verbose_name="can get calls",
                    ),
                ),
                ("is_sms_primary", models.BooleanField(default=False, verbose_name="SMS goes here")),
                ("is_voice_primary", models.BooleanField(default=False, verbose_name="calls go here")),
                ("proved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("admin", "Entered by an admin"),
                            ("member", "Given by the member"),
                            ("import", "Imported"),
                            ("lookup", "Looked up"),
                            ("fault", "Learned from a fault"),
                        ],
                        default="admin",
                        editable=False,
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="PhoneEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("public_id", tenants.fields.PublicIdField(prefix="phn", unique=False, verbose_name="ID")),
                ("number", tenants.fields.NumberField(help_text="With + and country code, such as +12065550142.")),
                ("label", models.CharField(blank=True, help_text="Such as “work” or “on-call phone”.", max_length=40)),
                (
                    "line_type",
                    models.CharField(
                        choices=[
                            ("unknown", "Unknown"),
                            ("mobile", "Mobile"),
                            ("landline", "Landline"),
                            ("voip", "VoIP"),
                            ("toll_free", "Toll-free"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                (
                    "line_type_origin",
                    models.CharField(
                        choices=[
                            ("admin", "Entered by an admin"),
                            ("member", "Given by the member"),
                            ("import", "Imported"),
                            ("lookup", "Looked up"),
                            ("fault", "Learned from a fault"),
                        ],
                        default="admin",
                        editable=False,
                        max_length=16,
                    ),
                ),
                (
                    "sms_capability",
                    models.CharField(
                        choices=[("unknown", "Unknown"), ("yes", "Yes"), ("no", "No")],
                        default="unknown",
                        max_length=8,
                        verbose_name="can get SMS",
                    ),
                ),
                (
                    "voice_capability",
                    models.CharField(
                        choices=[("unknown", "Unknown"), ("yes", "Yes"), ("no", "No")],
                        default="unknown",
                        max_length=8,
                        verbose_name="can get calls",
                    ),
                ),
                ("is_sms_primary", models.BooleanField(default=False, verbose_name="SMS goes here")),
                ("is_voice_primary", models.BooleanField(default=False, verbose_name="calls go here")),
                ("proved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("admin", "Entered by an admin"),
                            ("member", "Given by the member"),
                            ("import", "Imported"),
                            ("lookup", "Looked up"),
                            ("fault", "Learned from a fault"),
                        ],
                        default="admin",
                        editable=False,
                        max_length=16,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConsentDetail",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="detail",
                        serialize=False,
                        to="members.consentevent",
                    ),
                ),
                ("tenant_id", models.BigIntegerField(null=True)),
                ("salt", models.BinaryField(max_length=16)),
                ("data", models.JSONField(help_text="ip, user_agent, raw_text, note, evidence.")),
            ],
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(fields=["number", "effective_at"], name="consent_number_at"),
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(fields=["tenant_id", "-recorded_at"], name="consent_tenant_at"),
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(fields=["tenant_id", "member_id"], name="consent_tenant_member"),
        ),
        migrations.AddConstraint(
            model_name="consentevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("provider_message_id", ""), _negated=True),
                fields=("provider", "provider_message_id", "act", "channel"),
                name="consent_provider_message_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "grant"), _negated=True),
                    models.Q(("disclosure_text", ""), _negated=True),
                    _connector="OR",
                ),
                name="consent_grant_has_wording",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "grant"), _negated=True),
                    models.Q(("member_id__isnull", False), ("reach", "tenant")),
                    _connector="OR",
                ),
                name="consent_grant_is_a_members",
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="groupplace",
            name="group",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="places",
                to="members.group",
            ),
        ),
        migrations.AddField(
            model_name="groupplace",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="invite",
            name="accepted_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invite",
            name="invited_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invite",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="user",
            field=models.ForeignKey(
                blank=True,
                help_text="Linked when the person accepts an invite.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="members",
                to=settings.AUTH_USER_MODEL,
                verbose_name="login",
            ),
        ),
        migrations.AddField(
            model_name="invite",
            name="member",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invites",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="groupplace",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="group_places",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="memberevent",
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
            model_name="memberevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="memberevent",
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
            model_name="memberevent",
            name="user",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Linked when the person accepts an invite.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="login",
            ),
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "number",
                    models.OneToOneField(
                        db_column="number",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        serialize=False,
                        to="members.number",
                    ),
                ),
                ("since", models.DateTimeField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("handset", "Texted from the handset"),
                            ("keypress", "Key pressed during a call"),
                            ("provider", "Reported by a provider"),
                            ("support", "Recorded by support"),
                        ],
                        max_length=16,
                    ),
                ),
                ("event_public_id", models.CharField(db_collation="C", max_length=24)),
            ],
        ),
        migrations.AddField(
            model_name="phone",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="phones",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="phone",
            name="tenant",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="phoneevent",
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
            model_name="phoneevent",
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
            model_name="phoneevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="members.phone",
            ),
        ),
        migrations.AddField(
            model_name="phoneevent",
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
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(fields=("tenant", "name"), name="group_name_once"),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["tenant", "name"], name="member_tenant_name"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)), fields=("tenant", "user"), name="member_login_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="member",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_memberevent" ("created_at", "email", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "tenant_id", "time_zone", "user_id") VALUES (NEW."created_at", NEW."email", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."tenant_id", NEW."time_zone", NEW."user_id"); RETURN NULL;',
                    hash="cf37bde23346937215d02f5104ee7c82a61971cc",
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
                    func='INSERT INTO "members_memberevent" ("created_at", "email", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "tenant_id", "time_zone", "user_id") VALUES (NEW."created_at", NEW."email", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."tenant_id", NEW."time_zone", NEW."user_id"); RETURN NULL;',
                    hash="ca04349f2ab574b928ce5ab1aaf1dca1aec434e2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b1bc1",
                    table="members_member",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="invite",
            index=models.Index(fields=["tenant", "-created_at"], name="invite_tenant_created"),
        ),
        migrations.AddConstraint(
            model_name="groupplace",
            constraint=models.UniqueConstraint(fields=("group", "member"), name="group_member_once"),
        ),
        migrations.AddIndex(
            model_name="phone",
            index=models.Index(fields=["tenant", "number"], name="phone_tenant_number"),
        ),
        migrations.AddIndex(
            model_name="phone",
            index=models.Index(fields=["number"], name="phone_number"),
        ),
        migrations.AddConstraint(
            model_name="phone",
            constraint=models.UniqueConstraint(fields=("member", "number"), name="phone_number_once_a_member"),
        ),
        migrations.AddConstraint(
            model_name="phone",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_sms_primary", True)), fields=("member",), name="phone_one_sms_primary"
            ),
        ),
        migrations.AddConstraint(
            model_name="phone",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_voice_primary", True)), fields=("member",), name="phone_one_voice_primary"
            ),
        ),
        migrations.AddConstraint(
            model_name="phone",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^\\+[1-9][0-9]{6,14}$")), name="phone_number_e164"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="phone",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_phoneevent" ("created_at", "id", "is_sms_primary", "is_voice_primary", "label", "line_type", "line_type_origin", "member_id", "number", "origin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proved_at", "public_id", "sms_capability", "tenant_id", "voice_capability") VALUES (NEW."created_at", NEW."id", NEW."is_sms_primary", NEW."is_voice_primary", NEW."label", NEW."line_type", NEW."line_type_origin", NEW."member_id", NEW."number", NEW."origin", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proved_at", NEW."public_id", NEW."sms_capability", NEW."tenant_id", NEW."voice_capability"); RETURN NULL;',
                    hash="40c173e2de74d781b7d344cc4eb67ea1fc3c8642",
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
                    func='INSERT INTO "members_phoneevent" ("created_at", "id", "is_sms_primary", "is_voice_primary", "label", "line_type", "line_type_origin", "member_id", "number", "origin", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proved_at", "public_id", "sms_capability", "tenant_id", "voice_capability") VALUES (NEW."created_at", NEW."id", NEW."is_sms_primary", NEW."is_voice_primary", NEW."label", NEW."line_type", NEW."line_type_origin", NEW."member_id", NEW."number", NEW."origin", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proved_at", NEW."public_id", NEW."sms_capability", NEW."tenant_id", NEW."voice_capability"); RETURN NULL;',
                    hash="a4679398769c7ac09d2085aa6750f489481fffe7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e7a64",
                    table="members_phone",
                    when="AFTER",
                ),
            ),
        ),
    ]
