"""The tables of the app."""

import datetime

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import notifications.fields
import notifications.models.sender
import tenants.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(db_collation="C", max_length=120, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="alt", verbose_name="ID")),
                (
                    "flow_snapshot",
                    models.JSONField(editable=False, help_text="The flow and its steps as they were when it fired."),
                ),
                ("payload", models.JSONField(default=dict)),
                ("text", models.TextField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("hook", "Webhook"),
                            ("test", "Fired by hand as a test"),
                            ("command", "manage.py fire_flow"),
                        ],
                        max_length=16,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="members.member",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="AlertStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("round", models.PositiveSmallIntegerField(default=0, help_text="0 at first; counts the repeats.")),
                (
                    "place",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Whose turn it is, in a step that pages in turn."
                    ),
                ),
                ("due_at", models.DateTimeField(help_text="Empty until the step before it fires.", null=True)),
                ("fired_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("paged", "Paged"),
                            ("nobody", "Nobody could be paged"),
                            ("cancelled", "Not needed any more"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                (
                    "alert",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="notifications.alert",
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
                "ordering": ("round", "position", "place"),
            },
        ),
        migrations.CreateModel(
            name="Flow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="flw", verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                (
                    "slug",
                    models.SlugField(
                        db_collation="C", help_text="Short name in commands: fire_flow SLUG.", max_length=60
                    ),
                ),
                (
                    "is_enabled",
                    models.BooleanField(
                        default=True,
                        help_text="A disabled flow refuses triggers, and says so to whoever sent them.",
                        verbose_name="enabled",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[
                            ("urgent", "Urgent: goes at once, day and night"),
                            ("routine", "Routine: waits for messaging hours"),
                        ],
                        default="urgent",
                        max_length=16,
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="What the page says. Fields of the trigger go in braces: “{service} is down at {site}”. A field that a trigger lacks stays visible as {site?}.",
                        max_length=1000,
                    ),
                ),
                (
                    "repeats",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="How often all steps start again when nobody answers.",
                        validators=[django.core.validators.MaxValueValidator(10)],
                    ),
                ),
                (
                    "validity",
                    models.DurationField(
                        default=datetime.timedelta(seconds=1800),
                        help_text="A page that could not go within this time is not sent any more.",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
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
                "ordering": ("name",),
            },
        ),
        migrations.AddField(
            model_name="alert",
            name="flow",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="notifications.flow",
            ),
        ),
        migrations.CreateModel(
            name="FlowEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("public_id", tenants.fields.PublicIdField(prefix="flw", unique=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                (
                    "slug",
                    models.SlugField(
                        db_collation="C",
                        db_index=False,
                        help_text="Short name in commands: fire_flow SLUG.",
                        max_length=60,
                    ),
                ),
                (
                    "is_enabled",
                    models.BooleanField(
                        default=True,
                        help_text="A disabled flow refuses triggers, and says so to whoever sent them.",
                        verbose_name="enabled",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[
                            ("urgent", "Urgent: goes at once, day and night"),
                            ("routine", "Routine: waits for messaging hours"),
                        ],
                        default="urgent",
                        max_length=16,
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="What the page says. Fields of the trigger go in braces: “{service} is down at {site}”. A field that a trigger lacks stays visible as {site?}.",
                        max_length=1000,
                    ),
                ),
                (
                    "repeats",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="How often all steps start again when nobody answers.",
                        validators=[django.core.validators.MaxValueValidator(10)],
                    ),
                ),
                (
                    "validity",
                    models.DurationField(
                        default=datetime.timedelta(seconds=1800),
                        help_text="A page that could not go within this time is not sent any more.",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="notifications.flow",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Hook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="hok", verbose_name="ID")),
                ("token_digest", models.BinaryField(max_length=32, unique=True)),
                ("token_hint", models.CharField(editable=False, help_text="How the token begins.", max_length=12)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hooks",
                        to="notifications.flow",
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
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="InboundMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="inb", verbose_name="ID")),
                ("number", tenants.fields.NumberField()),
                ("to_address", models.CharField(db_collation="C", max_length=64)),
                (
                    "provider",
                    models.CharField(
                        choices=[("twilio", "Twilio"), ("azure", "Azure Communication Services")], max_length=16
                    ),
                ),
                ("provider_message_id", models.CharField(db_collation="C", max_length=64)),
                ("body", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("reading", models.CharField(help_text="STOP, START, HELP, ACK or NONE.", max_length=16)),
                ("because", models.CharField(blank=True, max_length=200)),
                ("outcome", models.CharField(blank=True, help_text="What followed, as a stable word.", max_length=40)),
                (
                    "tenant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "verbose_name": "reply",
                "verbose_name_plural": "replies",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="ntf", verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("page", "Page"),
                            ("direct_message", "Direct message"),
                            ("verification_code", "Verification code"),
                            ("consent_confirmation", "Consent confirmation"),
                            ("keyword_reply", "Keyword reply"),
                            ("test", "Test"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("sms", "SMS"), ("voice", "Voice"), ("email", "E-mail")], max_length=8),
                ),
                (
                    "number",
                    tenants.fields.NumberField(
                        blank=True, help_text="Where it goes: as it stood when the row was written; empty if none."
                    ),
                ),
                ("body", models.TextField(help_text="The text without the acknowledgement line.")),
                (
                    "ack_code",
                    models.CharField(
                        blank=True, db_collation="C", help_text="Reply with it to acknowledge.", max_length=8
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("held", "Held"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("quota_exceeded", "Quota exceeded"),
                            ("skipped", "Skipped"),
                            ("expired", "Expired"),
                            ("merged", "Merged"),
                            ("acknowledged", "Acknowledged"),
                            ("cancelled", "Cancelled"),
                            ("unconfirmed", "Unconfirmed"),
                        ],
                        default="queued",
                        max_length=16,
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Stable code of why it stands as it stands.", max_length=24),
                ),
                ("reason_text", models.CharField(blank=True, max_length=400)),
                (
                    "ruling",
                    models.JSONField(help_text="The last ruling that let nothing go: facts, gates, reason.", null=True),
                ),
                ("ruled_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, help_text="Not before this time.")),
                ("expires_at", models.DateTimeField(help_text="Not sent any more from this time on.", null=True)),
                ("lease_owner", models.CharField(blank=True, db_collation="C", max_length=64)),
                ("lease_until", models.DateTimeField(null=True)),
                ("handed_over_at", models.DateTimeField(help_text="When a provider first accepted it.", null=True)),
                ("finished_at", models.DateTimeField(help_text="When its last word was known.", null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_via", models.CharField(blank=True, max_length=16)),
                (
                    "alert",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="notifications.alert",
                    ),
                ),
                (
                    "alert_step",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="notifications.alertstep",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="cancelled",
                        to="notifications.notification",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="members.member",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged",
                        to="notifications.notification",
                    ),
                ),
                (
                    "reply_to",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="The text that this one answers.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replies",
                        to="notifications.inboundmessage",
                    ),
                ),
                (
                    "resend_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="resends",
                        to="notifications.notification",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="inboundmessage",
            name="acknowledged",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="acknowledging_texts",
                to="notifications.notification",
            ),
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="att", verbose_name="ID")),
                ("ordinal", models.PositiveSmallIntegerField()),
                (
                    "provider",
                    models.CharField(
                        choices=[("twilio", "Twilio"), ("azure", "Azure Communication Services")], max_length=16
                    ),
                ),
                ("sender_address", models.CharField(db_collation="C", max_length=64)),
                ("number", tenants.fields.NumberField()),
                (
                    "body_digest",
                    models.BinaryField(
                        help_text="SHA-256 of the text as sent, acknowledgement line included.", max_length=32
                    ),
                ),
                ("facts", models.JSONField(help_text="What was true then (GateFacts).")),
                ("ruling", models.JSONField(help_text="What was decided then.")),
                ("consent_event_public_id", models.CharField(blank=True, db_collation="C", max_length=24)),
                ("committed_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("in_flight", "Being handed over"),
                            ("accepted", "Accepted by the provider"),
                            ("refused", "Refused by the provider"),
                            ("not_processed", "Turned away unread"),
                            ("never_left", "Never left us"),
                            ("unknown", "Outcome unknown"),
                            ("absent", "The provider does not know it"),
                        ],
                        default="in_flight",
                        max_length=16,
                    ),
                ),
                ("provider_message_id", models.CharField(blank=True, db_collation="C", max_length=64)),
                ("http_status", models.PositiveSmallIntegerField(null=True)),
                ("fault_code", models.CharField(blank=True, max_length=16)),
                ("fault_text", models.CharField(blank=True, max_length=400)),
                ("exception_class", models.CharField(blank=True, max_length=120)),
                (
                    "word",
                    models.CharField(
                        blank=True, help_text="The provider's word, joined over all receipts.", max_length=24
                    ),
                ),
                ("has_conflict", models.BooleanField(default=False, help_text="Two different finals were reported.")),
                ("segments", models.PositiveSmallIntegerField(null=True)),
                ("trace", models.JSONField(help_text="The HTTP exchange, without secrets and texts.", null=True)),
                (
                    "asked_at",
                    models.DateTimeField(help_text="When the provider was last asked what became of it.", null=True),
                ),
                ("asked_times", models.PositiveSmallIntegerField(default=0)),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "notification",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="notifications.notification",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ProviderAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="acc", verbose_name="ID")),
                (
                    "provider",
                    models.CharField(
                        choices=[("twilio", "Twilio"), ("azure", "Azure Communication Services")], max_length=16
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "account_id",
                    models.CharField(
                        db_collation="C",
                        help_text="Twilio: the Account SID, which starts with AC.",
                        max_length=80,
                        verbose_name="account ID",
                    ),
                ),
                (
                    "secret",
                    notifications.fields.EncryptedTextField(
                        help_text="Twilio: the Auth Token. Kept encrypted; it is never shown again."
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "tenant",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the platform's.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="ProviderCallback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.CharField(
                        choices=[("twilio", "Twilio"), ("azure", "Azure Communication Services")], max_length=16
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("status", "Receipt"), ("inbound", "Inbound message")], max_length=16),
                ),
                ("received_at", models.DateTimeField()),
                ("account_id", models.CharField(blank=True, db_collation="C", max_length=80)),
                ("provider_message_id", models.CharField(blank=True, db_collation="C", max_length=64)),
                ("attempt_public_id", models.CharField(blank=True, db_collation="C", max_length=24)),
                ("idempotency_token", models.CharField(blank=True, db_collation="C", max_length=64)),
                (
                    "defect",
                    models.CharField(
                        blank=True, help_text="Why its signature was refused; empty: verified.", max_length=40
                    ),
                ),
                (
                    "payload",
                    models.JSONField(help_text="All parameters, unknown ones too; empty where refused.", null=True),
                ),
                ("joined_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["provider", "provider_message_id"], name="callback_message"),
                    models.Index(
                        condition=models.Q(("joined_at__isnull", True)),
                        fields=["received_at"],
                        name="callback_unjoined",
                    ),
                    models.Index(
                        condition=models.Q(("defect", ""), _negated=True),
                        fields=["-received_at"],
                        name="callback_refused",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("answer", "In the answer to our request"),
                            ("callback", "By webhook"),
                            ("asked", "When asked"),
                        ],
                        max_length=16,
                    ),
                ),
                ("word", models.CharField(max_length=24)),
                ("fault_code", models.CharField(blank=True, max_length=16)),
                ("received_at", models.DateTimeField()),
                ("provider_at", models.DateTimeField(null=True)),
                ("times", models.PositiveSmallIntegerField(default=1, help_text="How often the same word came.")),
                ("callback_id", models.BigIntegerField(help_text="The raw request it was read from.", null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="notifications.attempt",
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
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Sender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="snd", verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("number", "Phone number"), ("service", "Messaging service")],
                        default="number",
                        max_length=16,
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        db_collation="C",
                        help_text="A number such as +12065550100, or a Twilio service SID (MG...).",
                        max_length=64,
                    ),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("sms", "SMS"), ("voice", "Voice"), ("email", "E-mail")], max_length=8
                        ),
                        default=notifications.models.sender.sms_only,
                        size=None,
                    ),
                ),
                ("country", models.CharField(default="US", max_length=2)),
                ("is_toll_free", models.BooleanField(default=False, verbose_name="toll-free")),
                (
                    "registration",
                    models.CharField(
                        choices=[
                            ("not_needed", "Not needed"),
                            ("pending", "Pending"),
                            ("verified", "Verified"),
                            ("failed", "Failed"),
                        ],
                        default="not_needed",
                        max_length=16,
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        default=10, help_text="The lowest number that fits is used first."
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="senders",
                        to="notifications.provideraccount",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: shared by all.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ("priority", "id"),
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="reply_from",
            field=models.ForeignKey(
                help_text="An answer leaves from where it came.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="notifications.sender",
            ),
        ),
        migrations.AddField(
            model_name="inboundmessage",
            name="sender",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="notifications.sender"
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="sender",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="notifications.sender"
            ),
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "mode",
                    models.CharField(
                        choices=[("at_once", "All at once"), ("in_turn", "In turn: the wait lies between them")],
                        default="at_once",
                        max_length=16,
                    ),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("sms", "SMS"), ("voice", "Voice"), ("email", "E-mail")], max_length=8
                        ),
                        default=notifications.models.sender.sms_only,
                        size=None,
                    ),
                ),
                (
                    "wait",
                    models.DurationField(
                        default=datetime.timedelta(seconds=300),
                        help_text="How long to wait for an answer before going on, such as 00:05:00.",
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="notifications.flow",
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
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="StepEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "mode",
                    models.CharField(
                        choices=[("at_once", "All at once"), ("in_turn", "In turn: the wait lies between them")],
                        default="at_once",
                        max_length=16,
                    ),
                ),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("sms", "SMS"), ("voice", "Voice"), ("email", "E-mail")], max_length=8
                        ),
                        default=notifications.models.sender.sms_only,
                        size=None,
                    ),
                ),
                (
                    "wait",
                    models.DurationField(
                        default=datetime.timedelta(seconds=300),
                        help_text="How long to wait for an answer before going on, such as 00:05:00.",
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="notifications.flow",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="notifications.step",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StepRecipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="members.group",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="members.member",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="notifications.step",
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
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("from_status", models.CharField(blank=True, max_length=16)),
                ("to_status", models.CharField(max_length=16)),
                ("reason", models.CharField(blank=True, max_length=24)),
                (
                    "notification",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="transitions",
                        to="notifications.notification",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Trigger",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="trg", verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_accepted", models.BooleanField(verbose_name="accepted")),
                ("http_status", models.PositiveSmallIntegerField(verbose_name="answered")),
                ("code", models.CharField(help_text="Stable name of the answer, such as TRIGGER-4.", max_length=24)),
                ("says", models.CharField(blank=True, max_length=400)),
                ("idempotency_key", models.CharField(blank=True, db_collation="C", max_length=200)),
                ("body_digest", models.BinaryField(max_length=32, null=True)),
                ("remote_address", models.GenericIPAddressField(null=True)),
                (
                    "alert",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="triggers",
                        to="notifications.alert",
                    ),
                ),
                (
                    "flow",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="triggers",
                        to="notifications.flow",
                    ),
                ),
                (
                    "hook",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="triggers",
                        to="notifications.hook",
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
                "verbose_name": "webhook request",
                "ordering": ("-id",),
            },
        ),
        migrations.AddIndex(
            model_name="alertstep",
            index=models.Index(condition=models.Q(("outcome", "waiting")), fields=["due_at"], name="alert_step_due"),
        ),
        migrations.AddConstraint(
            model_name="alertstep",
            constraint=models.UniqueConstraint(fields=("alert", "round", "position", "place"), name="alert_step_once"),
        ),
        migrations.AddConstraint(
            model_name="flow",
            constraint=models.UniqueConstraint(fields=("tenant", "slug"), name="flow_slug_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flow",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "notifications_flowevent" ("created_at", "id", "is_enabled", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "repeats", "slug", "tenant_id", "text", "urgency", "validity") VALUES (NEW."created_at", NEW."id", NEW."is_enabled", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."repeats", NEW."slug", NEW."tenant_id", NEW."text", NEW."urgency", NEW."validity"); RETURN NULL;',
                    hash="f0936c7e7921c59ce8631d3306291abde51b435e",
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
                    func='INSERT INTO "notifications_flowevent" ("created_at", "id", "is_enabled", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "repeats", "slug", "tenant_id", "text", "urgency", "validity") VALUES (NEW."created_at", NEW."id", NEW."is_enabled", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."repeats", NEW."slug", NEW."tenant_id", NEW."text", NEW."urgency", NEW."validity"); RETURN NULL;',
                    hash="639ea688357461e27782859368c0698bdd53c953",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_35124",
                    table="notifications_flow",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["tenant", "-opened_at", "-id"], name="alert_tenant_opened"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["tenant", "flow", "-opened_at"], name="alert_tenant_flow"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("acknowledged_at__isnull", True), ("resolved_at__isnull", True)),
                fields=["tenant", "-opened_at"],
                name="alert_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="provideraccount",
            constraint=models.UniqueConstraint(fields=("provider", "account_id"), name="account_once"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("attempt", "word", "fault_code"), name="receipt_word_once"),
        ),
        migrations.AddConstraint(
            model_name="sender",
            constraint=models.UniqueConstraint(fields=("account", "address"), name="sender_once"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["tenant", "-created_at", "-id"], name="ntf_tenant_created"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["tenant", "status", "-created_at", "-id"], name="ntf_tenant_status"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["tenant", "channel", "-created_at", "-id"], name="ntf_tenant_channel"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["tenant", "purpose", "-created_at", "-id"], name="ntf_tenant_purpose"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["tenant", "member", "-created_at"], name="ntf_tenant_member"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["tenant", "number", "-created_at"], name="ntf_tenant_number"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["-created_at", "-id"], name="ntf_created"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["alert", "id"], name="ntf_alert"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("status__in", ["queued", "held"])), fields=["due_at", "id"], name="ntf_due"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("status__in", ["queued", "held"])),
                fields=["tenant", "due_at", "id"],
                name="ntf_tenant_due",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("status__in", ["queued", "held"])),
                fields=["expires_at"],
                name="ntf_expiring",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("acknowledged_at__isnull", True), ("purpose", "page")),
                fields=["number", "-id"],
                name="ntf_open_by_number",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("status__in", ["sending", "unconfirmed"])),
                fields=["lease_until"],
                name="ntf_in_flight",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "queued",
                            "held",
                            "sending",
                            "sent",
                            "delivered",
                            "failed",
                            "quota_exceeded",
                            "skipped",
                            "expired",
                            "merged",
                            "acknowledged",
                            "cancelled",
                            "unconfirmed",
                        ],
                    )
                ),
                name="notification_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("alert__isnull", False), ("purpose", "page")),
                    models.Q(models.Q(("purpose", "page"), _negated=True), ("alert__isnull", True)),
                    _connector="OR",
                ),
                name="notification_only_pages_have_alerts",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundmessage",
            index=models.Index(fields=["tenant", "-received_at"], name="inbound_tenant_at"),
        ),
        migrations.AddIndex(
            model_name="inboundmessage",
            index=models.Index(fields=["number", "-received_at"], name="inbound_number_at"),
        ),
        migrations.AddConstraint(
            model_name="inboundmessage",
            constraint=models.UniqueConstraint(fields=("provider", "provider_message_id"), name="inbound_once"),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("provider_message_id", ""), _negated=True),
                fields=["provider", "provider_message_id"],
                name="attempt_provider_message",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["tenant", "fault_code", "-committed_at"], name="attempt_tenant_fault"),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("outcome__in", ["in_flight", "unknown"])),
                fields=["committed_at"],
                name="attempt_open",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(
                    ("asked_times__lt", 2),
                    ("outcome", "accepted"),
                    ("word__in", ["", "accepted", "queued", "sending", "sent"]),
                ),
                fields=["committed_at"],
                name="attempt_unheard",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(fields=("notification", "ordinal"), name="attempt_ordinal_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "notifications_stepevent" ("channels", "flow_id", "id", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "tenant_id", "wait") VALUES (NEW."channels", NEW."flow_id", NEW."id", NEW."mode", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."tenant_id", NEW."wait"); RETURN NULL;',
                    hash="c443f56cc6d30128fcff4766a13cba589723906f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2c483",
                    table="notifications_step",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "notifications_stepevent" ("channels", "flow_id", "id", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "tenant_id", "wait") VALUES (NEW."channels", NEW."flow_id", NEW."id", NEW."mode", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."tenant_id", NEW."wait"); RETURN NULL;',
                    hash="f1d909b79a21375f553862fb1ef24dc415e9cfb4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a693c",
                    table="notifications_step",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="steprecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(("member__isnull", True), ("group__isnull", True), _connector="XOR"),
                name="recipient_member_or_group",
                violation_error_message="Choose either a member or a group.",
            ),
        ),
        migrations.AddIndex(
            model_name="trigger",
            index=models.Index(fields=["tenant", "-at"], name="trigger_tenant_at"),
        ),
        migrations.AddIndex(
            model_name="trigger",
            index=models.Index(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=["hook", "idempotency_key", "-at"],
                name="trigger_idempotency",
            ),
        ),
    ]
