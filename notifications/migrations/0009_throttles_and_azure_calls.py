"""Which channel an attempt took, so that callers can be counted; limits of senders; what Azure's calls need."""

from django.conf import settings
from django.db import migrations, models

CHANNELS = """
UPDATE notifications_attempt a SET channel = n.channel FROM notifications_notification n
WHERE n.id = a.notification_id AND n.channel <> a.channel
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0008_language_of_calls"),
        ("notifications", "0008_breakers_and_calls"),
        ("tenants", "0008_support_phone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="channel",
            field=models.CharField(
                choices=[("sms", "SMS"), ("voice", "Voice"), ("email", "E-mail")],
                default="sms",
                help_text="That of its notification.",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="provideraccount",
            name="resource_id",
            field=models.CharField(
                blank=True,
                db_collation="C",
                help_text="Azure, for calls: the immutable resource ID, for which Azure signs the events of calls.",
                max_length=64,
                verbose_name="resource ID",
            ),
        ),
        migrations.AddField(
            model_name="provideraccount",
            name="speech_endpoint",
            field=models.URLField(
                blank=True,
                help_text="Azure, for calls: the Azure AI services resource that reads texts aloud, such as https://example.cognitiveservices.azure.com.",
            ),
        ),
        migrations.AddField(
            model_name="sender",
            name="calls_an_hour",
            field=models.PositiveSmallIntegerField(
                blank=True,
                default=16,
                help_text="Carriers block a caller that calls more often. Empty: no limit.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="sender",
            name="texts_a_minute",
            field=models.PositiveIntegerField(
                blank=True, help_text="What the provider lets this sender send. Empty: no limit of ours.", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("number", ""), _negated=True),
                fields=["number", "-committed_at"],
                name="attempt_number",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("channel", "voice")), fields=["sender", "-committed_at"], name="attempt_caller"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="ntf_merged_into"
            ),
        ),
        migrations.RunSQL(CHANNELS, migrations.RunSQL.noop),
    ]
