"""Adds what providers are told through their consent APIs, and finds attempts that met an opt-out."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenants.fields
from tenants.rls import protect


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_wipe_sealed_bodies"),
        ("tenants", "0004_seal_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentPush",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="psh", verbose_name="ID")),
                ("number", tenants.fields.NumberField()),
                (
                    "provider",
                    models.CharField(
                        choices=[("twilio", "Twilio"), ("azure", "Azure Communication Services")], max_length=16
                    ),
                ),
                ("sender_address", models.CharField(db_collation="C", max_length=64)),
                ("wish", models.CharField(choices=[("opt_in", "Lift the block"), ("opt_out", "Block")], max_length=8)),
                (
                    "source",
                    models.CharField(help_text="How the person said it, in the provider's word.", max_length=20),
                ),
                ("said_at", models.DateTimeField(help_text="When the person said it.")),
                ("for_tenant_id", models.BigIntegerField(help_text="Where it was heard or recorded.", null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting to be asked, or asked again"),
                            ("taken", "Taken by the provider"),
                            ("refused", "Not taken"),
                            ("start_needed", "Only a START can"),
                            ("outdated", "Overtaken by a newer word"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("due_at", models.DateTimeField(help_text="When it is asked, or asked again.")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "code",
                    models.CharField(blank=True, help_text="The provider's code of the last answer.", max_length=16),
                ),
                ("says", models.CharField(blank=True, help_text="The last answer in words.", max_length=200)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("fault_code__in", ["21610", "30630", "4007"])),
                fields=["committed_at"],
                name="attempt_opted_out",
            ),
        ),
        migrations.AddField(
            model_name="consentpush",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="consentpush",
            name="answer",
            field=models.ForeignKey(
                db_constraint=False,
                help_text="Our own confirmation, which has to go before the provider blocks the number.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="notifications.notification",
            ),
        ),
        migrations.AddField(
            model_name="consentpush",
            name="sender",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="notifications.sender",
            ),
        ),
        migrations.AddIndex(
            model_name="consentpush",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="push_due"),
        ),
        migrations.AddIndex(
            model_name="consentpush",
            index=models.Index(fields=["number", "-id"], name="push_number"),
        ),
        # Which senders block a number would tell a tenant whose messages its owner also got: the platform alone reads.
        protect("notifications_consentpush", app_sees="false", app_grants="SELECT, UPDATE"),
    ]
