"""What the provider says of a sender, and when it said it; and the last text to each sender, found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_throttles_and_azure_calls")]

    operations = [
        migrations.AddField(
            model_name="sender",
            name="provider_says",
            field=models.JSONField(
                editable=False,
                help_text="What the provider says it can do and where its texts go, as last read.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="sender",
            name="provider_said_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="inboundmessage",
            index=models.Index(fields=["sender", "-received_at"], name="inbound_sender_at"),
        ),
    ]
