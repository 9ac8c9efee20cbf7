"""Breakers of routes with their history, and what is known of a call."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0007_limits_and_schedules"),
        ("tenants", "0007_limits_and_schedules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Breaker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.CharField(
                        choices=[("twilio", "Twilio"), ("azure", "Azure Communication Services")], max_length=16
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("sms", "SMS"), ("voice", "Voice"), ("email", "E-mail")], max_length=8),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("closed", "Closed"), ("open", "Open"), ("half_open", "Half-open")],
                        default="closed",
                        max_length=16,
                    ),
                ),
                ("since", models.DateTimeField(help_text="Since when it stands so.")),
                (
                    "open_until",
                    models.DateTimeField(help_text="When the next message may try the route again.", null=True),
                ),
                (
                    "openings",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How often in a row it opened; pauses grow with it."
                    ),
                ),
                ("counted_since", models.DateTimeField(help_text="Since when faults and answers are counted.")),
                ("faults", models.PositiveIntegerField(default=0)),
                (
                    "answers",
                    models.PositiveIntegerField(
                        default=0, help_text="Requests that the provider answered as it should."
                    ),
                ),
                ("last_fault_at", models.DateTimeField(null=True)),
                (
                    "last_fault_code",
                    models.CharField(blank=True, help_text="Its label, such as twilio 20503.", max_length=24),
                ),
                ("last_fault_text", models.CharField(blank=True, max_length=400)),
                ("last_answer_at", models.DateTimeField(null=True)),
                (
                    "probe_until",
                    models.DateTimeField(help_text="Until then one message tries the route, and no other.", null=True),
                ),
                ("drill_until", models.DateTimeField(help_text="Taken out by hand until then.", null=True)),
            ],
            options={
                "ordering": ("channel", "provider"),
            },
        ),
        migrations.CreateModel(
            name="BreakerChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.CharField(
                        choices=[("twilio", "Twilio"), ("azure", "Azure Communication Services")], max_length=16
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("sms", "SMS"), ("voice", "Voice"), ("email", "E-mail")], max_length=8),
                ),
                ("at", models.DateTimeField()),
                (
                    "before",
                    models.CharField(
                        choices=[("closed", "Closed"), ("open", "Open"), ("half_open", "Half-open")], max_length=16
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[("closed", "Closed"), ("open", "Open"), ("half_open", "Half-open")], max_length=16
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("faults", "The provider's own faults"),
                            ("clock", "Its pause was over"),
                            ("probe", "A message that tried it"),
                            ("drill", "By hand"),
                        ],
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(max_length=400)),
                ("fault_code", models.CharField(blank=True, max_length=24)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.RemoveIndex(
            model_name="attempt",
            name="attempt_unheard",
        ),
        migrations.AddField(
            model_name="attempt",
            name="answered_by",
            field=models.CharField(blank=True, help_text="Of a call: human, machine, fax or unknown.", max_length=24),
        ),
        migrations.AddField(
            model_name="attempt",
            name="keys",
            field=models.CharField(
                blank=True, help_text="Of a call: the keys that were pressed, in order.", max_length=16
            ),
        ),
        migrations.AddField(
            model_name="attempt",
            name="seconds",
            field=models.PositiveIntegerField(help_text="Of a call: how long it lasted.", null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="sip_code",
            field=models.PositiveSmallIntegerField(
                help_text="Of a call: the network's last answer (RFC 3261).", null=True
            ),
        ),
        migrations.AlterField(
            model_name="providercallback",
            name="kind",
            field=models.CharField(
                choices=[("status", "Receipt"), ("inbound", "Inbound message"), ("call", "Event of a call")],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(
                    ("asked_times__lt", 2),
                    ("outcome", "accepted"),
                    ("word__in", ["", "accepted", "queued", "sending", "sent", "initiated", "ringing", "in-progress"]),
                ),
                fields=["committed_at"],
                name="attempt_unheard",
            ),
        ),
        migrations.AddField(
            model_name="breaker",
            name="drill_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="breakerchange",
            name="actor",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="breaker",
            constraint=models.UniqueConstraint(fields=("provider", "channel"), name="breaker_once"),
        ),
        migrations.AddIndex(
            model_name="breakerchange",
            index=models.Index(fields=["provider", "channel", "-at"], name="breaker_change_at"),
        ),
        # How routes stand is the platform's business: tenants are told a sentence, which is read in its scope.
        protect("notifications_breaker", app_sees="false", app_grants=""),
        protect("notifications_breakerchange", app_sees="false", app_grants="", platform_grants="SELECT, INSERT"),
        append_only("notifications_breakerchange"),
    ]
